"""``/v1/articles``: in goes an article, out comes how far its recording is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from service import listening
from service.api import addresses, schemas
from service.api.answers import CAPTIONS, EVENTS_TYPE, FETCHED, MARKS, PROGRESS, SOUND
from service.api.audio import captions_of, grow, marks_of
from service.api.desk import AtDesk, Desk
from service.api.schemas import ArticleId, ArticleIn, ArticleOut
from service.names import audio_name
from service.types import ArticleRecord, State, Status
from service.types import Request as Submission

router = APIRouter(prefix="/v1/articles", tags=["articles"])

Id = Annotated[ArticleId, Path(alias="id", description="The article's id.", examples=["2026-11-23-rain"])]


READY: dict[int | str, dict[str, Any]] = {200: {"model": ArticleOut, "description": "Ready"}}
"""What a route that answers with ``taken`` may answer besides."""


async def _complete(body: ArticleIn, desk: AtDesk) -> Submission:
    """What was sent; an address alone with the page that is there."""
    request = body.request()
    if request.url and request.text is None and request.html is None:
        return await desk.page_mode.fetched(request)
    return request


@router.post("", status_code=202, responses=READY | FETCHED)
def submit(
    article: Annotated[Submission, Depends(_complete)], request: Request, response: Response, desk: AtDesk
) -> ArticleOut:
    """Have an article read aloud. 202 while it is being made, 200 when it is ready."""
    return taken(desk.narration.submit(article), request, response, desk)


@router.get("/{id}")
def show(article: Id, request: Request, desk: AtDesk) -> ArticleOut:
    """How far an article is."""
    record = desk.narration.article(article)
    return _out(record, desk.narration.state(record.key), request, desk)


@router.delete("/{id}", status_code=204, response_description="It is forgotten.")
def delete(article: Id, desk: AtDesk) -> None:
    """Forget an article. Its audio stays until it expires, since other articles may share it."""
    desk.narration.delete(article)


@router.get("/{id}/events", response_class=StreamingResponse, responses=PROGRESS)
def events(article: Id, request: Request, desk: AtDesk) -> StreamingResponse:
    """Server-sent events: ``progress`` whenever something changes, until it is ready or has failed."""
    record = desk.narration.article(article)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = _events(record, request, desk)
    return StreamingResponse(stream, headers=headers, media_type=EVENTS_TYPE)


@router.get("/{id}/audio.mp3", response_class=StreamingResponse, responses=SOUND)
@router.head("/{id}/audio.mp3", response_class=StreamingResponse, responses=SOUND)
async def audio(article: Id, request: Request, desk: AtDesk) -> Response:
    """The recording: a redirect to its lasting address, or the stream from its first sentence on."""
    record = await run_in_threadpool(desk.narration.article, article)
    await run_in_threadpool(desk.narration.demand, record.key)
    if await desk.reader.size(audio_name(record.key)):
        path = addresses.audio_path(record.key)
        return RedirectResponse(path, 307, {"Cache-Control": "no-store"})
    return await grow(record.key, request, desk)


@router.get("/{id}/marks.json", response_class=JSONResponse, responses=MARKS)
def marks(article: Id, desk: AtDesk) -> JSONResponse:
    """When each sentence sounds, and where it stands in this article's text."""
    record = desk.narration.article(article)
    return marks_of(desk.narration.marks(record.key, record), lasting=False)


@router.get("/{id}/captions.vtt", response_class=Response, responses=CAPTIONS)
def captions(article: Id, desk: AtDesk) -> Response:
    """The sentences as WebVTT captions."""
    record = desk.narration.article(article)
    return captions_of(desk.narration.marks(record.key, record), lasting=False)


def taken(record: ArticleRecord, request: Request, response: Response, desk: Desk) -> ArticleOut:
    """The answer to whoever asked for an article to be read aloud."""
    out = _out(record, desk.narration.state(record.key), request, desk)
    if out.status == "ready":
        response.status_code = 200
    response.headers["Location"] = addresses.article_path(record.id)
    return out


def _out(record: ArticleRecord, state: State, request: Request, desk: Desk) -> ArticleOut:
    base = addresses.base(request, desk)
    ready = state.status is Status.READY
    own = base + addresses.article_path(record.id)
    failure = state.failure
    return ArticleOut(
        id=record.id,
        status=state.status.value,
        progress=schemas.Progress(sentences_done=state.done, sentences_total=state.total),
        key=record.key,
        voice=record.voice,
        speed=record.speed,
        title=record.article.title,
        duration_seconds=round(state.duration, 3) if state.duration is not None else None,
        audio_url=base + addresses.audio_path(record.key) if ready else f"{own}/audio.mp3",
        marks_url=f"{own}/marks.json",
        captions_url=f"{own}/captions.vtt",
        player_url=base + addresses.player_path(record.id),
        error=schemas.Fault(code=failure.code, message=schemas.Message(ar=failure.ar, en=failure.en))
        if failure
        else None,
    )


async def _events(record: ArticleRecord, request: Request, desk: Desk) -> AsyncIterator[str]:
    async for state in listening.states(desk.reader, record.key):
        out = _out(record, state, request, desk)
        yield f"event: progress\ndata: {json.dumps(out.model_dump(), ensure_ascii=False)}\n\n"
