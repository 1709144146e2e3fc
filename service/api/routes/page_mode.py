"""``/v1/pages``: a script on a publisher's page requests that the page be read aloud."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from service.api import article_access, clients
from service.api.access import AtGate
from service.api.dependencies import ContextDep
from service.api.problems import described
from service.api.routes.articles import READY, taken
from service.api.schemas.articles import ArticleOut, PageIn
from service.api.schemas.openapi_responses import FETCHED, NOT_ALLOWED

router = APIRouter(prefix="/v1/pages", tags=["pages"])


@router.post("", status_code=202, responses=READY | FETCHED)
async def take(
    body: PageIn,
    request: Request,
    response: Response,
    context: ContextDep,
    origin: Annotated[str | None, Header(description="Set by browsers; one of the site's origins.")] = None,
) -> ArticleOut:
    """Submit the page that a reader is viewing. It is fetched unless a fresh copy is known."""
    reader = clients.address(request.scope)
    record = await context.page_mode.article(body.url, origin, reader)
    return await run_in_threadpool(taken, record.receipt, request, response, context)


@router.get("", responses=NOT_ALLOWED | {404: described("The page is unknown.")})
def show(
    url: Annotated[
        str, Query(max_length=2048, description="The page's URL.", examples=["https://news.example/rain"])
    ],
    request: Request,
    response: Response,
    context: ContextDep,
    caller: AtGate,
) -> ArticleOut:
    """Return the status and progress of a known page; nothing is fetched."""
    known = article_access.article(context.page_mode.known(url).id, caller, context)
    out = taken(known.receipt, request, response, context)
    response.status_code = 200
    return out
