"""What every store keeps to (cache/store.py), over every store there is."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvloop
from redis import RedisCluster

from cache.errors import ClaimLost, StoreFull, StoreUnavailable
from cache.redis_ledger import RedisAllowances
from cache.redis_reader import RedisReader
from cache.redis_store import RedisStore
from cache.store import Claim, Put, Reader, Store


@pytest.fixture
def store(store_url: str) -> Store:
    return RedisStore(store_url)


@pytest.fixture
def name() -> str:
    """A name that nothing else has: the store may be somebody's."""
    return f"istami-test:{{{secrets.token_hex(8)}}}"


class TestTables:
    def test_a_table_is_the_sum_of_what_was_added_to_it(self, store: Store, name: str) -> None:
        store.increase(name, {"a": 1, "b": 0.25})
        store.increase(name, {"b": 0.5, "c": 3})
        assert store.numbers(name) == {"a": 1, "b": 0.75, "c": 3}

    def test_one_that_nothing_was_added_to_is_empty(self, store: Store, name: str) -> None:
        assert store.numbers(name) == {}

    def test_nothing_is_lost_when_many_add_at_once(self, store: Store, name: str) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: store.increase(name, {"a": 1, "b": 2}), range(40)))
        assert store.numbers(name) == {"a": 40, "b": 80}


class TestCondition:
    def test_what_is_put_takes_memory_within_the_limit(self, store: Store, name: str) -> None:
        before = store.condition()
        store.put(name, Put(bytes(5_000_000), 60))
        after = store.condition()
        assert after.memory - before.memory > 4_000_000
        assert after.policy.count("volatile") + after.policy.count("noeviction") == 1

    def test_its_clock_goes_on(self, store: Store) -> None:
        assert abs(store.condition().time - time.time()) < 60
        assert store.condition().time <= store.condition().time


class TestValues:
    def test_what_was_put_is_got(self, store: Store, name: str) -> None:
        value = bytes(range(256)) * 3
        store.put(name, Put(value, 60))
        assert store.get(name) == value
        assert store.size(name) == len(value)

    def test_a_part_is_read(self, store: Store, name: str) -> None:
        store.put(name, Put(b"0123456789", 60))
        assert store.read(name, 2, 5) == b"234"
        assert store.read(name, 8, 99) == b"89"
        assert store.read(name, 5, 5) == store.read(name, 99, 100) == b""

    def test_what_was_never_put_is_absent(self, store: Store, name: str) -> None:
        assert store.get(name) is None
        assert store.size(name) == 0

    def test_the_later_put_replaces(self, store: Store, name: str) -> None:
        store.put(name, Put(b"long and old", 60))
        store.put(name, Put(b"new", 60))
        assert store.get(name) == b"new"

    def test_put_new_keeps_the_first(self, store: Store, name: str) -> None:
        assert store.put_new(name, Put(b"first", 60))
        assert not store.put_new(name, Put(b"second", 60))
        assert store.get(name) == b"first"

    def test_many_come_in_the_order_asked_for_with_gaps(self, store: Store, name: str) -> None:
        store.put(f"{name}:a", Put(b"a", 60))
        store.put(f"{name}:c", Put(b"c", 60))
        assert store.get_many([f"{name}:c", f"{name}:b", f"{name}:a"]) == [b"c", None, b"a"]

    def test_a_swap_happens_only_if_what_is_there_is_known(self, store: Store, name: str) -> None:
        assert not store.swap(name, b"something", Put(b"first", 60))
        assert store.swap(name, None, Put(b"first", 60))
        assert not store.swap(name, None, Put(b"second", 60))
        assert store.swap(name, b"first", Put(b"second", 60))
        assert store.get(name) == b"second"

    def test_of_many_simultaneous_swaps_one_happens(self, store: Store, store_url: str, name: str) -> None:
        store.put(name, Put(b"old", 60))
        with ThreadPoolExecutor(8) as pool:
            swapped = pool.map(
                lambda at: RedisStore(store_url).swap(name, b"old", Put(bytes([at]), 60)), range(8)
            )
        assert sum(swapped) == 1

    def test_delete_forgets_some_that_are_there_and_some_that_are_not(self, store: Store, name: str) -> None:
        store.put(f"{name}:a", Put(b"a", 60))
        store.delete(f"{name}:a", f"{name}:b")
        assert store.get(f"{name}:a") is None


