"""``/audio``: recordings under permanent URLs, with ranges, from Redis; their marks and captions."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from service.api import addresses, downloads, problems
from service.api.dependencies import AppContext, ContextDep
from service.api.downloads import Download
from service.api.middleware import cached_audio
from service.api.middleware.cached_audio import LASTING
from service.api.middleware.ranges import parse
from service.api.schemas import marks as marking
from service.api.schemas.articles import AudioKey
from service.api.schemas.openapi_responses import CAPTIONS, CHAPTERS, LASTING_SOUND, MARKS
from service.audio.captions import webvtt
from service.metrics.instruments import LOOKUPS
from service.model.errors import NotFound
from service.model.recording import Marks
from service.recordings import streaming

router = APIRouter(prefix="/audio", tags=["audio"])

Key = Annotated[AudioKey, Path(description="The recording's key.", examples=["3f" * 32])]

_GROWING = {"Cache-Control": "no-store", "Accept-Ranges": "bytes", "X-Accel-Buffering": "no"}
"""Headers of a recording that is being made."""
_SOUND = frozenset({HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT})
_NOT_THERE = ("not_cached", "The recording is not in the store.", "التسجيل غير موجود في المخزن.")


@router.get("/{key}.mp3", response_class=StreamingResponse, responses=LASTING_SOUND)
async def audio(key: Key, request: Request, context: ContextDep, download: Download = False) -> Response:  # noqa: FBT002
    """Return a recording, or a range of it. An evicted recording is made again, and streamed meanwhile."""
    # ``cached_audio.Hits`` has answered for recordings in the store, except downloads.
    if download and (
        kept := await cached_audio.found(context.reader, context.undamaged, key, request.headers, "GET")
    ):
        return await _downloaded(kept, key, context)
    # Such a cache stores only finished recordings (RFC 9111, section 5.2.1.7).
    if "only-if-cached" in request.headers.get("cache-control", ""):
        return problems.Problem(504, *_NOT_THERE).response()
    await run_in_threadpool(context.playback.demand, key)
    growing = await grow(key, request, context)
    return await _downloaded(growing, key, context) if download else growing


@router.get("/{key}.chapters.json", response_class=Response, responses=CHAPTERS)
def chapters(key: Key, context: ContextDep, download: Download = False) -> Response:  # noqa: FBT002  # in the query
    """Return the chapters into which headings divide the recording, for podcast players; often none."""
    parts, complete = context.playback.chapters(key)
    headers = {"Cache-Control": LASTING if complete else "no-cache"}
    answer = JSONResponse(marking.chapters(parts), headers=headers, media_type=addresses.CHAPTERS_TYPE)
    return saved(answer, context.playback.title(key), key, "chapters.json") if download else answer


@router.get("/{key}.json", response_class=JSONResponse, responses=MARKS)
def marks(key: Key, context: ContextDep, download: Download = False) -> Response:  # noqa: FBT002  # in the query
    """Return when each sentence is heard, and its position in the text that was first recorded."""
    answer = marks_of(context.playback.marks(key), lasting=True)
    return saved(answer, context.playback.title(key), key, "json") if download else answer


@router.get("/{key}.vtt", response_class=Response, responses=CAPTIONS)
def captions(key: Key, context: ContextDep, download: Download = False) -> Response:  # noqa: FBT002  # in the query
    """Return the sentences as WebVTT captions."""
    answer = captions_of(context.playback.marks(key), lasting=True)
    return saved(answer, context.playback.title(key), key, "vtt") if download else answer


async def _downloaded(answer: Response, key: str, context: AppContext) -> Response:
    """As ``saved``, under the title of the article that first requested the recording."""
    return saved(answer, await run_in_threadpool(_title, context, key), key, "mp3")


def _title(context: AppContext, key: str) -> str | None:
    """A recording's title; ``None`` if its plan is missing: it may have been evicted before the audio."""
    try:
        return context.playback.title(key)
    except NotFound:
        return None


def saved(answer: Response, title: str | None, name: str, ending: str) -> Response:
    """The answer as a download; a refusal stays unchanged."""
    if answer.status_code in _SOUND:
        answer.headers["Content-Disposition"] = downloads.disposition(title, name, ending)
    return answer


def marks_of(marks: Marks, *, lasting: bool) -> JSONResponse:
    """Marks as JSON; while ``complete`` is false they cover the sentences spoken so far."""
    return JSONResponse(marking.marks(marks), headers=_caching(marks, lasting))


def captions_of(marks: Marks, *, lasting: bool) -> Response:
    """Marks as a captions file."""
    return Response(
        webvtt(marks.sentences), headers=_caching(marks, lasting), media_type=addresses.CAPTIONS_TYPE
    )


def _caching(marks: Marks, lasting: bool) -> dict[str, str]:  # noqa: FBT001  # one of two, named above
    return {"Cache-Control": LASTING if lasting and marks.complete else "no-cache"}


async def grow(key: str, request: Request, context: AppContext, moment: float = 0.0) -> Response:
    """A recording that is being made, from its first sentence on, or from a moment in seconds.

    Its length is not known yet, so the whole is sent without one. Players that request the first two bytes,
    or a later range, get the bytes made so far, with an unknown length (RFC 9110, section 14.4).
    """
    start = await _position(key, moment, context) if moment else 0
    if start is None:
        return Response(status_code=416, headers=_GROWING)
    part = part_of(request)
    if part is None:
        return await streamed(streaming.growing(context.reader, key, context.patience, start))
    first, end = part
    LOOKUPS.labels("recording", "miss").inc()
    if not await streaming.available(context.reader, key, start + first + 1, context.patience):
        return Response(status_code=416, headers=_GROWING)
    # The bytes of the range made so far: a part may be shorter than the range (RFC 9110, section 15.3.7).
    made = await streaming.part(context.reader, key, start + first, None if end is None else start + end)
    headers = _GROWING | {"Content-Range": f"bytes {first}-{first + len(made) - 1}/*"}
    return Response(made, 206, headers, addresses.AUDIO_TYPE)


async def _position(key: str, moment: float, context: AppContext) -> int | None:
    find = partial(run_in_threadpool, context.playback.position, key, moment)
    return await streaming.position(context.reader, key, find, context.patience)


def part_of(request: Request) -> tuple[int, int | None] | None:
    """Start and end (exclusive; ``None``: to the end) of the requested bytes.

    ``None``: the recording from its first byte on.
    """
    asked = parse(request.headers.get("range"))
    if asked is None or asked.first is None or (asked.first == 0 and asked.last is None):
        return None
    return asked.first, None if asked.last is None else asked.last + 1


async def streamed(stream: AsyncGenerator[bytes]) -> StreamingResponse:
    """A recording that is being made, from its first byte on."""
    LOOKUPS.labels("recording", "miss").inc()
    return StreamingResponse(await begun(stream), 200, _GROWING, addresses.AUDIO_TYPE)


async def begun(stream: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """The stream, after its first bytes arrive: an earlier error can still be answered with a status."""
    first = await anext(stream, b"")

    async def rest() -> AsyncGenerator[bytes]:
        async with aclosing(stream):
            yield first
            async for chunk in stream:
                yield chunk

    return rest()
