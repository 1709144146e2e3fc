"""The pool: one thread per process sends it one call at a time and monitors it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any

from cache.errors import StoreError
from service.model.errors import IstamiError, ReadingFailed, ReadingTimeout, Unavailable
from service.pool.job import Job
from service.pool.process import Process, Start
from service.pool.turns import Turns

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.1
"""Interval of the checks whether a call must be ended."""
_WAITING = 20
"""Limit of a call's wall-clock time, as a multiple of its processor limit, for a busy machine."""
_IDLE_SECONDS = 60.0
"""Time after which an idle process ends, unless it is the only one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Resource limits of a pool."""

    processes: int
    """Maximum number; they are started on demand."""
    seconds: float
    """Limit of processor time of one call, until it reports ``past_reading``."""


class Pool:
    """Calls methods of a target, each in one of several processes.

    Args:
        build: creates the target, in each process; a module-level function, or a ``partial`` of one.
        limits: resource limits.
        preload: a module that is imported once, for all processes.
    """

    def __init__(self, build: Callable[[], Any], limits: Limits, preload: str) -> None:
        self._start = Start(build, limits.seconds, preload)
        self._limits = limits
        self._turns: Turns[Job] = Turns(max(1, limits.processes - 1))
        self._changed = threading.Condition()
        self._threads: set[threading.Thread] = set()
        self._idle = 0
        self._closing = False

    def begin(self) -> None:
        """Start the first process, and wait until it can accept a call."""
        job = Job("wake", ())
        self.submit(job)
        job.result.result()

    def submit(self, job: Job) -> None:
        """Queue a call.

        Raises:
            Unavailable: the pool is closed.
        """
        with self._changed:
            if self._closing:
                raise _closed()
            self._turns.put(job)
            if self._turns.waiting > self._idle and len(self._threads) < self._limits.processes:
                thread = threading.Thread(target=self._serve, name="reading", daemon=True)
                self._threads.add(thread)
                thread.start()
            self._changed.notify()

    def close(self) -> None:
        """End all processes; waiting and running calls fail as unavailable."""
        with self._changed:
            self._closing = True
            left, threads = self._turns.drain(), list(self._threads)
            self._changed.notify_all()
        for job in left:
            job.fail(_closed())
        for thread in threads:
            thread.join()

    def _serve(self) -> None:
        """Send calls to one process until it has been idle for a while, or the pool closes."""
        process: Process | None = None
        try:
            while job := self._next():
                if not job.cancelled:
                    process = self._done(job, process)
                else:
                    job.fail(CancelledError())
                with self._changed:
                    self._turns.end(job)
                    self._changed.notify()
        finally:
            if process:
                process.end()

    def _next(self) -> Job | None:
        """Wait for a call; ``None``: this thread ends."""
        deadline = time.monotonic() + _IDLE_SECONDS
        with self._changed:
            while not self._closing:
                if job := self._turns.take():
                    return job
                rest = deadline - time.monotonic()
                if rest <= 0 and len(self._threads) > 1:
                    break
                self._idle += 1
                self._changed.wait(rest if rest > 0 else None)
                self._idle -= 1
            self._threads.discard(threading.current_thread())
            return None

    def _done(self, job: Job, process: Process | None) -> Process | None:
        """Execute a call; returns the process, unless it ended with the call."""
        try:
            process = self._handed(job, process)
            outcome = self._watched(job, process)
        except (IstamiError, StoreError) as error:
            log.error("the pool cannot make a call: %s", error)  # noqa: TRY400  # its own message says it all
            job.fail(error)
            return None
        except Exception as error:
            log.error("the pool cannot make a call: %s", error, exc_info=not isinstance(error, OSError))  # noqa: TRY400
            job.fail(Unavailable(f"Reading is not possible now: {error}.", "القراءة غير متاحة الآن."))
            if process:
                process.kill()
            return None
        if outcome is None:
            return process
        process.kill()
        job.fail(outcome)
        return None

    def _handed(self, job: Job, process: Process | None) -> Process:
        """Send a call; a process that died while idle is replaced first."""
        if process is not None:
            if process.take(job):
                return process
            process.kill()
        process = self._start()
        try:
            if process.take(job):
                return process
        except Exception:
            process.kill()
            raise
        process.kill()
        raise OSError(f"a process ended with status {process.status} as soon as it was started")

    def _watched(self, job: Job, process: Process) -> BaseException | None:
        """Wait for the end of a call; returns why its process must be killed, or ``None``."""
        deadline = time.monotonic() + _WAITING * self._limits.seconds
        begun = process.worked()
        while True:
            if process.ended(job, _LOOK_SECONDS):
                return None
            if not process.alive:
                log.error("the process that read “%s” ended with status %s", job.name, process.status)
                return _crashed(job.name)
            if self._closing:
                return _closed()
            if process.past_reading:
                continue
            if job.cancelled and not process.stays:
                return CancelledError()
            if process.worked() - begun > self._limits.seconds or time.monotonic() > deadline:
                log.warning("“%s” was not read within %g s and was stopped", job.name, self._limits.seconds)
                return _timeout(self._limits.seconds)


def _closed() -> Unavailable:
    return Unavailable("The service is stopping.", "الخدمة تتوقف الآن.")


def _crashed(name: str) -> ReadingFailed:
    return ReadingFailed(
        f"The process that read “{name}” ended before it was done. Send the article again.",
        f"توقفت العملية التي كانت تقرأ «{name}» قبل أن تنتهي. أرسل المقال من جديد.",
    )


def _timeout(seconds: float) -> ReadingTimeout:
    return ReadingTimeout(
        f"Reading took more than {seconds:g} seconds of processor time and was stopped. Send a shorter text, "
        "or remove content that is not text.",
        f"تجاوزت القراءة الحدّ المسموح من وقت المعالج ({seconds:g} ث) فأُوقفت. أرسِل نصًّا أقصر، "
        "أو احذف ما ليس نصًّا.",
    )
