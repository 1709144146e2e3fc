"""What one process has counted goes into the store, where it is added to what the others have."""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Iterator
from importlib.metadata import version

import psutil
from prometheus_client import CollectorRegistry
from prometheus_client.samples import Sample

from cache.errors import StoreError
from cache.store import Put, Store
from service.metrics.instruments import MEMORY, PROCESSES, REGISTRY
from service.names import COUNTED, COUNTING, levels_name

log = logging.getLogger(__name__)

_SHIP_SECONDS = 2.0
_ALIVE_SECONDS = 10


class Shipper:
    """Adds what this process counts to what all have counted.

    What was counted since the last time is lost when the process is killed, and kept for the next time while
    the store is away.

    Args:
        store: where it is added up.
        kind: of process, ``web`` or ``worker``.
        registry: what is counted.
    """

    def __init__(self, store: Store, kind: str, registry: CollectorRegistry = REGISTRY) -> None:
        self._store = store
        self._registry = registry
        self._process = f"{socket.gethostname()}-{os.getpid()}"
        self._shipped: dict[str, float] = {}
        self._lock = threading.Lock()
        MEMORY.labels(kind, self._process).set_function(lambda: psutil.Process().memory_info().rss)
        PROCESSES.labels(kind, version("istami")).set(1)

    def begin(self) -> None:
        """Ship from now on, from a thread that lives as long as the process."""
        threading.Thread(target=self._again, name="metrics", daemon=True).start()

    def ship(self) -> None:
        """Ship what is new.

        Raises:
            StoreUnavailable, StoreFull: the store; nothing is lost.
        """
        with self._lock:
            counted = {packed(sample): sample.value for sample in self._samples(counters=True)}
            new = {name: value - self._shipped.get(name, 0) for name, value in counted.items()}
            if new := {name: amount for name, amount in new.items() if amount}:
                self._store.increase(COUNTED, new)
            self._shipped = counted
            levels = {packed(sample): sample.value for sample in self._samples(counters=False)}
            self._store.put(levels_name(self._process), Put(json.dumps(levels).encode(), _ALIVE_SECONDS))
            self._store.add(COUNTING, self._process)

    def end(self) -> None:
        """Ship what is left, if that can be done: the process ends."""
        try:
            self.ship()
        except StoreError as error:
            log.warning("what was counted last is lost: %s", error)

    def _again(self) -> None:
        pause = threading.Event()
        while not pause.wait(_SHIP_SECONDS):
            try:
                self.ship()
            except StoreError as error:
                log.debug("what was counted is kept for later: %s", error)

    def _samples(self, *, counters: bool) -> Iterator[Sample]:
        for metric in self._registry.collect():
            if (metric.type != "gauge") is counters:
                yield from (sample for sample in metric.samples if not sample.name.endswith("_created"))


def packed(sample: Sample) -> str:
    """Name and labels of a sample as one string; ``unpacked`` reads it."""
    return json.dumps([sample.name, sample.labels], sort_keys=True)


def unpacked(name: str) -> tuple[str, dict[str, str]]:
    """What ``packed`` made a string of."""
    sample, labels = json.loads(name)
    return sample, labels
