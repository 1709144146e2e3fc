"""Supervises background work: errors do not end it, and are all reported.

An error is logged once (with a traceback if it is unexpected), counted, and named in ``/readyz`` until the
work has succeeded for a while.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from types import TracebackType

from cache.errors import StoreError
from service.metrics.instruments import BACKGROUND_FAULTS
from service.model.errors import IstamiError

log = logging.getLogger(__name__)

_EXPECTED = (StoreError, IstamiError, OSError)
"""Errors with external causes: one log line is enough."""
_QUIET_SECONDS = 3600.0
"""Minimum interval between logs of the same error."""
_MOST_LOGGED = 100
_SHOWN_SECONDS = 30.0
"""How long an error is named after its last occurrence."""

_lock = threading.Lock()
_faults: dict[str, tuple[str, float]] = {}
_logged: dict[tuple[object, ...], float] = {}


def faults() -> Mapping[str, str]:
    """Return the current errors of this process: kind of error by the name of the work."""
    with _lock:
        return {work: kind for work, (kind, _) in _faults.items()}


async def supervise(work: str, act: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Run a task periodically, until cancelled.

    Args:
        work: its name, in the log, in ``/readyz`` and as a label of the metric: one of a few.
        act: one round.
        seconds: between two rounds.
    """
    while True:
        await asyncio.sleep(seconds)
        with guarded(work):
            await act()


def in_thread(work: str, act: Callable[[], object], seconds: float, *, at_once: bool = False) -> None:
    """As ``supervise``, in a thread that lives as long as the process.

    Args:
        work: its name.
        act: one round.
        seconds: between two rounds.
        at_once: whether the first round starts immediately, not after a pause.
    """

    def rounds() -> None:
        if not at_once:
            time.sleep(seconds)
        while True:
            with guarded(work):
                act()
            time.sleep(seconds)

    threading.Thread(target=rounds, name=work, daemon=True).start()


@contextmanager
def guarded(work: str, *, let: type[Exception] | tuple[type[Exception], ...] = ()) -> Generator[None]:
    """Catch and report the errors of one round of background work, or of a part of it.

    Args:
        work: its name.
        let: errors that end the whole round and are raised to the caller.
    """
    try:
        yield
    except let:
        raise
    except Exception as error:  # noqa: BLE001  # the next round may succeed
        _note(work, error)
    else:
        _well(work)


def _note(work: str, error: Exception) -> None:
    BACKGROUND_FAULTS.labels(work).inc()
    foreseen = isinstance(error, _EXPECTED)
    which = (work, type(error), None if foreseen else _place(error.__traceback__))
    now = time.monotonic()
    with _lock:
        _faults[work] = (type(error).__name__, now)
        quiet = now - _logged.get(which, -_QUIET_SECONDS) < _QUIET_SECONDS
        if not quiet:
            if len(_logged) >= _MOST_LOGGED:
                _logged.clear()
            _logged[which] = now
    if quiet:
        log.debug("%s: %s", work, type(error).__name__)
    elif foreseen:
        log.warning("%s: %s; retrying", work, error)
    else:
        # Without its message, which may contain an article's text; the traceback has the place.
        log.error("%s: %s; retrying", work, type(error).__name__, exc_info=error)


def _well(work: str) -> None:
    with _lock:
        fault = _faults.get(work)
        if fault is None or time.monotonic() - fault[1] < _SHOWN_SECONDS:
            return  # another part of the same work may fail in every round
        del _faults[work]
    log.info("%s: recovered", work)


def _place(trace: TracebackType | None) -> tuple[str, int] | None:
    """Return the file and line where an error was raised."""
    if trace is None:
        return None
    while trace.tb_next:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename, trace.tb_lineno
