"""Web processes that are started again when they end or hang: later each time, and not for ever."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from socket import socket

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

    begun: float
    backoff: Backoff = field(default_factory=Backoff)
    due: float | None = None
    """When the next process takes it, while there is none."""


class Kept(Multiprocess):
    """uvicorn's processes, which it would itself start again at once and for ever."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self.failure: ChildFailed | None = None
        """Why all of them were ended, where one was given up."""
        self._places: dict[int, _Place] = {}

    def keep_subprocess_alive(self) -> None:
        """Look after each; whoever has ended is followed by another."""
        now = time.monotonic()
        for number, process in enumerate(self.processes):
            place = self._places.setdefault(number, _Place(now))
            if self.should_exit.is_set():
                return
            if place.due is None:
                if process.is_alive(timeout=self.config.timeout_worker_healthcheck):
                    continue
                process.kill()  # it may hang
                process.join()
                self._ended(process, place)
            elif now >= place.due:
                self.processes[number] = Process(self.config, self.sockets)
                self.processes[number].start()
                place.begun, place.due = time.monotonic(), None

    def terminate_all(self) -> None:
        """End all of them that live."""
        for number, process in enumerate(self.processes):
            if number not in self._places or self._places[number].due is None:
                process.terminate()

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