class TestNumbers:
    def test_counting_begins_at_one(self, store: Store, name: str) -> None:
        assert [store.count(name, 60) for _ in range(3)] == [1, 2, 3]

    def test_it_goes_on_from_a_number_that_was_put(self, store: Store, name: str) -> None:
        store.put(name, Put(b"41", 60))
        assert store.count(name, 60) == 42

    def test_of_many_who_count_at_once_each_has_a_number_of_its_own(
        self, store: Store, store_url: str, name: str
    ) -> None:
        store.put(name, Put(b"0", 60))
        with ThreadPoolExecutor(8) as pool:
            numbers = pool.map(lambda _: RedisStore(store_url).count(name, 60), range(40))
        assert sorted(numbers) == list(range(1, 41))

    def test_a_number_expires_as_was_last_said(self, store: Store, name: str) -> None:
        store.count(name, 60)
        store.count(name, 1)
        assert soon(lambda: store.get(name) is None)


class TestDamage:
    """What somebody else has put there, or a bad disk, is as if it were not there."""

    def test_a_list_where_a_value_should_be_is_absent_and_makes_room(
        self, store: RedisStore, name: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        for act in (store.get, store.size, lambda name: store.read(name, 0, 9)):
            store._redis.rpush(name, "no", "value")
            assert not act(name)
            assert "damaged" in caplog.text
            caplog.clear()
            assert store.put_new(name, Put(b"value", 60))
            store.delete(name)

    def test_a_member_that_is_no_text_is_absent(self, store: RedisStore, name: str) -> None:
        store.add(name, "member")
        store._redis.sadd(name, b"\xff\xfe")
        store.place(f"{name}:ordered", "member", 1)
        store._redis.zadd(f"{name}:ordered", {b"\xff\xfe": 2})

        assert store.members(name) == store.some(name, 9) == {"member"}
        assert store.highest(f"{name}:ordered", 0, 9) == store.lowest(f"{name}:ordered", 9, 9) == ["member"]

    def test_a_number_that_is_none_is_absent_and_makes_room(self, store: RedisStore, name: str) -> None:
        store.increase(name, {"one": 1, "other": 1})
        store._redis.hset(name, mapping={b"\xff": b"1", b"one": b"no number"})
        assert store.numbers(name) == {"other": 1}

        store.increase(name, {"one": 2})

        assert store.numbers(name)["one"] == 2

    def test_a_claim_that_was_damaged_is_lost(self, store: RedisStore, name: str) -> None:
        claim = store.claim(name, 60)
        store.delete(name)
        store._redis.rpush(name, "no", "claim")

        with pytest.raises(ClaimLost):
            store.renew(claim, 60)
        with pytest.raises(ClaimLost):
            store.commit(claim, {f"{name}:value": Put(b"value", 60)})
        store.release(claim)
        assert store.claim(name, 60)

    def test_a_list_among_many_values_is_absent(self, store: RedisStore, name: str) -> None:
        store._redis.rpush(name, "no value")
        assert store.get_many([name]) == [None]
        store.put(name, Put(b"value", 60))
        assert store.get_many([name]) == [b"value"]

    def test_a_value_where_a_set_should_be_is_an_empty_set(self, store: Store, name: str) -> None:
        for act, told in (
            (store.members, set()),
            (lambda name: store.add(name, "a", 60), True),
            (lambda name: store.some(name, 3), {"a"}),
        ):
            if told != {"a"}:
                store.put(name, Put(b"no set", 60))
            assert act(name) == told
        assert store.members(name) == {"a"}

    def test_counting_begins_anew_where_there_is_no_number(self, store: Store, name: str) -> None:
        store.put(name, Put(b"\xff41", 60))
        assert store.count(name, 60) == 1

    @pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"token", b"token 1", b"token now soon"])
    def test_a_damaged_claim_has_run_out(self, store: Store, name: str, damage: bytes) -> None:
        claim = taken(store, name)
        store.put(name, Put(damage, 60))
        assert not store.claimed(name)
        with pytest.raises(ClaimLost):
            store.renew(claim, 60)
        store.release(taken(store, name))

    def test_readers_see_nothing_where_there_is_no_value(
        self, store: RedisStore, store_url: str, name: str
    ) -> None:
        store._redis.rpush(name, "no value")

        async def act(reader: Reader) -> None:
            assert await reader.get(name) is None
            assert await reader.size(name) == 0
            assert await reader.read(name, 0, 9) == b""
            assert await reader.look(name, 0, 9) == (0, b"")

        reading(store_url, act)
        store.delete(name)


