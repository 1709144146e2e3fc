"""``/v1/articles``: accepts articles, and reports the progress of their recordings."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, TypeVar

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from service.api import addresses, early_audio
from service.api.access import AtGate
from service.api.article_access import Heard, Managed, Seen, managed_by, own
from service.api.dependencies import AppContext, ContextDep
from service.api.disconnect import while_there
from service.api.downloads import Download
from service.api.middleware import cached_audio
from service.api.routes.audio import captions_of, grow, marks_of, part_of, saved, streamed
from service.api.schemas.articles import AddressIn, AddressOut, ArticleIn, ArticleOut, Progress
from service.api.schemas.openapi_responses import (
    CAPTIONS,
    EVENTS_TYPE,
    FETCHED,
    MARKS,
    PROGRESS,
    SOUND,
    TAKEN_DOWN,
)
from service.api.schemas.wire import Fault, Message
from service.model.article import UNREAD, ArticleRecord, Entry, Receipt, Submission
from service.model.recording import State, Status
from service.recordings import streaming
from service.storage.keys import audio_name

router = APIRouter(prefix="/v1/articles", tags=["articles"])

_Answer = TypeVar("_Answer", bound=Response)

PRIVATELY = "private, no-cache"
"""``Cache-Control`` of a private article: revalidated each time, so that no copy outlives its URL."""

Moment = Annotated[
    float,
    Query(
        alias="from",
        ge=0,
        le=1_000_000,
        allow_inf_nan=False,
        description="Seconds into the recording at which the stream begins, also while it is being made.",
        examples=[12.5],
    ),
]

READY: dict[int | str, dict[str, Any]] = {200: {"model": ArticleOut, "description": "Ready"}}
"""A second response of routes that answer with ``taken``."""


async def _complete(body: ArticleIn, context: ContextDep, caller: AtGate) -> Submission:
    """The submission; one with a URL only, with the page fetched from there."""
    request = own(body.request(), caller)
    if request.is_address:
        return await context.page_mode.fetched(request)
    return request


@router.post("", status_code=202, responses=READY | FETCHED)
async def submit(
    article: Annotated[Submission, Depends(_complete)],
    request: Request,
    response: Response,
    context: ContextDep,
) -> ArticleOut:
    """Submit an article to be read aloud: 202 while the recording is being made, 200 when it is ready.

    A new, long article is accepted before it has been read: its `key` is then null, and its sentences are not
    counted yet; all its URLs are valid.
    """
    receipt = await while_there(request, context.reception.accept(article))
    return await run_in_threadpool(taken, receipt, request, response, context)


@router.get("/{id}")
def show(record: Seen, request: Request, context: ContextDep) -> ArticleOut:
    """Return the status and progress of an article."""
    return _out(record.receipt, context.playback.state(record.key), request, context)


@router.delete("/{id}", status_code=204, response_description="The article is deleted.", responses=TAKEN_DOWN)
async def delete(
    record: Managed,
    context: ContextDep,
    caller: AtGate,
    *,
    recording: Annotated[bool, Query(description="Also delete its recordings.")] = False,
    force: Annotated[bool, Query(description="With `recording`: even if other articles share it.")] = False,
) -> None:
    """Delete an article. Its audio stays until it expires, since other articles may share it.

    `recording=true` immediately deletes its recordings, also those of earlier versions, with their marks,
    captions and chapters, wherever the service stores them.
    """
    if not recording:
        await to_thread.run_sync(
            context.article_service.delete, record.id, managed_by(caller), limiter=context.patient
        )
        return
    by = f"key {caller.key.id}" if caller.key else "a client without a key"
    down = partial(context.takedown.article, record, by, caller.site, force=force)
    await to_thread.run_sync(down, limiter=context.patient)


@router.post("/{id}/address")
def address(record: Managed, body: AddressIn, request: Request, context: ContextDep) -> AddressOut:
    """Sign temporary URLs of a private article that need no key: for a subscriber's player, for example."""
    expires = int(time.time()) + body.seconds
    query = addresses.signature(expires, context.signer.signature(record.id, record.site, expires))
    told = _addresses(record.receipt, ready=False, base=addresses.base(request, context), query=query)
    own_address = addresses.base(request, context) + addresses.article_path(record.id)
    return AddressOut(expires=datetime.fromtimestamp(expires, UTC), url=own_address + query, **told)


