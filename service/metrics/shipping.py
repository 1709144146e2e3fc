"""Adds the counters of one process to the sums in the store."""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Iterable
from typing import ClassVar

import psutil
from prometheus_client import CollectorRegistry

from cache.errors import StoreError
from cache.ledger import Ledger
from cache.store import Store
from service.metrics.instruments import MEMORY, PROCESSES, REGISTRY
from service.storage.codec import noun
from service.storage.keys import COUNTED, LEVELS
from service.util.release import release

log = logging.getLogger(__name__)

_ALIVE_SECONDS = 10

LABELLED = noun("name of a number", tuple[str, dict[str, str]])
_Labelled = tuple[str, tuple[tuple[str, str], ...]]
"""Name and labels of a number."""
MOMENTARY = noun("levels of a process", dict[str, float])


class Shipper:
    """Adds this process's counters to the sums of all processes.

    Counts since the last round are lost when the process is killed; while the store is unavailable, they are
    kept for the next round.

    Args:
        store: stores the sums.
        ledger: stores the gauges.
        kind: of process, ``web`` or ``worker``.
        registry: the metrics of this process.
    """

    SECONDS: ClassVar[float] = 2.0
    """How often to ship."""

    def __init__(
        self, store: Store, ledger: Ledger, kind: str, registry: CollectorRegistry = REGISTRY
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._registry = registry
        self._process = f"{socket.gethostname()}-{os.getpid()}"
        self._shipped: dict[_Labelled, float] = {}
        self._lock = threading.Lock()
        MEMORY.labels(kind, self._process).set_function(lambda: psutil.Process().memory_info().rss)
        PROCESSES.labels(kind, release()).set(1)

    def ship(self) -> None:
        """Add the increments since the last round.

        Raises:
            StoreUnavailable, StoreFull: the store; no counts are lost.
        """
        with self._lock:
            counted, levels = self._values()
            new = {key: value - self._shipped.get(key, 0) for key, value in counted.items()}
            # Names are built only for changed numbers: most of a thousand have not changed.
            if told := {labelled(*key): amount for key, amount in new.items() if amount}:
                self._store.increase(COUNTED, told)
            self._shipped = counted
            momentary = MOMENTARY.encode({labelled(*key): value for key, value in levels.items()})
            self._ledger.note(LEVELS, self._process, momentary, _ALIVE_SECONDS)

    def end(self) -> None:
        """Try to ship the last increments, before the process ends."""
        try:
            self.ship()
        except StoreError as error:
            log.warning("the latest counts are lost: %s", error)

    def _values(self) -> tuple[dict[_Labelled, float], dict[_Labelled, float]]:
        """Return the values of counters and of gauges."""
        counted: dict[_Labelled, float] = {}
        levels: dict[_Labelled, float] = {}
        for metric in self._registry.collect():
            values = levels if metric.type == "gauge" else counted
            for sample in metric.samples:
                if not sample.name.endswith("_created"):
                    values[sample.name, tuple(sample.labels.items())] = sample.value
        return counted, levels


def labelled(name: str, labels: Iterable[tuple[str, str]]) -> str:
    """Encode name and labels of a number as one string; ``LABELLED`` decodes it."""
    return json.dumps([name, dict(labels)], sort_keys=True)