class TestLifetimes:
    def test_a_value_expires(self, store: Store, name: str) -> None:
        store.put(name, Put(b"brief", 1))
        assert gone(store, name)

    def test_a_new_value_expires(self, store: Store, name: str) -> None:
        store.put_new(name, Put(b"brief", 1))
        assert gone(store, name)

    def test_an_appended_value_lives_from_its_last_addition_on(self, store: Store, name: str) -> None:
        claim = taken(store, f"{name}:claim")
        store.commit(claim, {}, append={name: Put(b"a", 60)})
        store.commit(claim, {}, append={name: Put(b"b", 1)})
        assert gone(store, name)
        store.release(claim)

    def test_a_swapped_value_expires(self, store: Store, name: str) -> None:
        store.swap(name, None, Put(b"brief", 1))
        assert gone(store, name)

    def test_touch_prolongs_what_is_there_and_makes_nothing(self, store: Store, name: str) -> None:
        store.put(f"{name}:there", Put(b"kept", 1))
        store.put(f"{name}:there too", Put(b"kept", 1))
        store.touch(60, f"{name}:there", f"{name}:absent", f"{name}:there too")
        store.put(f"{name}:for ever", Put(b"kept", 1))
        store.touch(None, f"{name}:for ever")
        time.sleep(1.2)
        assert store.get(f"{name}:for ever") == b"kept"
        store.delete(f"{name}:for ever")
        assert store.get(f"{name}:there") == b"kept"
        assert store.get(f"{name}:there too") == b"kept"
        assert store.get(f"{name}:absent") is None


class TestSets:
    def test_members_are_those_added_and_not_taken_out(self, store: Store, name: str) -> None:
        assert [store.add(name, member) for member in ("a", "b", "ج", "a")] == [True, True, True, False]
        store.discard(name, "b")
        store.discard(name, "never there")
        assert store.members(name) == {"a", "ج"}
        store.delete(name)

    def test_an_absent_set_has_none(self, store: Store, name: str) -> None:
        assert store.members(name) == set()
        assert store.some(name, 3) == set()

    def test_some_are_as_many_as_asked_for_or_all_there_are(self, store: Store, name: str) -> None:
        everybody = {str(number) for number in range(20)}
        for member in everybody:
            store.add(name, member)
        drawn = [store.some(name, 5) for _ in range(50)]
        assert {len(each) for each in drawn} == {5}
        assert set().union(*drawn) == everybody == store.some(name, 100)
        store.delete(name)

    def test_a_set_lives_as_was_last_said(self, store: Store, name: str) -> None:
        store.put(f"{name}:beside", Put(b"kept", 60))
        store.add(name, "a", 60)
        store.add(name, "b", 1, f"{name}:beside", f"{name}:absent")
        assert soon(lambda: store.members(name) == set())
        assert soon(lambda: store.get(f"{name}:beside") is None)
        assert store.get(f"{name}:absent") is None