@router.get("/{id}/events", response_class=StreamingResponse, responses=PROGRESS)
def events(record: Seen, request: Request, context: ContextDep) -> StreamingResponse:
    """Stream server-sent events: ``progress`` on each change, until the recording is ready or has failed."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = _events(record, request, context)
    return StreamingResponse(stream, headers=headers, media_type=EVENTS_TYPE)


@router.get("/{id}/audio.mp3", response_class=StreamingResponse, responses=SOUND)
async def audio(
    entry: Heard,
    request: Request,
    context: ContextDep,
    *,
    download: Download = False,
    moment: Moment = 0.0,
) -> Response:
    """Return the recording: a redirect to its permanent URL, or the stream from its first sentence on.

    A private recording has no permanent URL, and a download has the article's own title: both are sent here.
    """
    if not entry.is_read and part_of(request) is None and not download and not moment:
        return await streamed(early_audio.heard(entry, context))
    if not entry.is_read:
        entry = await early_audio.settled(entry, context)
    if moment:
        await run_in_threadpool(context.playback.demand, entry.key)
        answer = await grow(entry.key, request, context, moment)
    else:
        answer = await _sound(entry, request, context, here=entry.private or download)
    return saved(answer, entry.article.title, entry.id, "mp3") if download else answer


async def _sound(entry: Entry, request: Request, context: AppContext, *, here: bool) -> Response:
    """The recording as far as it is made: from here, or a redirect to its permanent URL."""
    if here:
        caching = PRIVATELY if entry.private else "no-cache"
        kept = await cached_audio.found(
            context.reader, context.undamaged, entry.key, request.headers, request.method, caching
        )
        if kept:
            return kept
    await run_in_threadpool(context.playback.demand, entry.key)
    if not here and await context.reader.size(audio_name(entry.key)):
        path = addresses.audio_path(entry.key)
        return RedirectResponse(path, 307, {"Cache-Control": "no-store"})
    return await grow(entry.key, request, context)


@router.get("/{id}/marks.json", response_class=JSONResponse, responses=MARKS)
def marks(record: Seen, context: ContextDep, download: Download = False) -> Response:  # noqa: FBT002  # in the query
    """Return when each sentence is heard, and its position in this article's text."""
    answer = _kept_to_us(record, marks_of(context.playback.marks(record.key, record), lasting=False))
    return saved(answer, record.article.title, record.id, "json") if download else answer


@router.get("/{id}/captions.vtt", response_class=Response, responses=CAPTIONS)
def captions(record: Seen, context: ContextDep, download: Download = False) -> Response:  # noqa: FBT002  # in the query
    """Return the sentences as WebVTT captions."""
    answer = _kept_to_us(record, captions_of(context.playback.marks(record.key, record), lasting=False))
    return saved(answer, record.article.title, record.id, "vtt") if download else answer


def _kept_to_us(record: ArticleRecord, answer: _Answer) -> _Answer:
    """The answer; if the article is private, no cache on the way to the listener may store it."""
    if record.private:
        answer.headers["Cache-Control"] = PRIVATELY
    return answer


def taken(receipt: Receipt, request: Request, response: Response, context: AppContext) -> ArticleOut:
    """The answer to a request that an article be read aloud."""
    state = context.playback.state(receipt.key) if receipt.is_read else State(Status.QUEUED, 0, 0)
    out = _out(receipt, state, request, context)
    # A recording that was made during this request did not exist before it: clients count it as made.
    if out.status == "ready" and receipt.there:
        response.status_code = 200
    response.headers["Location"] = addresses.article_path(receipt.id)
    return out


def _out(receipt: Receipt, state: State, request: Request, context: AppContext) -> ArticleOut:
    base = addresses.base(request, context)
    ready = state.status is Status.READY
    failure = state.failure
    return ArticleOut(
        id=receipt.id,
        status=state.status.value,
        progress=Progress(sentences_done=state.done, sentences_total=state.total),
        waiting=context.places.ahead(receipt.key, receipt.voice) if state.status is Status.QUEUED else None,
        key=None if receipt.key.startswith(UNREAD) else receipt.key,
        voice=receipt.voice,
        speed=receipt.speed,
        title=receipt.title,
        duration_seconds=round(state.duration, 3) if state.duration is not None else None,
        **_addresses(receipt, ready=ready, base=base, query=addresses.signed_as(request, receipt)),
        error=Fault(code=failure.code, message=Message(ar=failure.ar, en=failure.en)) if failure else None,
    )


def _addresses(receipt: Receipt, *, ready: bool, base: str, query: str) -> dict[str, str]:
    """The URLs of an article's resources."""
    own = base + addresses.article_path(receipt.id)
    lasting = ready and not receipt.private
    return {
        "audio_url": base + addresses.audio_path(receipt.key) if lasting else f"{own}/audio.mp3{query}",
        "marks_url": f"{own}/marks.json{query}",
        "captions_url": f"{own}/captions.vtt{query}",
        "player_url": base + addresses.player_path(receipt.id) + query,
    }


async def _events(record: ArticleRecord, request: Request, context: AppContext) -> AsyncIterator[str]:
    told = None
    async for state in streaming.states(context.reader, record.key):
        out = await run_in_threadpool(_out, record.receipt, state, request, context)
        if out == told:
            continue
        told = out
        yield f"event: progress\ndata: {json.dumps(out.model_dump(), ensure_ascii=False)}\n\n"
