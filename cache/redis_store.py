"""The store in Redis (or Valkey), blocking; ``cache.address`` tells the forms of address."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError, WatchError
from redis.retry import Retry

from cache.address import connect
from cache.errors import ClaimLost
from cache.faults import healing, is_wrong_kind, translated
from cache.redis_condition import condition
from cache.store import Claim, Condition, Put

_CLOCK_SLACK = 1.0
"""Seconds by which a server's clock may be corrected without anybody losing a claim."""
_ENTER = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local full = redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2])
if full and not redis.call('ZSCORE', KEYS[1], ARGV[4]) then
    return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[4])
if ARGV[5] ~= '' then redis.call('EXPIRE', KEYS[1], ARGV[5]) end
return false
"""
_HOLDER = "return {redis.call('GET', KEYS[1]), redis.call('TIME')}"


class RedisStore:
    """See ``cache.store.Store``."""

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        """Connect when first used.

        Args:
            url: see ``cache.address``.
            timeout: seconds to wait for a connection or an answer.
        """
        self._url = url
        self._timeout = timeout

    @cached_property
    def _redis(self) -> redis.Redis | redis.RedisCluster:
        # Not before it is used: a cluster's client asks at once who holds what.
        return connected(self._url, self._timeout)

    @healing
    def get(self, name: str) -> bytes | None:
        with translated():
            return cast("bytes | None", self._redis.get(name))

    def get_many(self, names: Iterable[str]) -> list[bytes | None]:
        with translated():
            several = self._redis
            many = several.mget_nonatomic if isinstance(several, redis.RedisCluster) else several.mget
            return cast("list[bytes | None]", many(list(names)))

    def put(self, name: str, put: Put) -> None:
        with translated():
            self._redis.set(name, put.value, ex=put.ttl)

    def put_new(self, name: str, put: Put) -> bool:
        with translated():
            return bool(self._redis.set(name, put.value, ex=put.ttl, nx=True))

    @healing
    def swap(self, name: str, known: bytes | None, put: Put) -> bool:
        with translated(), self._redis.pipeline(True) as pipeline:
            pipeline.watch(name)
            if pipeline.get(name) != known:
                return False
            pipeline.multi()
            pipeline.set(name, put.value, ex=put.ttl)
            return _executed(pipeline)

    @healing
    def remove(self, name: str, known: bytes) -> bool:
        with translated(), self._redis.pipeline(True) as pipeline:
            pipeline.watch(name)
            if pipeline.get(name) != known:
                return False
            pipeline.multi()
            pipeline.delete(name)
            return _executed(pipeline)

    @healing
    def size(self, name: str) -> int:
        with translated():
            return self._redis.strlen(name)

    @healing
    def read(self, name: str, start: int, end: int) -> bytes:
        if end <= start:
            return b""
        with translated():
            return cast("bytes", self._redis.getrange(name, start, end - 1))

    @healing
    def count(self, name: str, ttl: int) -> int:
        with translated(), self._redis.pipeline(True) as pipeline:
            pipeline.incr(name)
            pipeline.expire(name, ttl)
            return int(pipeline.execute()[0])

    @healing
    def increase(self, name: str, amounts: Mapping[str, float]) -> None:
        with translated(), self._redis.pipeline(True) as pipeline:
            for member, amount in amounts.items():
                pipeline.hincrbyfloat(name, member, amount)
            pipeline.execute()

    @healing
    def numbers(self, name: str) -> dict[str, float]:
        with translated():
            table = cast("dict[bytes, bytes]", self._redis.hgetall(name))
        found: dict[str, float] = {}
        for member, number in table.items():
            with suppress(ValueError):  # what is damaged counts as absent, and as 0 from now on
                found[member.decode()] = float(number)
        return found

    def touch(self, name: str, ttl: int | None) -> None:
        with translated():
            if ttl is None:
                self._redis.persist(name)
            else:
                self._redis.expire(name, ttl)

    def delete(self, *names: str) -> None:
        with translated():
            self._redis.unlink(*names)

    @healing
    def add(self, name: str, member: str, ttl: int | None = None) -> None:
        with translated(), self._redis.pipeline(True) as pipeline:
            pipeline.sadd(name, member)
            if ttl is not None:
                pipeline.expire(name, ttl)
            pipeline.execute()

    @healing
    def discard(self, name: str, member: str) -> bool:
        with translated():
            return bool(self._redis.srem(name, member))

    @healing
    def members(self, name: str) -> set[str]:
        with translated():
            return set(_texts(cast("set[bytes]", self._redis.smembers(name))))

    @healing
    def some(self, name: str, most: int) -> set[str]:
        with translated():
            return set(_texts(cast("list[bytes]", self._redis.srandmember(name, most))))

    @healing
    def place(
        self, name: str, member: str, score: float, *, most: int | None = None, ttl: int | None = None
    ) -> None:
        with translated(), self._redis.pipeline(True) as pipeline:
            pipeline.zadd(name, {member: score})
            if most is not None:
                pipeline.zremrangebyrank(name, 0, -most - 1)
            if ttl is not None:
                pipeline.expire(name, ttl)
            pipeline.execute()

    @healing
    def enter(
        self,
        name: str,
        member: str,
        score: float,
        *,
        most: int,
        above: float = -math.inf,
        ttl: int | None = None,
    ) -> float | None:
        expires = "" if ttl is None else str(ttl)
        with translated():
            lowest = self._redis.eval(_ENTER, 1, name, str(above), str(most), str(score), member, expires)
            return float(cast("bytes", lowest)) if lowest else None

    @healing
    def displace(self, name: str, *members: str) -> None:
        with translated():
            self._redis.zrem(name, *members)

    @healing
    def highest(self, name: str, start: int, end: int) -> list[str]:
        with translated():
            found = self._redis.zrange(name, start, end - 1, desc=True)
            return list(_texts(cast("list[bytes]", found)))

    @healing
    def lowest(self, name: str, score: float, most: int) -> list[str]:
        with translated():
            found = self._redis.zrangebyscore(name, "-inf", score, start=0, num=most)
            return list(_texts(cast("list[bytes]", found)))

    def publish(self, channel: str, message: bytes) -> None:
        with translated():
            self._redis.publish(channel, message)

    @healing
    def claim(self, name: str, seconds: float) -> Claim | None:
        claim = Claim(name, secrets.token_hex(16))
        with translated(), self._redis.pipeline(True) as pipeline:
            holder, now = _holder(pipeline, name)
            if holder is not None:
                return None
            pipeline.multi()
            pipeline.set(name, _held(claim, now, seconds))
            return claim if _executed(pipeline) else None

    def renew(self, claim: Claim, seconds: float) -> None:
        self._under(claim, lambda pipeline, now: pipeline.set(claim.name, _held(claim, now, seconds)))

    def release(self, claim: Claim) -> None:
        with suppress(ClaimLost):  # it ran out by itself: what was asked for is so
            self._under(claim, lambda pipeline, _now: pipeline.delete(claim.name))

    @healing
    def claimed(self, name: str) -> bool:
        with translated(), self._redis.pipeline(True) as pipeline:
            return _holder(pipeline, name)[0] is not None

    @healing
    def lapsed(self, name: str) -> str | None:
        with translated(), self._redis.pipeline(True) as pipeline:
            holder, _ = _holder(pipeline, name)
            value = cast("bytes | None", pipeline.get(name))
            return _parts(value)[0] if value and holder is None else None

    def commit(
        self,
        claim: Claim,
        puts: Mapping[str, Put],
        *,
        append: Mapping[str, Put] | None = None,
        overwrite: Mapping[str, bytes] | None = None,
        rename: Mapping[str, str] | None = None,
        delete: Iterable[str] = (),
    ) -> None:
        def act(pipeline: Pipeline, _now: float) -> None:
            for name, put in puts.items():
                pipeline.set(name, put.value, ex=put.ttl)
            for name, put in (append or {}).items():
                pipeline.append(name, put.value)
                if put.ttl is not None:
                    pipeline.expire(name, put.ttl)
            for name, value in (overwrite or {}).items():
                pipeline.setrange(name, 0, value)
            for old, new in (rename or {}).items():
                pipeline.execute_command("RENAME", old, new)  # type: ignore[no-untyped-call]  # see `_holder`
            for name in delete:
                pipeline.unlink(name)

        self._under(claim, act)

    def ping(self) -> None:
        with translated():
            self._redis.ping()

    def condition(self) -> Condition:
        with translated():
            return condition(self._redis)

    def shut_down(self) -> None:
        """End the server, with its data on disk. No part of the contract: for a server of one's own."""
        with translated():
            self._redis.shutdown(save=True)

    def save(self) -> None:
        """Have all data on disk now. Likewise for a server of one's own."""
        with translated():
            self._redis.save()

    def _under(self, claim: Claim, act: Callable[[Pipeline, float], object]) -> None:
        """Do something in one transaction if the claim is still held; told the server's time, too."""
        with translated(), self._redis.pipeline(True) as pipeline:
            done = False
            while not done:  # again when the claim was renewed meanwhile, from the keeper's thread
                try:
                    holder, now = _holder(pipeline, claim.name)
                except ResponseError as error:
                    if is_wrong_kind(error):
                        raise ClaimLost(claim.name) from error
                    raise
                if holder != claim.token:
                    raise ClaimLost(claim.name)
                pipeline.multi()
                act(pipeline, now)
                done = _executed(pipeline)