class TestOrderedSets:
    def test_members_come_from_the_highest_score_down_in_parts(self, store: Store, name: str) -> None:
        for member, score in (("a", 1.5), ("ج", 3.0), ("b", 2.0)):
            store.place(name, member, score, most=10, ttl=60)
        assert store.highest(name, 0, 2) == ["ج", "b"]
        assert store.highest(name, 2, 9) == ["a"]
        assert store.highest(name, 3, 9) == []

    def test_one_that_is_placed_again_moves(self, store: Store, name: str) -> None:
        for member, score in (("a", 1), ("b", 2), ("a", 3)):
            store.place(name, member, score, most=10, ttl=60)
        assert store.highest(name, 0, 9) == ["a", "b"]

    def test_those_that_are_displaced_are_gone(self, store: Store, name: str) -> None:
        for score, member in enumerate("abc"):
            store.place(name, member, score, most=10, ttl=60)
        store.displace(name, "a", "c", "never there")
        assert store.highest(name, 0, 9) == ["b"]

    def test_only_so_many_stay(self, store: Store, name: str) -> None:
        for score, member in enumerate("abcd"):
            store.place(name, member, score, most=2, ttl=60)
        store.place(name, "lowest", -1, most=2, ttl=60)
        assert store.highest(name, 0, 9) == ["d", "c"]

    def test_it_expires_as_was_last_said(self, store: Store, name: str) -> None:
        store.place(name, "a", 1, most=9, ttl=60)
        store.place(name, "b", 2, most=9, ttl=1)
        assert soon(lambda: store.highest(name, 0, 9) == [])

    def test_those_up_to_a_score_come_from_the_lowest_up(self, store: Store, name: str) -> None:
        for member, score in (("a", 1.5), ("ج", 3.0), ("b", 2.0), ("d", 2.5)):
            store.place(name, member, score)
        assert store.lowest(name, 2.5, 9) == ["a", "b", "d"]
        assert store.lowest(name, 2.5, 2) == ["a", "b"]
        assert store.lowest(name, 1.0, 9) == []

    def test_without_limits_all_stay(self, store: Store, name: str) -> None:
        store.place(name, "a", 1, most=9, ttl=60)
        other = f"{name}:other"
        for score in range(20):
            store.place(other, str(score), score)
        assert len(store.highest(other, 0, 99)) == 20
        assert store._redis.ttl(name) > 0
        assert store._redis.ttl(other) == -1

    def test_an_absent_one_has_none(self, store: Store, name: str) -> None:
        assert store.highest(name, 0, 9) == []
        assert store.lowest(name, 9, 9) == []


class TestClaims:
    def test_one_holder_at_a_time(self, store: Store, name: str) -> None:
        claim = store.claim(name, 60)
        assert claim is not None
        assert store.claim(name, 60) is None
        assert store.claimed(name)
        store.release(claim)
        assert not store.claimed(name)
        assert store.claim(name, 1) is not None

    def test_tokens_differ(self, store: Store, name: str) -> None:
        first = taken(store, name)
        store.release(first)
        assert taken(store, name, 1).token != first.token

    def test_a_claim_runs_out_by_itself(self, store: Store, name: str) -> None:
        taken(store, name, 0.3)
        assert soon(lambda: store.claim(name, 1) is not None)

    def test_one_that_ran_out_is_told_from_one_that_was_given_back(self, store: Store, name: str) -> None:
        assert not store.lapsed(name)
        claim = taken(store, name)
        assert not store.lapsed(name)
        store.release(claim)
        assert not store.lapsed(name)
        dead = taken(store, name, 0.2)
        assert soon(lambda: store.lapsed(name) == dead.token)
        store.release(taken(store, name))
        assert not store.lapsed(name)

    def test_renewal_holds_it(self, store: Store, name: str) -> None:
        claim = taken(store, name, 0.5)
        store.renew(claim, 60)
        time.sleep(0.7)
        assert store.claim(name, 1) is None
        store.release(claim)

    def test_one_that_ran_out_cannot_be_renewed(self, store: Store, name: str) -> None:
        claim = taken(store, name, 0.1)
        assert soon(lambda: not store.claimed(name))
        with pytest.raises(ClaimLost):
            store.renew(claim, 60)

    def test_nobody_renews_or_releases_another_ones(self, store: Store, name: str) -> None:
        claim = taken(store, name)
        with pytest.raises(ClaimLost):
            store.renew(Claim(name, "forged"), 60)
        store.release(Claim(name, "forged"))
        assert store.claimed(name)
        store.release(claim)


