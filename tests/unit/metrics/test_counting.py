"""What processes count comes together in the store, whatever happens to the store or to them."""

from __future__ import annotations

import json
import time

import pytest
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from cache.errors import StoreUnavailable
from cache.redis_ledger import RedisLedger
from cache.redis_store import RedisStore
from service.config.settings import Settings
from service.metrics.instruments import SENTENCES, STREAMS_OPEN
from service.metrics.scraping import Scrape
from service.metrics.shipping import Shipper, labelled
from service.model.article import Priority
from service.server.container import Container
from service.storage.keys import COUNTED, LEVELS

NOWHERE = "redis://127.0.0.1:1/0"


def read(url: str) -> dict[str, float]:
    """All that Prometheus would read: sample and labels as one string."""
    registry = CollectorRegistry()
    registry.register(Container(Settings(), url).scrape)
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {
        labelled(sample.name, sample.labels.items()): sample.value
        for family in families
        for sample in family.samples
    }


def test_two_processes_add_up_and_each_ships_only_what_is_new(store: RedisStore, ledger: RedisLedger) -> None:
    processes = []
    for _ in range(2):
        registry = CollectorRegistry()
        counter = Counter("seen", "Seen", ("by",), registry=registry)
        processes.append((counter, Shipper(store, ledger, "web", registry)))
    for counter, shipper in processes:
        counter.labels("me").inc(1.5)
        shipper.ship()
        shipper.ship()
        counter.labels("me").inc(2)
        shipper.ship()
    assert store.numbers(COUNTED) == {json.dumps(["seen_total", {"by": "me"}]): 7}


def test_what_is_counted_while_the_store_is_away_is_shipped_when_it_is_back(
    store: RedisStore, ledger: RedisLedger
) -> None:
    registry = CollectorRegistry()
    counter = Counter("seen", "Seen", registry=registry)
    shipper = Shipper(RedisStore(NOWHERE), ledger, "web", registry)
    counter.inc()
    with pytest.raises(StoreUnavailable):
        shipper.ship()
    shipper._store = store
    counter.inc()
    shipper.ship()
    assert store.numbers(COUNTED) == {json.dumps(["seen_total", {}]): 2}


def test_what_goes_up_and_down_in_a_process_ends_with_it(
    store: RedisStore, ledger: RedisLedger, redis_url: str
) -> None:
    shipper = Shipper(store, ledger, "web")
    open_streams = json.dumps(["istami_streams_open", {}])
    with STREAMS_OPEN.track_inprogress():
        shipper.ship()
        assert read(redis_url)[open_streams] == 1
    ledger.forget(LEVELS, shipper._process)  # as its end does
    assert read(redis_url).get(open_streams, 0) == 0  # other processes may say that they have none


@pytest.mark.usefixtures("store")
def test_what_waits_is_told_by_queue_and_priority_with_its_age(redis_url: str) -> None:
    queue = Container(Settings(), redis_url).queue
    queue.speak("espeak-ar", "0" * 64, 0, Priority.BATCH)
    time.sleep(0.05)
    queue.speak("espeak-ar", "0" * 64, 1, Priority.BATCH)
    queue.speak("espeak-ar", "0" * 64, 2, Priority.INTERACTIVE)
    waiting = {(each.queue, each.priority): each for each in queue.backlog()}
    batch, urgent = (
        waiting["istami.espeak-ar", priority] for priority in (Priority.BATCH, Priority.INTERACTIVE)
    )
    assert (batch.waiting, urgent.waiting, queue.waiting()) == (2, 1, 3)
    assert batch.age - urgent.age >= 0.05, "the age is that of the task that has waited longest"
    assert waiting["istami", Priority.BATCH].age == 0
    labels = {"queue": "istami.espeak-ar", "priority": "batch"}
    assert read(redis_url)[json.dumps(["istami_queue_depth", labels], sort_keys=True)] == 2


def test_without_a_store_there_is_one_number_that_says_so() -> None:
    assert read(NOWHERE) == {json.dumps(["istami_redis_up", {}]): 0}


def test_a_name_that_a_newer_version_counts_under_is_passed_over(store: RedisStore, redis_url: str) -> None:
    store.increase(COUNTED, {json.dumps(["istami_not_yet_total", {}]): 1})
    SENTENCES.labels("espeak-ar", "espeak").inc(0)
    assert not any("not_yet" in name for name in read(redis_url))


def test_a_scrape_is_a_collector_that_registers_without_a_store() -> None:
    nobody = Scrape(RedisStore(NOWHERE), RedisLedger(NOWHERE), list, list, lambda: 0)
    CollectorRegistry().register(nobody)
