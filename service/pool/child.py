"""The main loop of a pool process: executes one call after another, until the pipe closes."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import QueueHandler
from multiprocessing.connection import Connection
from typing import Any, Protocol

from asgi_correlation_id import correlation_id

from cache.errors import StoreError
from service.metrics import tracing
from service.model.errors import IstamiError, Unavailable

log = logging.getLogger(__name__)

_GRACE_SECONDS = 5
"""Time by which a process outlives its limit if the pool, which should end it, was killed."""
_NICE = 10
"""Niceness: listeners, and workers that speak for them, get the processor first."""


class Line(Protocol):
    """Reports a method's progress to the pool."""

    def stay(self) -> None:
        """Continue the call even if its client disconnects from now on."""

    def answer(self, value: object) -> None:
        """Send the caller an early answer, once, before the method returns."""

    def past_reading(self) -> None:
        """From now on, end the call neither at its time limit nor when its client disconnects."""


class Sender:
    """The child's end of the pipe; any thread may send log lines."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def send(self, kind: str, value: object = None) -> None:
        """Send a message. If the pool was killed, it is lost, and the call is still finished."""
        with self._lock, suppress(OSError):
            self._connection.send((kind, value))

    def stay(self) -> None:
        """See ``Line``."""
        self.send("stays")

    def answer(self, value: object) -> None:
        """See ``Line``."""
        self.send("answered", value)

    def past_reading(self) -> None:
        """See ``Line``."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        self.send("past reading")


class _Logs(QueueHandler):
    """Sends log lines to the pool's process, which writes them with its own."""

    def __init__(self, sender: Sender) -> None:
        super().__init__(None)  # type: ignore[arg-type]  # there is a pipe instead of a queue
        self._sender = sender

    def enqueue(self, record: logging.LogRecord) -> None:
        """Send a line."""
        self._sender.send("log", record)


def run(connection: Connection, build: Callable[[], Any], seconds: float, level: int) -> None:
    """Serve calls.

    Args:
        connection: source of the calls.
        build: creates the target; its methods take a ``Line`` as first argument.
        seconds: limit of processor time of a call.
        level: lowest level of the log lines that are sent.
    """
    # Ctrl-C reaches all processes of a terminal, and systemd's SIGTERM all of a unit. The pool ends this
    # process after its caller has been answered.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(_NICE)
    sender = Sender(connection)
    root = logging.getLogger()
    root.handlers[:] = [_Logs(sender)]
    root.setLevel(level)
    try:
        target = build()
    except (IstamiError, StoreError) as error:
        sender.send("failed", error)
        return
    except OSError as error:
        told = f"Reading is not possible now: {error.strerror}."
        sender.send("failed", Unavailable(told, "القراءة غير متاحة الآن."))
        return
    sender.send("ready")
    while True:
        try:
            method, arguments, carrier, request = connection.recv()
        except (EOFError, OSError):
            break
        sender.send("begun")
        correlation_id.set(request)
        # If the pool is killed, only this timer ends a call that never returns.
        signal.setitimer(signal.ITIMER_PROF, seconds + _GRACE_SECONDS)
        with tracing.span(method, carrier=carrier):
            kind, outcome = _outcome(getattr(target, method), sender, arguments)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sender.send(kind, outcome)
    target.close()


def _outcome(method: Callable[..., object], line: Line, arguments: tuple[object, ...]) -> tuple[str, object]:
    try:
        return "returned", method(line, *arguments)
    except MemoryError:
        os._exit(1)  # the process is no longer reliable
    except (IstamiError, StoreError) as error:
        return "raised", error
    except Exception as error:
        # Tracebacks cannot be pickled, and its class may not be picklable.
        log.exception("a call failed")
        return "raised", RuntimeError(f"{type(error).__name__} in a process of the pool")
