"""The server that everything passes through: killed, emptied, full, slow."""

from __future__ import annotations

import time
from contextlib import contextmanager

import pytest

from tests.faults.house import articles


@pytest.fixture
def busy(house, whole):
    """A house in the middle of some articles: they, and what must become of them."""
    posted = articles("redis", 10, 20)
    expected = whole(posted)
    house.open("--workers", "2")
    house.until(lambda: len(house.speaking()) == 2, 60, "working")
    house.post(posted)
    house.until(lambda: house.asked().total() > 10, 60, "begun")
    return house, posted, expected


def held(busy, ledger, fault: str, *, tried: int, explained: int, again: bool = False) -> None:
    """Everything ends, right, and no oftener spoken than the fault explains.

    Args:
        busy: the fixture.
        ledger: where it is noted.
        fault: its name.
        tried: how often.
        explained: sentences that the fault may have had spoken again.
        again: whether the publisher sends again what is not known any more.
    """
    house, posted, expected = busy
    lost = house.settle(posted, 150, again=again)
    asked = house.asked()
    doubled = max(0, asked.total() - len(asked) - explained)
    ledger(fault, tried, lost=lost, doubled=doubled, wrong=house.wrong(posted, expected))


def test_killed_and_started_again_with_its_data(busy, ledger) -> None:
    """Whoever spoke meanwhile could not put it down: two workers, each time."""
    house = busy[0]
    for _ in range(3):
        house.redis.kill()
        time.sleep(1)
        house.redis.start()
        time.sleep(1.5)
    held(busy, ledger, "Redis killed, started again with its data", tried=3, explained=6)


def test_killed_and_started_again_without_its_data(busy, ledger) -> None:
    house = busy[0]
    house.redis.kill()
    house.redis.lose()
    spoken = house.asked().total()
    time.sleep(1)
    house.redis.start()
    held(
        busy,
        ledger,
        "Redis killed, started again without its data",
        tried=1,
        explained=spoken + 2,
        again=True,
    )


def test_replaced_by_an_empty_one_in_mid_flight(busy, ledger) -> None:
    house = busy[0]
    spoken = house.asked().total()
    house.redis.client.flushall()
    held(busy, ledger, "Redis replaced by an empty one", tried=1, explained=spoken + 2, again=True)


@contextmanager
def narrow(house, policy: str, room: int):
    """The server has so many bytes left."""
    client = house.redis.client
    client.config_set("maxmemory-policy", policy)
    client.config_set("maxmemory", house.redis.used() + room)
    yield
    client.config_set("maxmemory", 0)


def test_full_and_may_evict_nothing(busy, ledger) -> None:
    """What two workers were at when it became full cannot be put down either."""
    house = busy[0]
    refused = house.redis.client.info("stats")["total_error_replies"]
    begun = house.asked().total()
    with narrow(house, "noeviction", 100_000):
        time.sleep(5)
        again = house.asked().total() - begun
    assert house.redis.client.info("stats")["total_error_replies"] > refused
    held(busy, ledger, "Redis full (noeviction)", tried=1, explained=again + 2, again=True)


def test_full_and_evicts_whatever_was_not_used_lately(busy, ledger) -> None:
    house = busy[0]
    with narrow(house, "allkeys-lru", -500_000):
        time.sleep(4)
        spoken = house.asked().total()
    assert house.redis.client.info("stats")["evicted_keys"] > 0
    held(busy, ledger, "Redis full (allkeys-lru)", tried=1, explained=spoken, again=True)


def test_slow(busy, ledger) -> None:
    """Longer than anybody waits for an answer, too: what was asked for then may have been done or not."""
    house = busy[0]
    for seconds in (1, 3, 7):
        house.redis.client.client_pause(seconds * 1000, all=True)
        time.sleep(seconds + 1)
    held(busy, ledger, "Redis slow (no answer for 1, 3, 7 s)", tried=3, explained=4)
