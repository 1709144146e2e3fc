"""Read access to Redis for the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import aclosing, suppress
from typing import cast

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from cache.address import CLOSED_WHILE_WRITING, connect_async
from cache.errors import WrongKind
from cache.faults import translated

_Range = tuple[str, int, int]

_TOGETHER = 16
"""Ranges requested in one pipeline: at most a mebibyte."""
_LISTENERS = 10_000
"""Each listener of a growing recording holds a connection; this is also Redis's default ``maxclients``."""

_LOOK = "return {redis.call('STRLEN', KEYS[1]), redis.call('GETRANGE', KEYS[1], ARGV[1], ARGV[2])}"


class RedisReader:
    """See ``cache.store.Reader``."""

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        """Connect when first used; arguments as for ``RedisStore``."""
        self._redis = connect_async(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            health_check_interval=15,
            max_connections=_LISTENERS,
            retry=Retry(NoBackoff(), 1),  # as in RedisStore
            retry_on_error=[RedisConnectionError, *CLOSED_WHILE_WRITING],
        )
        self._ranges = _Ranges(self._redis)

    async def get(self, name: str) -> bytes | None:
        with suppress(WrongKind), translated(*CLOSED_WHILE_WRITING):
            return cast("bytes | None", await self._redis.get(name))
        return None

    async def size(self, name: str) -> int:
        with suppress(WrongKind), translated(*CLOSED_WHILE_WRITING):
            return await self._redis.strlen(name)
        return 0

    async def read(self, name: str, start: int, end: int) -> bytes:
        if end <= start:
            return b""
        try:
            return await self._ranges.ask(name, start, end - 1)
        except Exception:  # translated only here: this code runs for every range and rarely fails
            with suppress(WrongKind), translated(*CLOSED_WHILE_WRITING):
                raise
        return b""

    async def look(self, name: str, start: int, end: int) -> tuple[int, bytes]:
        if end <= start:
            return await self.size(name), b""
        with suppress(WrongKind), translated(*CLOSED_WHILE_WRITING):
            told = self._redis.eval(_LOOK, 1, name, str(start), str(end - 1))
            size, part = cast("tuple[int, bytes]", await cast("Awaitable[object]", told))
            return size, part
        return 0, b""

    async def listen(self, channel: str) -> AsyncGenerator[bytes | None]:
        with translated(*CLOSED_WHILE_WRITING):
            await self._redis.initialize()  # a cluster's client knows no servers before its first command
            async with aclosing(self._redis.pubsub(ignore_subscribe_messages=True)) as pubsub:
                await pubsub.subscribe(channel)
                # Earlier messages have been missed: the caller must look once before waiting.
                yield None
                while True:
                    message = await pubsub.get_message(timeout=1.0)
                    yield message["data"] if message else None

    async def close(self) -> None:
        await self._redis.aclose()


class _Ranges:
    """Requests all ranges wanted at the same moment in one pipeline, to share the cost of a round trip.

    In a cluster, each range is requested separately: its key may be on another server.
    """

    def __init__(self, redis: Redis | RedisCluster) -> None:
        self._redis = redis
        self._wanted: list[tuple[_Range, asyncio.Future[bytes]]] = []
        self._asking: set[asyncio.Task[None]] = set()

    async def ask(self, name: str, first: int, last: int) -> bytes:
        """Return bytes ``first`` to ``last`` (inclusive) of a value."""
        if isinstance(self._redis, RedisCluster):
            return cast("bytes", await self._redis.getrange(name, first, last))
        loop = asyncio.get_running_loop()
        told: asyncio.Future[bytes] = loop.create_future()
        self._wanted.append(((name, first, last), told))
        if len(self._wanted) == 1:
            # The task starts after all callers of this iteration of the event loop.
            task = loop.create_task(self._ask())
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        return await told

    async def _ask(self) -> None:
        wanted, self._wanted = self._wanted, []
        for start in range(0, len(wanted), _TOGETHER):
            await self._ask_some(wanted[start : start + _TOGETHER])

    async def _ask_some(self, wanted: Sequence[tuple[_Range, asyncio.Future[bytes]]]) -> None:
        try:
            pipe = self._redis.pipeline(transaction=False)
            for each, _ in wanted:
                pipe.getrange(*each)
            answers = await pipe.execute(raise_on_error=False)
        except Exception as error:  # noqa: BLE001  # any error is raised in all callers
            answers = [error] * len(wanted)
        for (_, told), answer in zip(wanted, answers, strict=True):
            if told.done():
                continue  # the caller was cancelled
            if isinstance(answer, Exception):
                told.set_exception(answer)
            else:
                told.set_result(answer)
