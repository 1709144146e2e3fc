"""One call to a process of the pool."""

from __future__ import annotations

import contextvars
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any


def _outcome() -> Future[Any]:
    """Return a future that its waiters cannot cancel: a thread of the pool always sets it."""
    outcome: Future[Any] = Future()
    outcome.set_running_or_notify_cancel()
    return outcome


@dataclass(eq=False, slots=True)
class Job:
    """A call of a method of the pool's target, and its outcome."""

    method: str
    arguments: tuple[object, ...]
    owner: str = ""
    """Owners are served in turn."""
    urgent: bool = True
    """Whether a client waits for it."""
    name: str = ""
    """Its name in errors and log lines."""
    result: Future[Any] = field(default_factory=_outcome)
    """The method's return value."""
    early: Future[Any] = field(default_factory=_outcome)
    """The method's early answer, before it returns; most methods have none."""
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    """Context of the request that it belongs to, for log lines."""
    cancelled: bool = False

    def cancel(self) -> None:
        """Cancel the call if that is still possible; it then has no outcome."""
        self.cancelled = True

    def answer(self, value: object) -> None:
        """Set the method's early answer."""
        self.early.set_result(value)

    def succeed(self, value: object) -> None:
        """Set the method's return value."""
        self.result.set_result(value)

    def fail(self, error: BaseException) -> None:
        """Set the error of the call."""
        self.result.set_exception(error)
