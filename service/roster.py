"""Which worker processes are alive, and whether their voice loads."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pydantic import TypeAdapter

from cache.errors import StoreError
from cache.store import Put, Store
from service.types import WorkerReport

_ROSTER = "istami:workers"
_BEAT_SECONDS = 3.0
_ALIVE_SECONDS = 10
_REPORT = TypeAdapter(WorkerReport)


class Roster:
    """The list of workers in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def alive(self) -> list[WorkerReport]:
        """Those that have been heard of within the last seconds.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        names = sorted(self._store.members(_ROSTER))
        if not names:
            return []
        reports = []
        for name, value in zip(names, self._store.get_many(map(_report_name, names)), strict=True):
            if value is None:
                self._store.discard(_ROSTER, name)
            else:
                reports.append(_REPORT.validate_json(value))
        return reports

    def size(self) -> int:
        """About how many there are: some may have died since somebody last looked.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        return len(self._store.members(_ROSTER))

    def sign(self, report: Callable[[], WorkerReport]) -> None:
        """Say from now on, from a thread that lives as long as the process, that a worker is alive."""
        threading.Thread(target=self._beat, args=(report,), name="heartbeat", daemon=True).start()

    def _beat(self, report: Callable[[], WorkerReport]) -> None:
        pause = threading.Event()
        while True:
            mine = report()
            try:
                self._store.put(_report_name(mine.name), Put(_REPORT.dump_json(mine), _ALIVE_SECONDS))
                self._store.add(_ROSTER, mine.name)
            except StoreError:
                pass  # the store is away: the next beat tells; until then nobody could read this one
            pause.wait(_BEAT_SECONDS)


def _report_name(worker: str) -> str:
    return f"istami:worker:{worker}"