def _texts(members: Iterable[bytes]) -> Iterator[str]:
    """The members of a set; one that is no text was damaged, and counts as absent."""
    for member in members:
        with suppress(UnicodeDecodeError):
            yield member.decode()


def connected(url: str, timeout: float) -> redis.Redis | redis.RedisCluster:
    """A blocking client; arguments as for ``RedisStore``.

    Raises:
        StoreUnavailable: a cluster does not answer.
    """
    with translated():
        return connect(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            health_check_interval=15,
            # One retry, at once: a pooled connection may have died with a restarted server.
            retry=Retry(NoBackoff(), 1),
            retry_on_error=[RedisConnectionError],
        )


def _held(claim: Claim, now: float, seconds: float) -> str:
    """A claim as it is kept: its end is written into it, for a server short of room evicts what has a TTL.

    So is its beginning: one that begins later than now was held before the server's clock was set back, and
    might by that clock not end for hours.
    """
    return f"{claim.token} {now} {now + seconds}"


def _holder(pipeline: Pipeline, name: str) -> tuple[str | None, float]:
    """Who holds a claim, which is watched from now on, and the server's time."""
    pipeline.watch(name)  # type: ignore[no-untyped-call]
    # In one script, for in a cluster TIME by itself would not know which server to ask. As commands, for the
    # pipeline of a cluster's client hides methods that could reach several servers.
    value, (seconds, microseconds) = pipeline.execute_command("EVAL", _HOLDER, 1, name)  # type: ignore[no-untyped-call]
    now = int(seconds) + int(microseconds) / 1e6
    token, begun, until = _parts(value)
    return token if begun - _CLOCK_SLACK <= now < until else None, now


def _parts(value: bytes | None) -> tuple[str, float, float]:
    """Token, beginning and end of a claim as it is kept; one that is damaged has run out."""
    token, *times = (value or b"").decode("ascii", "replace").split(" ")
    with suppress(ValueError):
        begun, until = map(float, times)
        return token, begun, until
    return token, 0.0, 0.0


def _executed(pipeline: Pipeline) -> bool:
    """Whether the transaction happened: it does not when what it watches has changed."""
    try:
        pipeline.execute()
    except WatchError:
        return False
    return True