class TestCommits:
    def test_all_at_once_while_the_claim_is_held(self, store: Store, name: str) -> None:
        claim = taken(store, f"{name}:claim")
        store.put(f"{name}:old", Put(b"old", 60))
        puts = {f"{name}:a": Put(b"a", 60), f"{name}:b": Put(b"b", 60)}
        store.commit(claim, puts, delete=[f"{name}:old"])
        assert store.get_many([f"{name}:a", f"{name}:b", f"{name}:old"]) == [b"a", b"b", None]
        store.release(claim)

    def test_appending_makes_and_grows(self, store: Store, name: str) -> None:
        claim = taken(store, f"{name}:claim")
        store.commit(claim, {}, append={name: Put(b"abc", 60)})
        store.commit(claim, {}, append={name: Put(b"de", 60)})
        assert store.get(name) == b"abcde"
        store.release(claim)

    def test_a_value_that_grew_gets_another_beginning_and_another_name(self, store: Store, name: str) -> None:
        claim = taken(store, f"{name}:claim")
        store.commit(claim, {f"{name}:live": Put(b"????", 60)})
        store.commit(
            claim,
            {},
            append={f"{name}:live": Put(b"body", 1)},
            overwrite={f"{name}:live": b"head"},
            rename={f"{name}:live": f"{name}:whole"},
        )
        assert store.get_many([f"{name}:live", f"{name}:whole"]) == [None, b"headbody"]
        assert gone(store, f"{name}:whole")
        store.release(claim)

    def test_a_renewal_in_between_does_not_lose_the_claim(
        self, store: Store, store_url: str, name: str
    ) -> None:
        claim = taken(store, f"{name}:claim")
        done = threading.Event()

        def renew() -> None:
            keeper = RedisStore(store_url)
            while not done.is_set():
                keeper.renew(claim, 60)

        with ThreadPoolExecutor(1) as pool:
            renewing = pool.submit(renew)
            for _ in range(100):
                store.commit(claim, {}, append={name: Put(b"x", 60)})
            done.set()
            renewing.result()
        assert store.size(name) == 100
        store.release(claim)

    def test_a_lost_claim_changes_nothing(self, store: Store, name: str) -> None:
        lost = taken(store, f"{name}:claim", 0.1)
        assert soon(lambda: not store.claimed(f"{name}:claim"))
        theirs = taken(store, f"{name}:claim")
        store.put(f"{name}:old", Put(b"old", 60))
        with pytest.raises(ClaimLost):
            store.commit(
                lost,
                {f"{name}:a": Put(b"a", 60)},
                append={f"{name}:b": Put(b"b", 60)},
                overwrite={f"{name}:old": b"new"},
                rename={f"{name}:old": f"{name}:b"},
                delete=[f"{name}:old"],
            )
        assert store.get_many([f"{name}:a", f"{name}:b", f"{name}:old"]) == [None, None, b"old"]
        store.release(theirs)

    def test_committed_values_expire(self, store: Store, name: str) -> None:
        claim = taken(store, f"{name}:claim")
        store.commit(claim, {f"{name}:a": Put(b"a", 1)})
        assert gone(store, f"{name}:a")
        store.release(claim)


