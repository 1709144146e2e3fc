"""Web processes whose sockets outlive them: replaced one by one, and restarted if they exit or hang."""

from __future__ import annotations

import logging
import signal
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import cast

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from service.cli import closing
from service.model.errors import ChildFailed
from service.util.supervision import Backoff

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.2
"""A process that is well answers sooner. One that takes longer is asked again; signals are heeded between."""
_END_SECONDS = 30.0
"""Longer than a process takes to answer its last clients: one that is still there hangs."""


@dataclass(slots=True)
class _Place:
    """The slot of one process."""

    sockets: list[socket.socket]
    begun: float = 0.0
    answered: float = 0.0
    """When its process last showed that it does not hang."""
    backoff: Backoff = field(default_factory=Backoff)
    due: float | None = None
    """When the next process takes it, while there is none."""


class _Process(Process):
    """uvicorn's process with a server of ours in it."""

    @property
    def server(self) -> closing.Server:
        """It, in the process itself."""
        if self._server is None:
            self._server = closing.Server(self.config)
        return cast("closing.Server", self._server)


class WebProcesses(Multiprocess):
    """uvicorn's processes, which uvicorn itself would restart immediately and for ever.

    Args:
        config: of each.
        dealt: the sockets that each listens to, all its own.
    """

    def __init__(self, config: uvicorn.Config, dealt: Sequence[list[socket.socket]]) -> None:
        super().__init__(config, [])
        self.failure: ChildFailed | None = None
        """Why all of them were stopped, if one failed repeatedly."""
        self._places = [_Place(sockets) for sockets in dealt]

    def init_processes(self) -> None:
        """Start all of them."""
        self.processes = [self._started(place) for place in self._places]
        for number, process in enumerate(self.processes):
            self._put(number, process)

    def restart_all(self) -> None:
        """Replace one after the other: the new one listens before the old one goes."""
        for number, place in enumerate(self._places):
            old, new = self.processes[number], self._started(place)
            if not self._serves(new):
                new.kill()
                new.join()
                if not self._told_to_end():
                    log.error("a new web process did not start: the old one stays")
                return
            if place.due is None:
                old.terminate()
                _join(old, time.monotonic() + _END_SECONDS)
            self._put(number, new)

    def keep_subprocess_alive(self) -> None:
        """Check each process; replace those that have exited."""
        for number, place in enumerate(self._places):
            process = self.processes[number]
            if self.should_exit.is_set():
                return
            if place.due is None:
                if self._lives(process, place):
                    continue
                process.kill()  # it may hang
                process.join()
                self._ended(process, place)
            elif time.monotonic() >= place.due:
                self._put(number, self._started(place))

    def terminate_all(self) -> None:
        """Stop all processes, and stop listening.

        A client that connects now is refused and may try another server; if systemd listens, it waits for the
        next start.
        """
        for listener in chain.from_iterable(place.sockets for place in self._places):
            listener.close()
        for process, place in zip(self.processes, self._places, strict=True):
            if place.due is None:
                process.terminate()

    def join_all(self) -> None:
        """Wait until they have exited; one that hangs is killed."""
        deadline = time.monotonic() + _END_SECONDS
        for process in self.processes:
            _join(process, deadline)

    def handle_ttin(self) -> None:
        """Refuse to change the number of processes, each of which has its sockets."""
        log.warning("the number of web processes is fixed: restart with a different --web-workers")

    handle_ttou = handle_ttin

    def _started(self, place: _Place) -> Process:
        process = _Process(self.config, place.sockets)
        process.start()
        return process

    def _put(self, number: int, process: Process) -> None:
        """Have a process that was started take a place."""
        place = self._places[number]
        self.processes[number], place.due = process, None
        place.begun = place.answered = time.monotonic()

    def _serves(self, process: Process) -> bool:
        """Wait until a process serves; whether it came to that, and before all were told to end."""
        deadline = time.monotonic() + self.config.timeout_worker_healthcheck
        while time.monotonic() < deadline and process.process.is_alive() and not self._told_to_end():
            if process.wait_until_ready(_LOOK_SECONDS):
                return True
        return False

    def _told_to_end(self) -> bool:
        """Whether a signal that waits says so."""
        return not {signal.SIGINT, signal.SIGTERM}.isdisjoint(self.signal_queue)

    def _lives(self, process: Process, place: _Place) -> bool:
        if not process.process.is_alive():
            return False
        if process.ping(_LOOK_SECONDS):
            place.answered = time.monotonic()
        return time.monotonic() - place.answered < self.config.timeout_worker_healthcheck

    def _ended(self, process: Process, place: _Place) -> None:
        wait = place.backoff.after(time.monotonic() - place.begun)
        status = process.exitcode
        if wait is None or status == STARTUP_FAILURE:
            self.failure = ChildFailed(
                f"A web process was given up: it ended with status {status}; see its log.",
                f"توقّف تشغيل إحدى عمليات الويب: انتهت برمز الخروج {status}، وسببه في السجلّ.",
            )
            self.should_exit.set()
            return
        log.error(
            "a web process has ended with status %s. Starting another in %g s (failure %d of %d)",
            *(status, wait, place.backoff.failures, place.backoff.most),
        )
        place.due = time.monotonic() + wait


def _join(process: Process, deadline: float) -> None:
    """Wait for a process to exit; kill it if it does not in time."""
    process.process.join(max(0.0, deadline - time.monotonic()))
    if process.process.is_alive():
        process.process.kill()
        process.process.join()
