"""Web processes whose sockets outlive them: replaced one by one, and started again when they end or hang."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from service.errors import ChildFailed
from service.supervisor import Backoff

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Place:
    """That of one process among all."""

    sockets: list[socket.socket]
    begun: float
    backoff: Backoff = field(default_factory=Backoff)
    due: float | None = None
    """When the next process takes it, while there is none."""


class WebProcesses(Multiprocess):
    """uvicorn's processes, which it would itself start again at once and for ever.

    Args:
        config: of each.
        dealt: the sockets that each listens to, all its own.
    """

    def __init__(self, config: uvicorn.Config, dealt: Sequence[list[socket.socket]]) -> None:
        super().__init__(config, [])
        self.failure: ChildFailed | None = None
        """Why all of them were ended, where one was given up."""
        self._places = [_Place(sockets, time.monotonic()) for sockets in dealt]

    def init_processes(self) -> None:
        """Start all of them."""
        self.processes = [self._started(place) for place in self._places]

    def restart_all(self) -> None:
        """Replace one after the other: the new one listens before the old one goes."""
        for number, place in enumerate(self._places):
            if self.should_exit.is_set():
                return
            old, new = self.processes[number], self._started(place)
            if not new.wait_until_ready(self.config.timeout_worker_healthcheck, self.should_exit):
                new.kill()
                new.join()
                log.error("a new web process did not start in time: the old one stays")
                return
            if place.due is None:
                old.terminate()
                old.join()
            self.processes[number], place.due = new, None

    def keep_subprocess_alive(self) -> None:
        """Look after each; whichever has ended is followed by another."""
        now = time.monotonic()
        for number, place in enumerate(self._places):
            process = self.processes[number]
            if self.should_exit.is_set():
                return
            if place.due is None:
                if process.is_alive(timeout=self.config.timeout_worker_healthcheck):
                    continue
                process.kill()  # it may hang
                process.join()
                self._ended(process, place)
            elif now >= place.due:
                self.processes[number] = self._started(place)
                place.due = None

    def terminate_all(self) -> None:
        """End all of them that live, and listen no more.

        A client that comes now is refused and may ask elsewhere; where systemd listens, it waits for the
        next start.
        """
        for listener in chain.from_iterable(place.sockets for place in self._places):
            listener.close()
        for process, place in zip(self.processes, self._places, strict=True):
            if place.due is None:
                process.terminate()

    def handle_ttin(self) -> None:
        """Refuse to change the number of processes, each of which has its sockets."""
        log.warning("the number of web processes is fixed: start again with another --web-workers")

    handle_ttou = handle_ttin

    def _started(self, place: _Place) -> Process:
        process = Process(self.config, place.sockets)
        process.start()
        place.begun = time.monotonic()
        return process

    def _ended(self, process: Process, place: _Place) -> None:
        wait = place.backoff.after(time.monotonic() - place.begun)
        status = process.exitcode
        if wait is None or status == STARTUP_FAILURE:
            self.failure = ChildFailed(
                f"A web process was given up: it ended with status {status}; its log lines say why.",
                f"توقّف تشغيل إحدى عمليات الويب: انتهت برمز الخروج {status}، وسببه في السجلّ.",
            )
            self.should_exit.set()
            return
        log.error(
            "a web process has ended with status %s. Starting another in %g s (failure %d of %d)",
            *(status, wait, place.backoff.failures, place.backoff.most),
        )
        place.due = time.monotonic() + wait