class TestReading:
    def test_whole_size_and_ranges(self, store: Store, store_url: str, name: str) -> None:
        store.put(name, Put(b"0123456789", 60))

        async def read(reader: Reader) -> None:
            assert await reader.get(name) == b"0123456789"
            assert await reader.size(name) == 10
            assert await reader.read(name, 0, 2) == b"01"
            assert await reader.read(name, 8, 99) == b"89"
            assert await reader.read(name, 10, 20) == b""
            assert await reader.read(name, 3, 3) == b""
            assert await reader.look(name, 8, 99) == (10, b"89")
            assert await reader.look(name, 99, 100) == (10, b"")
            assert await reader.look(name, 0, 0) == (10, b"")
            assert await reader.look(f"{name}:absent", 0, 5) == (0, b"")
            assert await reader.get(f"{name}:absent") is None
            assert await reader.size(f"{name}:absent") == 0
            assert await reader.read(f"{name}:absent", 0, 5) == b""

        reading(store_url, read)

    def test_of_many_ranges_at_once_everybody_gets_their_own(
        self, store: Store, store_url: str, name: str
    ) -> None:
        values = {f"{name}:{number}": secrets.token_bytes(100) for number in range(5)}
        for each, value in values.items():
            store.put(each, Put(value, 60))
        store.add(f"{name}:set", "no string")
        wanted = [
            (each, start, start + 10)
            for each in [*values, f"{name}:absent", f"{name}:set"]
            for start in range(0, 100, 10)
        ]

        async def read(reader: Reader) -> None:
            asked = [asyncio.ensure_future(reader.read(*each)) for each in wanted]
            await asyncio.sleep(0)
            asked[0].cancel()
            asked[40].cancel()
            got = await asyncio.gather(*asked, return_exceptions=True)
            for number, ((each, start, end), part) in enumerate(zip(wanted, got, strict=True)):
                if number in {0, 40}:
                    assert isinstance(part, asyncio.CancelledError)
                else:
                    assert part == values.get(each, b"")[start:end]

        reading(store_url, read)

    def test_readers_whose_connections_the_server_closes_read_on_or_are_told_by_name(
        self, store_url: str, store: RedisStore, name: str
    ) -> None:
        store.put(name, Put(b"value", 600))

        async def read_often(reader: Reader) -> None:
            for _ in range(20):
                with contextlib.suppress(StoreUnavailable):
                    assert await reader.get(name) == b"value"
                    assert await reader.look(name, 1, 3) == (5, b"al")

        async def read(reader: Reader) -> None:
            readers = asyncio.gather(*(read_often(reader) for _ in range(40)))
            for _ in range(20):
                close_all(store)
                await asyncio.sleep(0.01)
            await readers
            assert await reader.get(name) == b"value"

        reading(store_url, read)

    def test_listeners_hear_what_is_published_in_order(self, store: Store, store_url: str, name: str) -> None:
        async def listen(reader: Reader) -> None:
            news = reader.listen(name)
            assert await anext(news) is None  # a first look, before anything was published
            store.publish(name, b"one")
            store.put(f"{name}:value", Put(b"two"), name)
            assert store.swap(f"{name}:value", b"two", Put(b"three"), name)
            assert not store.swap(f"{name}:value", b"two", Put(b"never"), name)
            claim = taken(store, f"{name}:claim")
            store.commit(claim, {f"{name}:value": Put(b"four")}, publish={name: b"four"})
            store.release(claim)
            with pytest.raises(ClaimLost):
                store.commit(claim, {}, publish={name: b"never"})
            store.put(f"{name}:value", Put(b"five"))
            store.publish(name, b"six")
            assert [await heard(news) for _ in range(5)] == [b"one", b"two", b"three", b"four", b"six"]
            await news.aclose()

        reading(store_url, listen)

    def test_there_may_be_very_many_listeners(self, store: Store, store_url: str, name: str) -> None:
        async def listen(reader: Reader) -> None:
            all_news = [reader.listen(name) for _ in range(150)]
            assert await asyncio.gather(*map(anext, all_news)) == [None] * 150
            store.publish(name, b"news")
            assert await asyncio.gather(*map(heard, all_news)) == [b"news"] * 150
            await asyncio.gather(*(news.aclose() for news in all_news))

        reading(store_url, listen)

    def test_listeners_are_woken_though_nothing_is_said(self, store_url: str, name: str) -> None:
        async def listen(reader: Reader) -> None:
            news = reader.listen(name)
            assert [await anext(news), await anext(news)] == [None, None]
            await news.aclose()

        reading(store_url, listen)


def test_a_failover_is_waited_out(failover: tuple[str, Callable[[], None]], name: str, until) -> None:
    """The master dies in the middle; the Sentinel makes its replica the master."""
    url, kill_master = failover
    store = RedisStore(url, timeout=2)
    store.put(name, Put(b"before", 600))
    claim = store.claim(f"{name}:claim", 600)
    assert claim
    # What a replica has not heard of dies with its master.
    until(lambda: store._redis.execute_command("WAIT", 1, 100) == 1, 30, "replicated")
    kill_master()

    def taken() -> bool:
        with contextlib.suppress(StoreUnavailable):
            store.put(f"{name}:after", Put(b"after", 600))
            return True
        return False

    until(taken, 60, "taken over")
    assert store.get(name) == b"before"
    store.commit(claim, {f"{name}:made": Put(b"made", 600)})

    async def read(reader: Reader) -> None:
        assert await reader.read(f"{name}:after", 0, 5) == b"after"

    reading(url, read)


