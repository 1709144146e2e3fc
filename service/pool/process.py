"""The parent's side of a pool process."""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Callable
from typing import Any

import psutil
from asgi_correlation_id import correlation_id

from service.metrics import tracing
from service.pool import child
from service.pool.job import Job

_START_SECONDS = 60.0
"""How long a process may take to start on a busy machine."""
_END_SECONDS = 2.0


class Start:
    """Starts processes as forks of one that has imported and loaded everything they need.

    They share its memory until they change it (copy-on-write).
    """

    def __init__(self, build: Callable[[], Any], seconds: float, preload: str) -> None:
        self._build = build
        self._seconds = seconds
        self._preload = preload

    def __call__(self) -> Process:
        """Start one.

        Raises:
            OSError: the system lacks the resources.
        """
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["__main__", self._preload])
        ours, theirs = context.Pipe()
        level = logging.getLogger().getEffectiveLevel()
        arguments = (theirs, self._build, self._seconds, level)
        process = context.Process(target=child.run, args=arguments, name="reading", daemon=True)
        process.start()
        theirs.close()
        return Process(process, ours)


class Process:
    """A process and the pipe to it."""

    def __init__(self, process: Any, connection: Any) -> None:
        self._process = process
        self._connection = connection
        self._ready = False
        self.alive = True
        """Whether messages may still arrive: a process that has ended has closed its pipe."""
        self.stays = False
        """Whether the call continues when its client disconnects."""
        self.past_reading = False
        """Whether the call may no longer be ended."""

    @property
    def status(self) -> int | None:
        """The exit status; a negative number is a signal's."""
        self._process.join(_END_SECONDS)
        status: int | None = self._process.exitcode
        return status

    def worked(self) -> float:
        """Return the seconds of processor time used so far; 0 once it has ended."""
        try:
            times = psutil.Process(self._process.pid).cpu_times()
        except psutil.NoSuchProcess:
            return 0.0
        return float(times.user + times.system)

    def take(self, job: Job) -> bool:
        """Send a call; returns whether the process has begun it. If it died before, it has not begun.

        Raises:
            IstamiError, StoreError: the process could not create its target.
        """
        self.stays = self.past_reading = False
        headers: dict[str, str] = {}
        job.context.run(tracing.carry, headers)
        request = job.context.get(correlation_id)
        try:
            if not self._ready:
                self._ready = self._until("ready", job)
            self._connection.send((job.method, job.arguments, headers, request))
            return self._until("begun", job)
        except (EOFError, OSError):
            return False

    def ended(self, job: Job, seconds: float) -> bool:
        """Wait up to ``seconds`` for a message and handle it; returns whether the call has ended."""
        if not self._connection.poll(seconds):
            return False
        try:
            kind, value = self._connection.recv()
        except (EOFError, OSError):
            self.alive = False
            return False
        match kind:
            case "returned":
                job.succeed(value)
            case "raised":
                job.fail(value)
            case "stays":
                self.stays = True
            case "answered":
                job.answer(value)
            case "past reading":
                self.past_reading = True
            case "log":
                self._log(job, value)
        return kind in {"returned", "raised"}

    def end(self) -> None:
        """Close its pipe and wait for its end."""
        self._connection.close()
        self._process.join(_END_SECONDS)
        self.kill()

    def kill(self) -> None:
        """Kill it immediately."""
        self._process.kill()
        self._process.join()
        self._connection.close()

    def _until(self, wanted: str, job: Job) -> bool:
        while self._connection.poll(_START_SECONDS):
            kind, value = self._connection.recv()
            if kind == wanted:
                return True
            if kind == "failed":
                raise value
            if kind == "log":
                self._log(job, value)
        return False

    @staticmethod
    def _log(job: Job, record: logging.LogRecord) -> None:
        job.context.run(logging.getLogger(record.name).handle, record)
