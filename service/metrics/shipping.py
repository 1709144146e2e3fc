"""What one process has counted goes into the store, where it is added to what the others have."""

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
    """Adds what this process counts to what all have counted.

    What was counted since the last time is lost when the process is killed, and kept for the next time while
    the store is away.

    Args:
        store: where it is added up.
        ledger: where levels are told.
        kind: of process, ``web`` or ``worker``.
        registry: what is counted.
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
        """Ship what is new.

        Raises:
            StoreUnavailable, StoreFull: the store; nothing is lost.
        """
        with self._lock:
            counted, levels = self._values()
            new = {key: value - self._shipped.get(key, 0) for key, value in counted.items()}
            # Names are written for what has changed alone: most of a thousand numbers have not.
            if told := {labelled(*key): amount for key, amount in new.items() if amount}:
                self._store.increase(COUNTED, told)
            self._shipped = counted
            momentary = MOMENTARY.encode({labelled(*key): value for key, value in levels.items()})
            self._ledger.note(LEVELS, self._process, momentary, _ALIVE_SECONDS)

    def end(self) -> None:
        """Ship what is left, if that can be done: the process ends."""
        try:
            self.ship()
        except StoreError as error:
            log.warning("what was counted last is lost: %s", error)

    def _values(self) -> tuple[dict[_Labelled, float], dict[_Labelled, float]]:
        """What only grows, and what goes up and down."""
        counted: dict[_Labelled, float] = {}
        levels: dict[_Labelled, float] = {}
        for metric in self._registry.collect():
            values = levels if metric.type == "gauge" else counted
            for sample in metric.samples:
                if not sample.name.endswith("_created"):
                    values[sample.name, tuple(sample.labels.items())] = sample.value
        return counted, levels


def labelled(name: str, labels: Iterable[tuple[str, str]]) -> str:
    """Name and labels of a number as one string; ``LABELLED`` reads it."""
    return json.dumps([name, dict(labels)], sort_keys=True)
