"""Which worker processes are alive, and whether their voice loads."""

from __future__ import annotations

from collections.abc import Callable

from cache.store import Store
from service import background
from service.names import WORKERS, worker_name
from service.packing import all_unpacked, noun, packed
from service.types import WorkerReport

_BEAT_SECONDS = 3.0
_ALIVE_SECONDS = 10
REPORT = noun("worker's report", WorkerReport)


class Roster:
    """The list of workers in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def alive(self) -> list[WorkerReport]:
        """Those that have been heard of within the last seconds.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        names = sorted(self._store.members(WORKERS))
        if not names:
            return []
        values = self._store.get_many(map(worker_name, names))
        for name, value in zip(names, values, strict=True):
            if value is None:
                self._store.discard(WORKERS, name)
        return list(all_unpacked(REPORT, filter(None, values)))

    def size(self) -> int:
        """About how many there are: some may have died since somebody last looked.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        return len(self._store.members(WORKERS))

    def sign(self, report: Callable[[], WorkerReport]) -> None:
        """Say from now on, from a thread that lives as long as the process, that a worker is alive."""

        def beat() -> None:
            mine = report()
            self._store.put(worker_name(mine.name), packed(REPORT, mine, _ALIVE_SECONDS))
            self._store.add(WORKERS, mine.name)

        background.in_thread("heartbeat", beat, _BEAT_SECONDS, at_once=True)