class TestFaults:
    NOWHERE = (
        "unix:///nowhere/redis.sock",
        "redis://127.0.0.1:1/0",
        "rediss://127.0.0.1:1/0",
        "sentinel://127.0.0.1:1/main",
        "redis+cluster://127.0.0.1:1",
    )

    @pytest.mark.parametrize("url", NOWHERE)
    @pytest.mark.parametrize(
        "act",
        [
            lambda store: store.get("a"),
            lambda store: store.get_many(["a"]),
            lambda store: store.put("a", Put(b"", 1)),
            lambda store: store.put_new("a", Put(b"", 1)),
            lambda store: store.swap("a", None, Put(b"", 1)),
            lambda store: store.size("a"),
            lambda store: store.count("a", 1),
            lambda store: store.touch(1, "a"),
            lambda store: store.delete("a"),
            lambda store: store.add("a", "b"),
            lambda store: store.discard("a", "b"),
            lambda store: store.members("a"),
            lambda store: store.some("a", 1),
            lambda store: store.publish("a", b""),
            lambda store: store.claim("a", 1),
            lambda store: store.renew(Claim("a", "b"), 1),
            lambda store: store.release(Claim("a", "b")),
            lambda store: store.claimed("a"),
            lambda store: store.lapsed("a"),
            lambda store: store.commit(Claim("a", "b"), {}),
            lambda store: store.ping(),
        ],
    )
    def test_an_unreachable_store_says_so(self, url: str, act: Callable[[Store], object]) -> None:
        with pytest.raises(StoreUnavailable):
            act(RedisStore(url, timeout=1))

    @pytest.mark.parametrize("url", NOWHERE)
    @pytest.mark.parametrize(
        "act",
        [
            lambda reader: reader.get("a"),
            lambda reader: reader.size("a"),
            lambda reader: reader.read("a", 0, 1),
            lambda reader: anext(reader.listen("a")),
        ],
    )
    def test_an_unreachable_store_cannot_be_read(
        self, url: str, act: Callable[[Reader], Awaitable[object]]
    ) -> None:
        async def read(reader: Reader) -> None:
            with pytest.raises(StoreUnavailable):
                await act(reader)

        reading(url, read)

    @pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
    def test_a_server_that_resets_every_connection_cannot_be_read(
        self, loop: Callable[[], asyncio.AbstractEventLoop]
    ) -> None:
        """Its clients find the connection closed before, while or after they write to it."""

        async def ask(number: int) -> None:
            reader, allowances = RedisReader(url, timeout=5), RedisAllowances(url, timeout=5)
            try:
                for _ in range(10):
                    await asyncio.sleep(number % 7 / 5000)
                    for asked in (reader.get("a"), reader.read("a", 0, 1), allowances.noted("table", "a")):
                        with pytest.raises(StoreUnavailable):
                            await asked
            finally:
                await reader.close()
                await allowances.close()

        async def ask_at_once() -> None:
            await asyncio.gather(*map(ask, range(20)))

        with (
            socket.create_server(("127.0.0.1", 0), backlog=256) as listener,
            asyncio.Runner(loop_factory=loop) as runner,
        ):
            url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
            resets = threading.Thread(target=_reset_all, args=(listener,))
            resets.start()
            try:
                runner.run(ask_at_once())
            finally:
                listener.shutdown(socket.SHUT_RDWR)
                resets.join()

    def test_a_full_store_takes_nothing_and_still_gives(self, redis_server: Callable[..., str]) -> None:
        store = RedisStore(redis_server(maxmemory="4mb", maxmemory_policy="noeviction"))
        store.put("small", Put(b"there", 60))
        claim = taken(store, "claim")
        fill(store)
        # Well below what is in use, which goes up and down a little with every connection.
        store._redis.config_set("maxmemory", "2mb")
        for act in (
            lambda: store.put("a", Put(b"a", 60)),
            lambda: store.put_new("a", Put(b"a", 60)),
            lambda: store.swap("a", None, Put(b"a", 60)),
            lambda: store.count("a", 60),
            lambda: store.add("a", "b"),
            lambda: store.claim("a", 1),
            lambda: store.commit(claim, {"a": Put(b"a", 60)}),
            lambda: store.commit(claim, {}, append={"a": Put(b"a", 60)}),
        ):
            with pytest.raises(StoreFull):
                act()
        assert store.get("small") == b"there"
        assert store.get("a") is None

    @pytest.mark.parametrize("policy", ["volatile-ttl", "volatile-lru", "volatile-lfu", "volatile-random"])
    def test_a_store_that_evicts_what_expires_keeps_claims(
        self, redis_server: Callable[..., str], policy: str
    ) -> None:
        store = RedisStore(redis_server(maxmemory="4mb", maxmemory_policy=policy))
        claim = taken(store, "claim", 15)
        for number in range(500):
            store.put(f"large:{number}", Put(bytes(100_000), 3600))
        assert store.condition().evicted > 400
        assert store.claimed("claim")
        store.renew(claim, 15)

    def test_it_serves_again_once_it_is_back(self, redis_server: Callable[..., str]) -> None:
        url = redis_server(timeout="0")
        store = RedisStore(url)
        store.put("a", Put(b"a", 60))
        store._redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no")
        assert store.get("a") == b"a"


