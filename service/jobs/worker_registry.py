"""Registers live worker processes, and whether their voice loads."""

from __future__ import annotations

from collections.abc import Callable

from cache.ledger import Ledger
from cache.store import Put, Store
from service.metrics import background
from service.model.operations import WorkerReport
from service.storage.codec import all_unpacked, noun
from service.storage.keys import WORKERS

_BEAT_SECONDS = 3.0
_ALIVE_SECONDS = 10
REPORT = noun("worker's report", WorkerReport)


class WorkerRegistry:
    """The registry of workers in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def alive(self) -> list[WorkerReport]:
        """Return the reports of the last seconds.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        reports = self._ledger.every(WORKERS)
        return list(all_unpacked(REPORT, (reports[name] for name in sorted(reports))))

    def voices(self) -> set[str]:
        """Return the ids of the voices installed on any worker's machine.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        return {voice for report in self.alive() for voice in report.voices}

    def size(self) -> int:
        """Return the number of live workers.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        return len(self._ledger.every(WORKERS))

    def sign(self, report: Callable[[], WorkerReport], store: Store) -> None:
        """Report regularly that a worker is alive, from a thread that lives as long as the process.

        Args:
            report: returns the report.
            store: where web processes of version 0.1 read it: workers are upgraded before them.
        """

        def beat() -> None:
            mine = report()
            said = REPORT.encode(mine)
            self._ledger.note(WORKERS, mine.name, said, _ALIVE_SECONDS)
            store.put(f"istami:worker:{mine.name}", Put(said, _ALIVE_SECONDS))
            store.add("istami:workers", mine.name)

        background.in_thread("heartbeat", beat, _BEAT_SECONDS, at_once=True)
