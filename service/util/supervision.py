"""Restarts a child process when it ends, with growing delays, and finally gives it up."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from service.model.errors import ChildFailed, IstamiError
from service.util.os_errors import refused

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.2


class Child(Protocol):
    """A supervised process."""

    name: str
    """Name in log lines, such as ``the worker``."""
    arabic_name: str

    def start(self) -> None:
        """Start it; does nothing if it runs already.

        Raises:
            IstamiError, OSError: it cannot be started.
        """

    def ended(self) -> IstamiError | None:
        """Return why it ended, from its own output if there is any; ``None`` while it runs."""

    def end(self) -> None:
        """Stop it, if the supervisor is responsible for that."""


class Backoff:
    """Computes the delays between restarts."""

    def __init__(
        self, *, first: float = 0.5, longest: float = 30.0, most: int = 6, steady: float = 60.0
    ) -> None:
        """Start without failures.

        Args:
            first: seconds before the first restart; doubled before each further one.
            longest: maximum delay in seconds.
            most: consecutive failures after which it is given up.
            steady: seconds of life after which a failure counts as the first.
        """
        self._first = first
        self._longest = longest
        self._steady = steady
        self.most = most
        self.failures = 0

    def after(self, lived: float) -> float | None:
        """Record a failure after so many seconds of life; returns the delay, or ``None`` to give up."""
        self.failures = 1 if lived >= self._steady else self.failures + 1
        if self.failures >= self.most:
            return None
        return min(self._longest, self._first * 2.0 ** (self.failures - 1))


class Supervisor:
    """Supervises a child from a thread, for the duration of a ``with`` block.

    Args:
        child: the child process.
        gave_up: called from that thread when the child is given up, after ``failure`` is set.
        backoff: delays between restarts.

    Raises:
        ChildFailed: at the end of the block, the child had been given up.
    """

    def __init__(
        self, child: Child, gave_up: Callable[[], None] = lambda: None, backoff: Backoff | None = None
    ) -> None:
        self.failure: ChildFailed | None = None
        self._child = child
        self._gave_up = gave_up
        self._backoff = backoff or Backoff()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"supervisor of {child.name}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()
        self._child.end()
        if self.failure:
            raise self.failure

    def _keep(self) -> None:
        fault, begun = self._start()
        while not self._stopping.wait(_LOOK_SECONDS):
            if (fault := fault or self._ended()) is None:
                continue
            wait = self._backoff.after(time.monotonic() - begun)
            if wait is None:
                self._give_up(fault)
                return
            log.error(
                "%s has ended: %s Starting it again in %g s (failure %d of %d)",
                *(self._child.name, fault.en, wait, self._backoff.failures, self._backoff.most),
            )
            if self._stopping.wait(wait):
                return
            fault, begun = self._start()

    def _start(self) -> tuple[IstamiError | None, float]:
        """Start the child; returns the error, if any, and the time."""
        try:
            self._child.start()
        except Exception as error:  # noqa: BLE001  # otherwise the thread would end and not restart the child
            return _fault(error), time.monotonic()
        return None, time.monotonic()

    def _ended(self) -> IstamiError | None:
        try:
            return self._child.ended()
        except Exception as error:  # noqa: BLE001  # as above
            return _fault(error)

    def _give_up(self, fault: IstamiError) -> None:
        name, arabic, times = self._child.name, self._child.arabic_name, self._backoff.most
        self.failure = ChildFailed(
            f"{name} was given up after {times} failures in a row: {fault.en}",
            f"توقّف تشغيل {arabic} بعد {times} أعطال متتالية: {fault.ar}",
        )
        self._gave_up()


def _fault(error: Exception) -> IstamiError:
    """Convert an error for the report; a defect is logged with its traceback."""
    if isinstance(error, IstamiError):
        return error
    if isinstance(error, OSError):
        return refused(error)
    log.error("a child process could not be supervised", exc_info=error)
    kind = type(error).__name__
    return ChildFailed(f"it could not be supervised ({kind}: {error}).", f"تعذّرت متابعته ({kind}).")
