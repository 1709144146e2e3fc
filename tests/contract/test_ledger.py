"""What every ledger keeps to (cache/ledger.py), over every store there is, and over one that is full."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from cache import redis_ledger
from cache.errors import StoreFull, StoreUnavailable
from cache.ledger import Allowances, Ledger
from cache.redis_ledger import RedisAllowances, RedisLedger
from cache.redis_store import RedisStore
from cache.store import Put


@pytest.fixture
def ledger(store_url: str) -> Ledger:
    return RedisLedger(store_url)


@pytest.fixture
def table() -> str:
    """A table that nothing else has: the store may be somebody's."""
    return f"test-{secrets.token_hex(8)}"


class TestNotes:
    def test_what_was_noted_is_told_until_it_ends(self, ledger: Ledger, table: str) -> None:
        value = bytes(range(256))
        ledger.note(table, "a", value, 60)
        ledger.note(table, "b", b"brief", 0.2)
        assert ledger.noted(table, "a") == value
        assert ledger.every(table) == {"a": value, "b": b"brief"}
        time.sleep(0.3)
        assert ledger.noted(table, "b") is None
        assert ledger.every(table) == {"a": value}

    def test_the_later_note_replaces_value_and_end(self, ledger: Ledger, table: str) -> None:
        ledger.note(table, "a", b"old", 0.2)
        ledger.note(table, "a", b"new", 60)
        time.sleep(0.3)
        assert ledger.noted(table, "a") == b"new"

    def test_what_is_forgotten_or_was_never_noted_is_absent(self, ledger: Ledger, table: str) -> None:
        ledger.note(table, "a", b"a", 60)
        ledger.forget(table, "a")
        ledger.forget(table, "b")
        assert ledger.noted(table, "a") is None
        assert ledger.every(table) == {}


class TestCounters:
    def test_counting_begins_at_one_and_anew_when_it_has_ended(self, ledger: Ledger, table: str) -> None:
        assert [ledger.count(table, "a", 60) for _ in range(3)] == [1, 2, 3]
        assert ledger.count(table, "b", 0.2) == 1
        time.sleep(0.3)
        assert ledger.count(table, "b", 60) == 1
        ledger.forget(table, "a")
        assert ledger.count(table, "a", 60) == 1

    def test_of_many_who_count_at_once_each_has_a_number_of_its_own(self, store_url: str, table: str) -> None:
        with ThreadPoolExecutor(8) as pool:
            numbers = pool.map(lambda _: RedisLedger(store_url).count(table, "a", 60), range(40))
        assert sorted(numbers) == list(range(1, 41))


class TestAllowances:
    def test_an_allowance_is_taken_and_comes_back_evenly(self, ledger: Ledger, table: str) -> None:
        taken = [ledger.take(table, "a", 3, 600) for _ in range(4)]
        assert [each.allowed for each in taken] == [True, True, True, False]
        assert [each.left for each in taken] == [2, 1, 0, 0]
        assert [each.wait > 0 for each in taken] == [False, False, False, True]
        assert 190 < taken[3].wait <= 200
        assert 590 < taken[3].full <= 600
        assert ledger.take(table, "other", 3, 600).allowed
        assert ledger.take(table, "soon", 1, 0.5).allowed
        time.sleep(0.5)
        assert ledger.take(table, "soon", 1, 0.5).allowed

    def test_whoever_asks_blocking_or_not_it_is_the_same_allowance(
        self, ledger: Ledger, store_url: str, table: str
    ) -> None:
        assert all(ledger.take(table, "a", 20, 600).allowed for _ in range(10))

        async def take(allowances: Allowances) -> None:
            taken = await asyncio.gather(*(allowances.take(table, "a", 20, 600) for _ in range(30)))
            assert sum(each.allowed for each in taken) == 10

        asking(store_url, take)

    def test_a_clock_that_was_set_back_takes_nothing_away(self, ledger: RedisLedger, table: str) -> None:
        """An hour back: what was taken then would count for an hour more."""
        assert ledger.take(table, "a", 1, 60).allowed
        values, ends = redis_ledger._names(table)
        ahead = int((time.time() + 3600) * 1e6)
        ledger._redis.hset(values, "a", ahead)
        ledger._redis.zadd(ends, {"a": ahead})
        assert ledger.take(table, "a", 1, 60).allowed
        assert not ledger.take(table, "a", 1, 60).allowed


