"""One call that a process of the pool makes."""

from __future__ import annotations

import contextvars
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any


def _outcome() -> Future[Any]:
    """A future that whoever waits for it cannot cancel: a thread of the pool will always set it."""
    outcome: Future[Any] = Future()
    outcome.set_running_or_notify_cancel()
    return outcome


@dataclass(eq=False, slots=True)
class Job:
    """A call of a method of the pool's target, and its outcome."""

    method: str
    arguments: tuple[object, ...]
    owner: str = ""
    """Owners take turns."""
    urgent: bool = True
    """Whether somebody waits for it."""
    name: str = ""
    """What errors and log lines call it."""
    result: Future[Any] = field(default_factory=_outcome)
    """What the method returns."""
    early: Future[Any] = field(default_factory=_outcome)
    """What it answers before it returns; most methods answer nothing."""
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    """Whose request it belongs to, for log lines."""
    cancelled: bool = False

    def cancel(self) -> None:
        """End the call if it still can be ended; it has no outcome then."""
        self.cancelled = True

    def answer(self, value: object) -> None:
        """Set what the method answers before it returns."""
        self.early.set_result(value)

    def succeed(self, value: object) -> None:
        """Set what the method returned."""
        self.result.set_result(value)

    def fail(self, error: BaseException) -> None:
        """Set why there is nothing to return."""
        self.result.set_exception(error)
