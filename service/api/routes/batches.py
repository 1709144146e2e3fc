"""``/v1/batches``: accepts many articles as JSON Lines, and reports their progress."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from service.api import addresses
from service.api.access import AtGate, Caller
from service.api.article_access import own
from service.api.dependencies import AppContext, ContextDep
from service.api.schemas import batch_lines, batches
from service.api.schemas.articles import ArticleId
from service.api.schemas.batches import BatchDetailOut, BatchesOut, BatchOut, FailuresOut
from service.api.schemas.openapi_responses import BATCH, REPORT
from service.batches import Receiving, receive
from service.batches.batch import ENDED, Batch
from service.batches.batch_store import PAGE
from service.model.article import Priority, Submission
from service.model.errors import NotFound
from service.util.jsonl import Line

router = APIRouter(prefix=addresses.BATCHES, tags=["batches"])

Id = Annotated[ArticleId, Path(alias="id", description="The batch's id.", examples=["archive-2025"])]

_TYPES = frozenset(
    {"application/x-ndjson", "application/jsonl", "application/ndjson", "application/x-jsonlines"}
)
_PATIENCE_SECONDS = 30.0
"""The longest pause between two pieces of an upload; a batch's claim lasts longer."""
_LISTED = 100
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {
                "schema": {
                    "type": "string",
                    "description": "One `ArticleIn` per line.",
                }
            }
            for kind in sorted(_TYPES)
        },
    }
}


def _known(batch: Id, context: ContextDep, caller: AtGate) -> Batch:
    """A batch that the caller may see."""
    known = context.batches.get(batch)
    if known is None or caller.site not in {None, known.site}:
        raise NotFound(f"There is no batch “{batch}”.", f"لا توجد دفعة بالمعرّف «{batch}».")
    return known


Known = Annotated[Batch, Depends(_known)]


@router.post(
    "",
    status_code=202,
    responses=BATCH,
    openapi_extra=_BODY,
)
async def submit(
    request: Request,
    response: Response,
    context: ContextDep,
    caller: AtGate,
    batch: Annotated[
        ArticleId | None,
        Query(alias="id", description="The publisher's own id for the batch; generated if absent."),
    ] = None,
    webhook: Annotated[
        str | None,
        Query(
            max_length=2048,
            pattern=r"^https?://\S+$",
            description="An additional URL for its `batch.done` event, on the server of a webhook.",
        ),
    ] = None,
) -> BatchOut:
    """Submit many articles to be read aloud, as JSON Lines with the fields of `POST /v1/articles`.

    Lines that are not articles are counted and reported by number; they do not stop the others. The articles
    are spoken after all interactive work. A batch that is sent again under its `id` is not made twice.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _TYPES:
        raise HTTPException(415)
    name = batch or secrets.token_hex(12)
    context.event_publisher.check_batch(webhook, caller.site)
    read = partial(_read, caller)
    begun = await run_in_threadpool(
        receive, context.batches, name, context.batch_limits, read, caller.site, webhook
    )
    if isinstance(begun, Batch):
        response.status_code = 200
        known = begun
    else:
        async with _abandoned_unless_whole(begun):
            async for piece in _pieces(request):
                await run_in_threadpool(begun.feed, piece)
            known = await run_in_threadpool(begun.end)
    response.headers["Location"] = addresses.batch_path(name)
    return _out(known, request, context)


@router.get("")
def newest(request: Request, context: ContextDep, caller: AtGate) -> BatchesOut:
    """List the newest batches."""
    found = context.batches.newest(_LISTED, caller.site)
    return BatchesOut(batches=[_out(batch, request, context) for batch in found])


@router.get("/{id}")
def show(
    known: Known,
    request: Request,
    context: ContextDep,
    page: Annotated[
        int, Query(ge=0, le=1_000_000, description=f"Page of the failures, {PAGE} per page.")
    ] = 0,
) -> BatchDetailOut:
    """Return the progress of a batch, and its failures."""
    items = [batches.ended(line) for line in context.batches.faults(known.id, page)]
    more = (page + 1) * PAGE < known.faults
    failures = FailuresOut(items=items, next_page=page + 1 if more else None)
    return BatchDetailOut(**batches.batch(known, _url(known, request, context)), failures=failures)


@router.delete("/{id}", status_code=202)
def cancel(known: Known, request: Request, context: ContextDep) -> BatchOut:
    """Cancel a batch: articles that have not begun are dropped, others are finished; recordings stay."""
    if known.status not in ENDED:
        context.batches.cancel(known)
    return _out(known, request, context)


@router.get("/{id}/report.jsonl", response_class=StreamingResponse, responses=REPORT)
def report(known: Known, context: ContextDep) -> StreamingResponse:
    """Return the outcome of each line that has ended, in the order in which they ended."""
    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(_report(known, context), headers=headers, media_type=addresses.LINES_TYPE)


def _report(batch: Batch, context: AppContext) -> Iterator[str]:
    for page in range(-(-batch.reported // PAGE)):
        for line in context.batches.report(batch.id, page):
            yield batches.ended(line).model_dump_json() + "\n"


def _out(batch: Batch, request: Request, context: AppContext) -> BatchOut:
    return BatchOut(**batches.batch(batch, _url(batch, request, context)))


def _url(batch: Batch, request: Request, context: AppContext) -> str:
    return addresses.base(request, context) + addresses.batch_path(batch.id)


def _read(caller: Caller, line: Line, most: int) -> Submission:
    return replace(own(batch_lines.article(line, most).request(), caller), priority=Priority.BATCH)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it arrives; a client that pauses too long gets 408."""
    body = aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                yield await anext(body)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise HTTPException(408) from error


@asynccontextmanager
async def _abandoned_unless_whole(receiving: Receiving) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        # Also when the client has disconnected and this task is being cancelled.
        await asyncio.shield(run_in_threadpool(receiving.abandon))
        raise
