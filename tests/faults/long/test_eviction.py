"""A store that is short of room, and goes on being written to: nothing that is being made is lost."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.faults.house import articles

MONTH = 30 * 86_400


@contextmanager
def crowded(client, memory: str, policy: str):
    """The server has so much memory, is full of what lives for a month, and more comes in all the time."""
    client.config_set("maxmemory-policy", policy)
    client.config_set("maxmemory", memory)
    for number in range(900):
        client.set(f"old:{number}", bytes(50_000), ex=MONTH)
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.wait(0.03):
            number += 1
            client.set(f"new:{number}", bytes(40_000), ex=MONTH)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()


@pytest.mark.parametrize("policy", ["volatile-ttl", "volatile-lru"])
@pytest.mark.timeout(900)
def test_all_recordings_get_ready_in_a_small_store_that_is_written_to(
    house, whole, ledger, policy: str
) -> None:
    posted = articles("evicted", 20, 8)
    expected = whole(posted)
    house.open("--workers", "2")
    house.until(lambda: len(house.speaking()) == 2, 120, "working")
    with crowded(house.redis.client, "30mb", policy):
        house.post(posted)
        lost = house.settle(posted, 400)
        evicted = house.redis.client.info("stats")["evicted_keys"]
    assert evicted > 900, "the store was not short of room"
    # Those that were evicted once they were ready are made again: what is heard meanwhile has other tags.
    house.redis.client.config_set("maxmemory", 0)
    house.post(posted)
    lost += house.settle(posted, 200)
    ledger(f"Redis full ({policy}), others writing", lost=lost, wrong=house.wrong(posted, expected))


@pytest.mark.timeout(900)
def test_what_was_heard_is_evicted_with_all_pieces(house, whole, ledger) -> None:
    """Neither the article nor whoever listens to it, nor who sends it again, waits for what nobody sends."""
    posted = articles("heard", 1, 60)
    expected = whole(posted)[posted[0]["text"]]
    house.open("--workers", "2")
    house.until(lambda: len(house.speaking()) == 2, 120, "working")
    house.post(posted)
    client = house.redis.client
    house.until(lambda: house.asked().total() > 10, 120, "begun")
    with ThreadPoolExecutor(1) as listener:
        heard = listener.submit(house.audio, "heard-0")
        client.delete(*client.scan_iter("istami:{*}:live"), *client.scan_iter("istami:clip:*:[0-9]*"))
        lost = house.settle(posted, 150)
        wrong = heard.result()[2000:] != expected[2000:]
    ledger(
        "Redis evicts what was heard and its pieces",
        lost=lost,
        wrong=wrong + house.wrong(posted, {posted[0]["text"]: expected}),
    )