def taken(store: Store, name: str, seconds: float = 60) -> Claim:
    claim = store.claim(name, seconds)
    assert claim is not None
    return claim


def fill(store: Store) -> None:
    """Put large and then small values until there is no room for either."""
    for size in (1_000_000, 10_000, 100):
        with contextlib.suppress(StoreFull):
            for number in range(10_000):
                store.put(f"{size}:{number}", Put(bytes(size), 60))


def gone(store: Store, name: str) -> bool:
    """Whether a value is there first and absent soon after."""
    return store.get(name) is not None and soon(lambda: store.get(name) is None)


def close_all(store: RedisStore) -> None:
    """Have every server of a store close the connections of all its clients but this one."""
    servers = store._redis.get_nodes() if isinstance(store._redis, RedisCluster) else [None]
    for server in servers:
        where = {"target_nodes": server} if server else {}
        store._redis.execute_command("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "yes", **where)


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


async def heard(news: AsyncIterator[bytes | None]) -> bytes:
    """The next message."""
    while (message := await anext(news)) is None:
        pass
    return message


def reading(url: str, act: Callable[[Reader], Awaitable[None]]) -> None:
    async def run() -> None:
        reader = RedisReader(url, timeout=10)
        try:
            await act(reader)
        finally:
            await reader.close()

    asyncio.run(run())


class TestOneStep:
    """Looking and doing are one step, however many do so at once."""

    def test_what_is_removed_is_what_was_known(self, store: Store, name: str) -> None:
        assert not store.remove(name, b"a")
        store.put(name, Put(b"a"))
        assert not store.remove(name, b"b")
        assert store.get(name) == b"a"
        assert store.remove(name, b"a")
        assert store.get(name) is None

    def test_an_ordered_set_takes_so_many_and_tells_its_lowest_score(self, store: Store, name: str) -> None:
        assert [store.enter(name, each, score, most=2) for each, score in (("a", 1.5), ("b", 2))] == [
            None
        ] * 2
        assert store.enter(name, "c", 3, most=2) == 1.5
        assert store.enter(name, "a", 4, most=2) is None, "one that is in it is moved"
        assert store.highest(name, 0, 9) == ["a", "b"]
        assert store.enter(name, "c", 5, most=2, above=2, ttl=60) is None, "those that are old make room"
        assert store.highest(name, 0, 9) == ["c", "a"]

    def test_an_ordered_set_never_takes_more(self, store_url: str, name: str) -> None:
        stores = [RedisStore(store_url) for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(lambda n: stores[n % 8].enter(name, str(n), n, most=5), range(40)))
        assert told.count(None) == 5

    def test_an_ordered_set_expires_if_that_is_said(self, store: Store, name: str) -> None:
        store.enter(name, "a", 1, most=2, ttl=1)
        time.sleep(1.2)
        assert store.highest(name, 0, 9) == []

    def test_where_there_is_something_else_it_counts_as_absent(self, store: Store, name: str) -> None:
        store.put(name, Put(b"damaged"))
        assert store.enter(name, "a", 1, most=1) is None


def _reset_all(listener: socket.socket) -> None:
    """Reset every connection as soon as it is there."""
    with contextlib.suppress(OSError):  # the listener is closed
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
