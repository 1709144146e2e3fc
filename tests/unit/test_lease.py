"""A claim is held while work goes on, and no longer."""

import threading
import time

import pytest

from cache.errors import ClaimLost
from cache.redis_store import RedisStore
from service.storage.keys import WORKING
from service.storage.lease import LeaseRenewer, TimeLimit


class Brief(LeaseRenewer):
    """One whose times are short."""

    CLAIM_SECONDS = 0.6


def limit(exceeded=lambda: None) -> TimeLimit:
    return TimeLimit(1.5, exceeded)


def test_it_is_held_longer_than_a_claim_lasts(store: RedisStore) -> None:
    claim = store.claim("kept", Brief.CLAIM_SECONDS)
    assert claim is not None
    with Brief(store, claim, limit()) as keeper:
        for _ in range(4):
            time.sleep(0.4)
            keeper.progress()
            assert store.claimed("kept")
    time.sleep(0.8)
    assert not store.claimed("kept")


def test_who_has_lost_it_is_told_at_the_next_step(store: RedisStore) -> None:
    claim = store.claim("lost", Brief.CLAIM_SECONDS)
    assert claim is not None
    with Brief(store, claim, limit()) as keeper:
        store.release(claim)
        time.sleep(0.5)
        with pytest.raises(ClaimLost):
            keeper.progress()


def test_work_that_hangs_is_told_of_once_and_its_claim_let_go(store: RedisStore) -> None:
    claim = store.claim("hung", Brief.CLAIM_SECONDS)
    assert claim is not None
    stalls: list[float] = []
    stalled = threading.Event()

    def note() -> None:
        stalls.append(time.monotonic())
        stalled.set()

    with Brief(store, claim, limit(note)):
        assert stalled.wait(120)
        time.sleep(1)
    assert len(stalls) == 1
    assert not store.claimed("hung")


def test_whoever_waits_sees_that_there_is_work(store: RedisStore) -> None:
    claim = store.claim("kept", Brief.CLAIM_SECONDS)
    assert claim is not None
    seen = {store.get(WORKING)}
    with Brief(store, claim, limit()):
        for _ in range(3):
            seen.add(store.get(WORKING))
            time.sleep(0.4)
    assert len(seen) >= 3