class TestTotals:
    def test_amounts_are_spent_once_by_each_until_a_limit_is_reached(
        self, ledger: Ledger, table: str
    ) -> None:
        limits = {"letters": 10.0}
        for _ in range(2):
            assert ledger.spend(table, "a", {"letters": 6, "texts": 1}, limits, 60) is None
        assert ledger.spend(table, "b", {"letters": 6.5, "texts": 1}, limits, 60) is None
        assert ledger.spend(table, "c", {"letters": 1, "texts": 1}, limits, 60) == "letters"
        assert ledger.spend(table, "a", {"letters": 6, "texts": 1}, limits, 60) is None
        found = ledger.every(table)
        assert set(found) == {"a", "b", "letters", "texts"}
        assert (float(found["letters"]), float(found["texts"])) == (12.5, 2)
        assert ledger.spend(table, "c", {"letters": 1, "texts": 1}, {}, 60) is None

    def test_no_more_is_spent_than_one_that_reaches_the_limit(self, store_url: str, table: str) -> None:
        ledgers = [RedisLedger(store_url) for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            told = list(
                pool.map(lambda n: ledgers[n % 8].spend(table, str(n), {"a": 1}, {"a": 7.0}, 60), range(40))
            )
        assert told.count(None) == 7
        assert told.count("a") == 33

    def test_what_was_spent_is_forgotten_in_time(self, ledger: Ledger, table: str) -> None:
        ledger.spend(table, "x", {"a": 1}, {"a": 1.0}, 0.2)
        assert ledger.spend(table, "y", {"a": 1}, {"a": 1.0}, 60) == "a"
        time.sleep(0.3)
        assert ledger.spend(table, "y", {"a": 1}, {"a": 1.0}, 60) is None


class TestRoom:
    def test_entries_that_have_ended_take_no_room(self, ledger: RedisLedger, table: str) -> None:
        for number in range(300):
            ledger.note(table, f"brief {number}", b"x" * 100, 0.001)
        time.sleep(0.01)
        for number in range(20):
            ledger.note(table, f"lasting {number}", b"x", 60)
        assert held(ledger, table) == (20, 20)

    def test_nothing_has_a_time_to_live(self, ledger: RedisLedger, table: str) -> None:
        ledger.note(table, "a", b"a", 60)
        ledger.count(table, "b", 60)
        ledger.take(table, "c", 1, 60)
        assert [ledger._redis.ttl(name) for name in redis_ledger._names(table)] == [-1, -1]

    def test_of_too_many_those_go_that_end_soonest(self, redis_url: str, table: str) -> None:
        """As many as an attacker with many addresses can make."""
        ledger = RedisLedger(redis_url)
        values, ends = redis_ledger._names(table)
        later = (time.time() + 3600) * 1e6
        for start in range(0, redis_ledger.MOST, 10_000):
            many = {f"{number}": later + number for number in range(start, start + 10_000)}
            ledger._redis.zadd(ends, many)
            ledger._redis.hset(values, mapping=many)
        for number in range(10):
            ledger.note(table, f"new {number}", b"x", 7200)
        assert held(ledger, table) == (redis_ledger.MOST, redis_ledger.MOST)
        assert ledger.noted(table, "9") is None
        assert ledger.noted(table, "10")
        assert ledger.noted(table, "new 0")
        ledger.delete(table)


@pytest.mark.parametrize("damaged", [0, 1])
class TestDamage:
    def test_a_table_that_is_none_is_empty_and_makes_room(
        self, ledger: RedisLedger, table: str, damaged: int
    ) -> None:
        for act, told in (
            (lambda: ledger.noted(table, "a"), None),
            (lambda: ledger.every(table), {}),
            (lambda: ledger.count(table, "a", 60), 1),
            (lambda: ledger.take(table, "b", 3, 60).left, 2),
            (lambda: ledger.note(table, "c", b"c", 60), None),
        ):
            ledger.delete(table)
            ledger.note(table, "a", b"no number", 60)
            name = redis_ledger._names(table)[damaged]
            ledger._redis.delete(name)
            ledger._redis.rpush(name, "no", "table")
            assert act() == told
        assert ledger.every(table) == {"c": b"c"}

    def test_the_event_loop_finds_the_same(
        self, ledger: RedisLedger, store_url: str, table: str, damaged: int
    ) -> None:
        ledger._redis.rpush(redis_ledger._names(table)[damaged], "no", "table")

        async def take(allowances: Allowances) -> None:
            assert [(await allowances.take(table, "a", 1, 60)).allowed for _ in range(2)] == [True, False]

        asking(store_url, take)

    def test_what_is_no_number_counts_as_none(self, ledger: Ledger, table: str, damaged: int) -> None:
        ledger.note(table, "a", b"\xff41" if damaged else b"", 60)
        assert ledger.count(table, "a", 60) == 1
        ledger.note(table, "b", b"\xff41" if damaged else b"", 60)
        assert ledger.take(table, "b", 2, 60).left == 1


class TestDamagedEntries:
    @pytest.mark.parametrize("value", [b"nan", b"-nan", b"inf", b"-inf", b"-1e9", b"1e308", b"0x"])
    def test_a_number_that_no_ledger_writes_counts_as_none(
        self, ledger: Ledger, table: str, value: bytes
    ) -> None:
        for entry in "abc":
            ledger.note(table, entry, value, 60)
        assert ledger.count(table, "a", 60) == 1
        assert ledger.take(table, "b", 2, 60).left == 1
        spent = [ledger.spend(table, str(at), {"c": 1.5}, {"c": 3}, 60) for at in range(3)]
        assert spent == [None, None, "c"]

    @pytest.mark.parametrize("end", ["-inf", "+inf", "-1", "1e300"])
    def test_an_entry_whose_end_cannot_be_is_absent_until_it_is_written_again(
        self, ledger: RedisLedger, table: str, end: str
    ) -> None:
        ledger.note(table, "a", b"5", 60)
        ledger.note(table, "b", b"b", 60)
        ledger._redis.execute_command("ZADD", redis_ledger._names(table)[1], end, "a")
        assert ledger.noted(table, "a") is None
        assert ledger.every(table) == {"b": b"b"}
        assert ledger.count(table, "a", 60) == 1
        assert ledger.every(table) == {"a": b"1", "b": b"b"}

    def test_a_name_that_is_no_text_hides_no_other_entry(self, ledger: RedisLedger, table: str) -> None:
        ledger.note(table, "a", b"a", 60)
        values, ends = redis_ledger._names(table)
        ledger._redis.hset(values, b"\xff\xfe", b"x")
        ledger._redis.zadd(ends, {b"\xff\xfe": (time.time() + 60) * 1e6})
        assert ledger.every(table)["a"] == b"a"

    def test_an_entry_with_an_end_and_no_value_is_absent(self, ledger: RedisLedger, table: str) -> None:
        ledger.note(table, "a", b"a", 60)
        ledger._redis.hdel(redis_ledger._names(table)[0], "a")
        assert ledger.noted(table, "a") is None
        assert ledger.every(table) == {}


class TestFullStores:
    """Counters, limits and notes last, however short the store is of room, and whoever else writes."""

    @pytest.fixture(params=["volatile-ttl", "volatile-lru", "volatile-lfu", "volatile-random"])
    def full(self, request: pytest.FixtureRequest, redis_server: Callable[..., str]) -> Iterator[str]:
        url = redis_server(maxmemory="30mb", maxmemory_policy=request.param)
        with crowded(RedisStore(url)):
            yield url

    def test_a_limit_lets_through_what_it_should_and_no_more(self, full: str) -> None:
        """Twenty a minute, asked for 25 times a second for ten seconds: 20, and one every 3 s."""
        evicted = RedisStore(full).condition().evicted

        async def take(allowances: Allowances) -> None:
            let_through, begun, asked = 0, time.monotonic(), 0.0
            while time.monotonic() - begun < 10:
                asked = time.monotonic() - begun
                let_through += (await allowances.take("rates", "reading:key", 20, 60)).allowed
                answered = time.monotonic() - begun
                await asyncio.sleep(0.04)
            assert 20 + int(asked / 3) <= let_through <= 20 + int(answered / 3)

        asking(full, take)
        assert RedisStore(full).condition().evicted > evicted + 100, "the store was not short of room"

    def test_attempts_notes_and_answers_last(self, full: str) -> None:
        ledger, store = RedisLedger(full), RedisStore(full)
        assert [ledger.count("attempts", "sentence", 3600) for _ in range(2)] == [1, 2]
        ledger.note("answers", "a", b"answer" * 1000, 60)
        claim = store.claim("claim", 60)
        evicted = store.condition().evicted
        time.sleep(3)
        assert store.condition().evicted > evicted + 30
        assert ledger.count("attempts", "sentence", 3600) == 3
        assert ledger.noted("answers", "a") == b"answer" * 1000
        assert claim
        store.renew(claim, 60)


def test_a_full_store_that_may_evict_nothing_says_so(redis_server: Callable[..., str]) -> None:
    url = redis_server(maxmemory="4mb", maxmemory_policy="noeviction")
    ledger = RedisLedger(url)
    ledger.note("table", "a", b"a", 60)
    RedisStore(url)._redis.config_set("maxmemory", "64kb")
    for act in (
        lambda: ledger.take("table", "b", 1, 60),
        lambda: ledger.count("table", "b", 60),
        lambda: ledger.note("table", "b", b"b", 60),
    ):
        with pytest.raises(StoreFull):
            act()


@pytest.mark.parametrize(
    "url", ["unix:///nowhere/redis.sock", "redis://127.0.0.1:1/0", "redis+cluster://127.0.0.1:1"]
)
def test_an_unreachable_ledger_says_so(url: str) -> None:
    ledger = RedisLedger(url, timeout=1)
    for act in (
        lambda: ledger.take("a", "b", 1, 1),
        lambda: ledger.count("a", "b", 1),
        lambda: ledger.note("a", "b", b"", 1),
        lambda: ledger.noted("a", "b"),
        lambda: ledger.every("a"),
        lambda: ledger.forget("a", "b"),
    ):
        with pytest.raises(StoreUnavailable):
            act()

    async def take(allowances: Allowances) -> None:
        with pytest.raises(StoreUnavailable):
            await allowances.take("a", "b", 1, 1)

    asking(url, take)


@contextmanager
def crowded(store: RedisStore) -> Iterator[None]:
    """A store full of what lives for thirty days, into which as much comes as goes: 2.5 MB a second."""
    for number in range(700):
        store.put(f"old:{number}", Put(bytes(50_000), 30 * 86_400))
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.wait(0.02):
            number += 1
            store.put(f"new:{number}", Put(bytes(50_000), 30 * 86_400))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()


def held(ledger: RedisLedger, table: str) -> tuple[int, int]:
    """How many entries there are, ended or not."""
    values, ends = redis_ledger._names(table)
    return ledger._redis.hlen(values), ledger._redis.zcard(ends)


def asking(url: str, act: Callable[[Allowances], Awaitable[None]]) -> None:
    async def run() -> None:
        allowances = RedisAllowances(url, timeout=60)
        try:
            await act(allowances)
        finally:
            await allowances.close()

    asyncio.run(run())
