"""The store in Redis (or Valkey), blocking: one server, Sentinel address or unix socket by URL."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, RedisError, WatchError
from redis.retry import Retry

from cache.errors import ClaimLost, StoreFull, StoreUnavailable
from cache.store import Claim, Put


@contextmanager
def translated() -> Generator[None]:
    """Let only this package's errors out."""
    try:
        yield
    except OutOfMemoryError as error:
        raise StoreFull(str(error)) from error
    except (RedisError, OSError) as error:
        raise StoreUnavailable(str(error)) from error


class RedisStore:
    """See ``cache.store.Store``."""

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        """Connect when first used.

        Args:
            url: ``redis://``, ``rediss://`` or ``unix://``.
            timeout: seconds to wait for a connection or an answer.
        """
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            health_check_interval=15,
            # One retry, at once: a pooled connection may have died with a restarted server.
            retry=Retry(NoBackoff(), 1),
            retry_on_error=[RedisConnectionError],
        )

    def get(self, name: str) -> bytes | None:
        with translated():
            return cast("bytes | None", self._redis.get(name))

    def get_many(self, names: Iterable[str]) -> list[bytes | None]:
        with translated():
            return cast("list[bytes | None]", self._redis.mget(list(names)))

    def put(self, name: str, put: Put) -> None:
        with translated():
            self._redis.set(name, put.value, ex=put.ttl)

    def put_new(self, name: str, put: Put) -> bool:
        with translated():
            return bool(self._redis.set(name, put.value, ex=put.ttl, nx=True))

    def append(self, name: str, value: bytes, ttl: int) -> int:
        with translated(), self._redis.pipeline() as pipeline:
            pipeline.append(name, value)
            pipeline.expire(name, ttl)
            return int(pipeline.execute()[0])

    def size(self, name: str) -> int:
        with translated():
            return self._redis.strlen(name)

    def touch(self, name: str, ttl: int) -> None:
        with translated():
            self._redis.expire(name, ttl)

    def delete(self, *names: str) -> None:
        with translated():
            self._redis.unlink(*names)

    def add(self, name: str, member: str) -> None:
        with translated():
            self._redis.sadd(name, member)

    def discard(self, name: str, member: str) -> None:
        with translated():
            self._redis.srem(name, member)

    def members(self, name: str) -> set[str]:
        with translated():
            return {member.decode() for member in cast("set[bytes]", self._redis.smembers(name))}

    def publish(self, channel: str, message: bytes) -> None:
        with translated():
            self._redis.publish(channel, message)

    def claim(self, name: str, seconds: float) -> Claim | None:
        claim = Claim(name, secrets.token_hex(16))
        with translated():
            taken = self._redis.set(name, claim.token, px=int(seconds * 1000), nx=True)
        return claim if taken else None

    def renew(self, claim: Claim, seconds: float) -> None:
        with self._holding(claim) as pipeline:
            pipeline.pexpire(claim.name, int(seconds * 1000))

    def release(self, claim: Claim) -> None:
        try:
            with self._holding(claim) as pipeline:
                pipeline.delete(claim.name)
        except ClaimLost:
            pass  # it ran out by itself: what was asked for is so

    def claimed(self, name: str) -> bool:
        with translated():
            return bool(self._redis.exists(name))

    def commit(self, claim: Claim, puts: Mapping[str, Put], delete: Iterable[str] = ()) -> None:
        with self._holding(claim) as pipeline:
            for name, put in puts.items():
                pipeline.set(name, put.value, ex=put.ttl)
            for name in delete:
                pipeline.unlink(name)

    def ping(self) -> None:
        with translated():
            self._redis.ping()

    @contextmanager
    def _holding(self, claim: Claim) -> Generator[redis.client.Pipeline]:
        """A transaction that happens only if the claim's token is still in place."""
        with translated(), self._redis.pipeline() as pipeline:
            pipeline.watch(claim.name)  # type: ignore[no-untyped-call]
            if cast("bytes | None", pipeline.get(claim.name)) != claim.token.encode():
                raise ClaimLost(claim.name)
            pipeline.multi()
            yield pipeline
            try:
                pipeline.execute()
            except WatchError as error:
                raise ClaimLost(claim.name) from error
