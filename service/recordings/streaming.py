"""Streams recordings to listeners: finished ones, and growing ones as they grow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing

from cache.store import Reader
from service.metrics.instruments import STREAMS_OPEN
from service.model.errors import NotFound, Unavailable
from service.model.recording import State, Status
from service.storage.codec import unpack_state
from service.storage.integrity import Finished
from service.storage.keys import WORKING, audio_name, channel, live_name, plan_name, state_name
from service.util.singleflight import SingleFlight

CHUNK = 16 * 1024
"""Bytes read from the store at a time, two seconds of speech or more: each listener needs a few of these in
memory."""
RANGE = 64 * 1024
"""Bytes of a range read at a time: clients that request ranges read as fast as possible."""

_READS = SingleFlight[bytes]()
"""Reads of growing recordings."""


class Undamaged:
    """Verifies recordings for the event loop; concurrent callers share one check per recording."""

    def __init__(self, finished: Finished) -> None:
        self._finished = finished
        self._looks = SingleFlight[bool]()
        self.size = finished.size

    async def __call__(self, key: str, size: int) -> bool:
        """Whether a recording of so many bytes is undamaged."""
        if self._finished.known(key, size):
            return True
        return await self._looks.join(key, lambda: asyncio.to_thread(self._finished.there, key))


async def states(reader: Reader, key: str) -> AsyncIterator[State]:
    """Yield a recording's state whenever it changes, until it is ready or has failed.

    While it is queued, the state is repeated every second, because its queue position changes.
    """
    told = None
    async with aclosing(reader.listen(channel(key))) as news:
        async for message in news:
            # Messages can be missed during a reconnection; the stored state cannot.
            state = unpack_state(message or await reader.get(state_name(key)))
            if state is None or (state == told and state.status is not Status.QUEUED):
                continue
            told = state
            yield state
            if state.status in {Status.READY, Status.FAILED}:
                return


async def finished(reader: Reader, key: str, start: int, end: int) -> AsyncIterator[bytes]:
    """Yield bytes ``start`` to ``end`` (exclusive) of a finished recording, a chunk at a time.

    Raises:
        NotFound: it was evicted meanwhile.
    """
    while start < end:
        chunk = await reader.read(audio_name(key), start, min(end, start + CHUNK))
        if not chunk:
            raise NotFound("The recording has been evicted.", "أُزيح التسجيل من المخزن.")
        start += len(chunk)
        yield chunk


async def growing(reader: Reader, key: str, patience: float, start: int = 0) -> AsyncGenerator[bytes]:
    """Yield all bytes from ``start`` on, as they are made, until the end of the recording.

    The growing and the finished file are identical after tag and Info header, so a stream can switch from one
    to the other at the same position. Every sentence wakes all listeners of a recording: the message contains
    the size, so each knows whether to read, and listeners at the same position share one read.

    Args:
        reader: reads the store.
        key: the recording's key.
        patience: seconds to wait for the next bytes while no worker is active. While one is, this recording's
            turn will come.
        start: byte position in the recording.

    Raises:
        EngineError: the recording failed.
        NotFound: it was taken down.
        Unavailable: no bytes arrived for too long.
    """
    waiting = _Waiting(reader, key, patience)
    with STREAMS_OPEN.track_inprogress():
        async with aclosing(reader.listen(channel(key))) as news:
            async for message in news:
                made = _made(message)
                whole = await reader.size(audio_name(key)) if made is None else 0
                source = audio_name(key) if whole else live_name(key)
                while made is None or start < made:
                    chunk = await _shared(reader, source, start, made)
                    if not chunk:
                        break
                    start += len(chunk)
                    waiting.begin()
                    yield chunk
                if whole and start >= whole:
                    return
                if made is None:
                    await waiting.check()


def _made(message: bytes | None) -> int | None:
    """Return the size of a growing recording if the message contains it."""
    state = unpack_state(message)
    return state.size if state and state.status is Status.SPEAKING else None


async def _shared(reader: Reader, name: str, start: int, made: int | None) -> bytes:
    flight = f"{id(reader)}:{name}:{start}:{made}"
    return await _READS.join(flight, lambda: reader.read(name, start, start + CHUNK))


async def available(reader: Reader, key: str, end: int, patience: float) -> bool:
    """Wait until ``end`` bytes are made; returns whether the recording has so many.

    Raises what ``growing`` raises, after the same ``patience``.
    """
    waiting = _Waiting(reader, key, patience)
    async with aclosing(reader.listen(channel(key))) as news:
        async for _ in news:
            if whole := await reader.size(audio_name(key)):
                return whole >= end
            if await reader.size(live_name(key)) >= end:
                return True
            await waiting.check()
    return False


async def position(
    reader: Reader, key: str, find: Callable[[], Awaitable[int | None]], patience: float
) -> int | None:
    """Wait until a recording reaches a moment, and return the byte that sounds then.

    Args:
        reader: reads the store.
        key: the recording's key.
        find: returns the byte; ``None`` if it is not made yet.
        patience: as for ``growing``, which raises the same.

    Returns:
        The byte; ``None`` if the whole recording is shorter.
    """
    waiting = _Waiting(reader, key, patience)
    async with aclosing(reader.listen(channel(key))) as news:
        async for _ in news:
            whole = await reader.size(audio_name(key))
            byte = await find()
            if byte is not None or whole:
                return byte
            await waiting.check()
    return None


async def part(reader: Reader, key: str, start: int, end: int | None) -> bytes:
    """Return available bytes from ``start`` to ``end`` (exclusive; ``None``: no limit), at most a chunk."""
    whole = await reader.size(audio_name(key))
    name = audio_name(key) if whole else live_name(key)
    return await reader.read(name, start, min(end or start + CHUNK, start + CHUNK))


class _Waiting:
    """Limits how long a listener waits for a recording."""

    def __init__(self, reader: Reader, key: str, patience: float) -> None:
        self._reader = reader
        self._key = key
        self._patience = patience
        self._seen: bytes | None = None
        self.begin()

    def begin(self) -> None:
        """Restart the wait: bytes have arrived."""
        self._since = time.monotonic()
        self._looked = False

    async def check(self) -> None:
        """Raise an error unless the listener should continue to wait.

        Raises:
            EngineError: the recording failed.
            VoiceRemoved, MissingPart: its voice, or a part of it, is not installed any more.
            NotFound: it was taken down.
            Unavailable: no worker has been active for too long.
        """
        state = unpack_state(await self._reader.get(state_name(self._key)))
        if state and state.status is Status.FAILED and state.failure:
            raise state.failure.error()
        if state is None and not await self._reader.size(plan_name(self._key)):
            raise NotFound("The recording was taken down.", "سُحب هذا التسجيل.")
        if not self._looked or time.monotonic() - self._since > self._patience:
            await self._look()

    async def _look(self) -> None:
        """Check whether any worker has been active since the last check."""
        seen = await self._reader.get(WORKING)
        if self._looked and seen == self._seen:
            raise Unavailable(
                "No worker is synthesising this recording.", "لا توجد عملية معالجة تسجّل هذا المقال الآن."
            )
        if self._looked:
            self._since = time.monotonic()
        self._seen, self._looked = seen, True
