"""Streams an article while it is still being read, from its first sentence, which is known first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from starlette.concurrency import run_in_threadpool

from service.api.dependencies import AppContext
from service.model.article import Entry
from service.model.errors import Unavailable
from service.recordings import streaming

_LOOK_SECONDS, _MOST_LOOK_SECONDS = 0.01, 0.5
"""Seconds between checks whether the first sentence is spoken; each pause is 1.5 times the last."""


async def settled(entry: Entry, context: AppContext) -> Entry:
    """An article that the caller may see, once it has been read.

    Raises:
        NotFound: it was deleted while it was read, or has a new owner.
        Unavailable: it is still being read when the time for that ends.
    """
    same = partial(context.article_service.entry, entry.id, lambda owner: owner == entry.owner)
    return await context.reception.settled(partial(run_in_threadpool, same))


async def heard(entry: Entry, context: AppContext) -> AsyncGenerator[bytes]:
    """The recording from its first byte on, as ``streaming.growing``.

    While the article is read, this yields the beginning of the recording: an opening, which may name other
    chapters if a heading turns out to have nothing to speak, and the first sentence.

    Raises:
        NotFound: the article was deleted.
        EngineError: the recording failed.
        Unavailable: nothing came for too long, or the recording does not begin with the audio sent.
    """
    frames, look = b"", _LOOK_SECONDS
    known = await run_in_threadpool(context.article_service.beginning, entry)
    reading = asyncio.ensure_future(settled(entry, context))
    try:
        while known and not reading.done():
            opening, spoken, whole = await run_in_threadpool(context.article_service.begun, known)
            if len(spoken) > len(frames):
                yield spoken[len(frames) :] if frames else opening + spoken
                frames = spoken
            if whole:
                break
            await asyncio.wait({reading}, timeout=look)
            look = min(1.5 * look, _MOST_LOOK_SECONDS)
        key = (await reading).key
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    await run_in_threadpool(context.playback.demand, key)
    start = await _end(frames, key, context)
    async with aclosing(streaming.growing(context.reader, key, context.patience, start)) as rest:
        async for chunk in rest:
            yield chunk


async def _end(frames: bytes, key: str, context: AppContext) -> int:
    """The byte after a recording's first frames, which have been sent."""
    if not frames:
        return 0
    start = await run_in_threadpool(context.playback.opening_size, key)
    end = start + len(frames)
    if not await streaming.available(context.reader, key, end, context.patience):
        raise _another()
    while start < end:
        part = await streaming.part(context.reader, key, start, end)
        if not part or not frames.startswith(part, len(frames) - (end - start)):
            raise _another()
        start += len(part)
    return end


def _another() -> Unavailable:
    return Unavailable("The recording was synthesised again. Please retry.", "أُعيد إعداد التسجيل: أعد الطلب.")
