"""The blocking store in Redis (or Valkey); ``cache.address`` describes the forms of address."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from cache import redis_scripts as scripts
from cache.address import connect
from cache.errors import ClaimLost
from cache.faults import healing, translated
from cache.redis_condition import condition
from cache.store import Claim, Condition, Put

_CLOCK_SLACK = 1.0
"""Seconds by which a server's clock may be corrected without the loss of a claim."""


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
        # Not before first use: a cluster client immediately requests the slot map.
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

    def put(self, name: str, put: Put, channel: str | None = None) -> None:
        with translated():
            if channel is None:
                self._redis.set(name, put.value, ex=put.ttl)
            else:
                scripts.PUT(self._redis, [name], put.value, _seconds(put.ttl), channel)

    def put_new(self, name: str, put: Put) -> bool:
        with translated():
            return bool(self._redis.set(name, put.value, ex=put.ttl, nx=True))

    @healing
    def swap(self, name: str, known: bytes | None, put: Put, channel: str | None = None) -> bool:
        change = ("set", put.value, _seconds(put.ttl), channel or "")
        with translated():
            return bool(scripts.SWAP(self._redis, [name], *_known(known), *change))

    @healing
    def remove(self, name: str, known: bytes) -> bool:
        with translated():
            return bool(scripts.SWAP(self._redis, [name], *_known(known), "remove"))

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
        with translated():
            return int(scripts.COUNT(self._redis, [name], ttl))

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
            with suppress(ValueError):  # a damaged number counts as absent
                found[member.decode()] = float(number)
        return found

    def touch(self, ttl: int | None, *names: str) -> None:
        with translated():
            scripts.TOUCH(self._redis, names, _seconds(ttl))

    def delete(self, *names: str) -> None:
        with translated():
            self._redis.unlink(*names)

    @healing
    def add(self, name: str, member: str, ttl: int | None = None, *others: str) -> bool:
        with translated():
            if ttl is None:
                return bool(self._redis.sadd(name, member))
            return bool(scripts.ADD(self._redis, [name, *others], member, ttl))

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
        kept = "" if most is None else most
        with translated():
            scripts.PLACE(self._redis, [name], score, member, kept, _seconds(ttl))

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
        with translated():
            lowest = scripts.ENTER(self._redis, [name], above, most, score, member, _seconds(ttl))
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
        with translated():
            free = scripts.CLAIM(self._redis, [name], claim.token, seconds, _CLOCK_SLACK)
        return claim if free else None

    def renew(self, claim: Claim, seconds: float) -> None:
        with translated():
            held = scripts.RENEW(self._redis, [claim.name], claim.token, seconds, _CLOCK_SLACK)
        if not held:
            raise ClaimLost(claim.name)

    def release(self, claim: Claim) -> None:
        with suppress(ClaimLost):  # it has expired, so it is released already
            self._commit(claim, [("delete", claim.name, "", "")])

    @healing
    def claimed(self, name: str) -> bool:
        return self._holder(name)[1]

    @healing
    def lapsed(self, name: str) -> str | None:
        value, holds = self._holder(name)
        return None if holds else value.decode("ascii", "replace").partition(" ")[0] or None

    def commit(  # noqa: PLR0913  # kinds of change, by name
        self,
        claim: Claim,
        puts: Mapping[str, Put],
        *,
        append: Mapping[str, Put] | None = None,
        overwrite: Mapping[str, bytes] | None = None,
        rename: Mapping[str, str] | None = None,
        delete: Iterable[str] = (),
        publish: Mapping[str, bytes] | None = None,
    ) -> None:
        changes: list[tuple[str, str, scripts.Value, scripts.Value]] = []
        changes += (("set", name, put.value, _seconds(put.ttl)) for name, put in puts.items())
        for name, put in (append or {}).items():
            changes.append(("append", name, put.value, ""))
            if put.ttl is not None:
                changes.append(("expire", name, put.ttl, ""))
        changes += (("overwrite", name, value, "") for name, value in (overwrite or {}).items())
        changes += (("rename", old, new, "") for old, new in (rename or {}).items())
        changes += (("delete", name, "", "") for name in delete)
        changes += (("publish", claim.name, channel, told) for channel, told in (publish or {}).items())
        self._commit(claim, changes)

    def ping(self) -> None:
        with translated():
            self._redis.ping()

    def condition(self) -> Condition:
        with translated():
            return condition(self._redis)

    def shut_down(self) -> None:
        """Save the data and stop the server. Not part of the contract: for a private server."""
        with translated():
            self._redis.shutdown(save=True)

    def save(self) -> None:
        """Write all data to disk now. Also for a private server."""
        with translated():
            self._redis.save()

    def _commit(self, claim: Claim, changes: Iterable[tuple[str, str, scripts.Value, scripts.Value]]) -> None:
        """Apply changes if a claim is still held; each is a kind, a name and ``scripts.COMMIT`` arguments."""
        numbers = {claim.name: 1}
        told: list[scripts.Value] = []
        for what, name, *arguments in changes:
            number = numbers.setdefault(name, len(numbers) + 1)
            if what == "rename":
                arguments[0] = numbers.setdefault(str(arguments[0]), len(numbers) + 1)
            told += (what, number, *arguments)
        with translated():
            held = scripts.COMMIT(self._redis, [*numbers], claim.token, _CLOCK_SLACK, *told)
        if not held:
            raise ClaimLost(claim.name)

    def _holder(self, name: str) -> tuple[bytes, bool]:
        """Return a claim's stored value, and whether it is held."""
        with translated():
            value, holds = scripts.HOLDER(self._redis, [name], _CLOCK_SLACK)
        return value, bool(holds)


def _texts(members: Iterable[bytes]) -> Iterator[str]:
    """Decode the members of a set; a damaged one (not UTF-8) counts as absent."""
    for member in members:
        with suppress(UnicodeDecodeError):
            yield member.decode()


def connected(url: str, timeout: float) -> redis.Redis | redis.RedisCluster:
    """Return a blocking client; arguments as for ``RedisStore``.

    Raises:
        StoreUnavailable: a cluster does not answer.
    """
    with translated():
        return connect(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            health_check_interval=15,
            # One immediate retry: a pooled connection may have died with a restarted server.
            retry=Retry(NoBackoff(), 1),
            retry_on_error=[RedisConnectionError],
        )


def _seconds(ttl: int | None) -> int | str:
    """Convert a lifetime to a script argument."""
    return "" if ttl is None else ttl


def _known(value: bytes | None) -> tuple[str, bytes]:
    """Convert an expected value to script arguments."""
    return ("absent", b"") if value is None else ("present", value)
