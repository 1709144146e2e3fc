"""Exports to Prometheus the counters of all processes, and the state of queues, store and workers."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from cache.errors import StoreError
from cache.ledger import Ledger
from cache.store import Store
from service.metrics.instruments import REGISTRY
from service.metrics.shipping import LABELLED, MOMENTARY
from service.model.operations import Backlog, WorkerReport
from service.storage.codec import all_unpacked, unpacked
from service.storage.keys import COUNTED, LEVELS

log = logging.getLogger(__name__)


class Scrape(Collector):
    """The current metrics of the whole service.

    Args:
        store: stores the sums of the counters.
        ledger: stores the gauges.
        backlog: returns the backlog of each queue.
        workers: returns the reports of the live workers.
        parked: returns the number of parked sentences.
    """

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        backlog: Callable[[], Sequence[Backlog]],
        workers: Callable[[], Sequence[WorkerReport]],
        parked: Callable[[], int],
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._backlog = backlog
        self._workers = workers
        self._parked = parked

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics; if the store does not answer, only ``istami_redis_up``."""
        up = GaugeMetricFamily("istami_redis_up", "Whether Redis answers")
        try:
            found = [*self._counted(), *self._store_itself(), *self._queues(), *self._crew()]
        except StoreError as error:
            log.warning("metrics cannot be scraped: %s", error)
            found = []
        up.add_metric([], 1 if found else 0)
        yield up
        yield from found

    def _counted(self) -> Iterator[Metric]:
        """Yield the sums of the processes' metrics."""
        numbers = Counter[str](self._store.numbers(COUNTED))
        for levels in all_unpacked(MOMENTARY, self._ledger.every(LEVELS).values()):
            numbers.update(levels)
        named = ((unpacked(LABELLED, name), value) for name, value in numbers.items())
        samples = [(*name, value) for name, value in named if name]
        for instrument in REGISTRY.collect():
            family = Metric(instrument.name, instrument.documentation, instrument.type)
            own = {f"{instrument.name}{suffix}" for suffix in ("", "_total", "_bucket", "_sum", "_count")}
            mine = (sample for sample in samples if sample[0] in own)
            for name, labels, value in sorted(mine, key=_place):
                family.add_sample(name, labels, value)
            yield family

    def _store_itself(self) -> Iterable[Metric]:
        now = self._store.condition()
        yield GaugeMetricFamily("istami_redis_memory_bytes", "Memory that Redis uses", now.memory)
        yield GaugeMetricFamily(
            "istami_redis_memory_max_bytes", "Memory limit of Redis; 0: no limit", now.max_memory
        )
        yield CounterMetricFamily(
            "istami_redis_evicted_keys", "Values that Redis evicted for lack of memory", now.evicted
        )
        yield GaugeMetricFamily(
            "istami_redis_saved",
            "Whether the last write of Redis to disk succeeded",
            now.saved is not False,
        )

    def _queues(self) -> Iterable[Metric]:
        labels = ("queue", "priority")
        depth = GaugeMetricFamily("istami_queue_depth", "Tasks that wait for a worker", labels=labels)
        age = GaugeMetricFamily(
            "istami_queue_age_seconds", "How long the next task has waited", labels=labels
        )
        for each in self._backlog():
            depth.add_metric((each.queue, each.priority), each.waiting)
            age.add_metric((each.queue, each.priority), each.age)
        return depth, age

    def _crew(self) -> Iterable[Metric]:
        workers = GaugeMetricFamily(
            "istami_workers", "Worker processes, by whether their voice loads", labels=("state",)
        )
        reports = self._workers()
        faulty = sum(report.fault is not None for report in reports)
        workers.add_metric(("ready",), len(reports) - faulty)
        workers.add_metric(("faulty",), faulty)
        yield workers
        yield GaugeMetricFamily(
            "istami_parked_sentences",
            "Sentences that crashed their workers repeatedly, and are not retried",
            self._parked(),
        )


def _place(sample: tuple[str, dict[str, str], float]) -> tuple[list[tuple[str, str]], float, str]:
    """Return a sample's sort key in its family: one histogram together, the narrowest bucket first."""
    name, labels, _ = sample
    rest = sorted((label, value) for label, value in labels.items() if label != "le")
    return rest, float(labels.get("le", "inf")), name
