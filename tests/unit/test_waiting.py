"""A listener waits as long as anybody speaks anything, and no longer."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from cache.redis_reader import RedisReader
from cache.store import Put
from service.model.errors import NotFound, Unavailable
from service.model.recording import State, Status
from service.recordings import streaming
from service.storage.codec import STATE, packed
from service.storage.keys import WORKING, plan_name, state_name
from service.storage.queue_positions import Places

PATIENCE = 1.5
KEY = "a" * 64


@pytest.fixture
def queued(store):
    """A recording that waits for its turn."""
    store.put(state_name(KEY), packed(STATE, State(Status.QUEUED, 0, 2), 600))
    store.put(plan_name(KEY), Put(b"a plan"))
    return store


async def listen(url: str) -> None:
    reader = RedisReader(url)
    try:
        async for _ in streaming.growing(reader, KEY, PATIENCE):
            pass
    finally:
        await reader.close()


def waited(url: str, work=None) -> float:
    """How long a listener waited before it was told that nobody speaks; seconds."""

    async def both() -> float:
        begun = time.monotonic()
        working = asyncio.create_task(work()) if work else None
        with pytest.raises(Unavailable):
            await listen(url)
        if working:
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working
        return time.monotonic() - begun

    return asyncio.run(both())


def test_nobody_who_works_ends_it(queued, redis_url) -> None:
    queued.put(WORKING, Put(b"long ago"))
    assert waited(redis_url) < 4 * PATIENCE


def test_work_on_anything_keeps_it(queued, redis_url) -> None:
    ended = 0.0

    async def work() -> None:
        nonlocal ended
        for number in range(16):
            await asyncio.to_thread(queued.put, WORKING, Put(str(number).encode()))
            await asyncio.sleep(0.4)
        ended = time.monotonic()

    assert waited(redis_url, work) > 16 * 0.4
    assert ended


def test_one_that_is_taken_down_ends_it_at_once(queued, redis_url) -> None:
    queued.delete(state_name(KEY), plan_name(KEY))
    with pytest.raises(NotFound):
        asyncio.run(listen(redis_url))


def test_a_place_comes_nearer_with_every_sentence_that_is_taken_up(store) -> None:
    places = Places(store)
    places.serve("v")
    places.note(KEY, "v", 2)
    assert places.ahead(KEY, "v") == 2
    places.serve("other")
    assert places.ahead(KEY, "v") == 2
    for left in (1, 0, 0):
        places.serve("v")
        assert places.ahead(KEY, "v") == left


@pytest.mark.parametrize("damaged", [b"", b"x y", b"1", b"-1 3", b"1 2 3", b"\xff\xfe 1"])
def test_a_damaged_place_is_none(store, damaged) -> None:
    store.put(f"istami:{{{KEY}}}:place", Put(damaged))
    assert Places(store).ahead(KEY, "v") is None
    store.put("istami:served:v", Put(damaged))
    Places(store).note(KEY, "v", 3)
    assert Places(store).ahead(KEY, "v") == 3
