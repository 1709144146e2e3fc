"""Pages for people: the home page, the player page, the embedded player and its oEmbed description."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote, urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from service import player
from service.api import addresses, article_access
from service.api.access import AtGate
from service.api.article_access import Seen
from service.api.dependencies import AppContext, ContextDep
from service.api.middleware.compression import accepts_gzip
from service.api.middleware.conditional import matches
from service.api.routes.articles import PRIVATELY
from service.api.schemas.articles import KnownId
from service.model.article import ArticleRecord, Submission
from service.model.document import RESERVED
from service.model.errors import NotFound
from service.player import Recorded

router = APIRouter(include_in_schema=False)

_DEMO = f"{RESERVED}demo"
_KNOWN_ID: TypeAdapter[str] = TypeAdapter(KnownId)


@router.get("/")
async def home(request: Request, context: ContextDep) -> HTMLResponse:
    """The home page: a demo article, and a form for one's own."""
    demo = Submission(id=_DEMO, html=player.demo_page(), listed=False, announced=False)
    receipt = await context.reception.take_in(demo)
    record = await run_in_threadpool(context.article_service.article, receipt.id)
    page = player.home(_recorded(record), base=addresses.base(request, context) + "/")
    return HTMLResponse(page, headers=_headers(player.HOME_POLICY))


@router.get("/player/{id}")
def player_page(record: Seen, request: Request, context: ContextDep) -> HTMLResponse:
    """One article and its player, alone on a page or in another site's frame."""
    base, query = addresses.base(request, context) + "/", addresses.signed_as(request, record)
    headers = _headers(player.player_policy(_frames(record, context)))
    if record.private:
        headers |= {"Cache-Control": PRIVATELY, "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(player.player_page(_recorded(record), base=base, query=query), headers=headers)


@router.get("/oembed")
def oembed(
    request: Request,
    context: ContextDep,
    caller: AtGate,
    url: Annotated[str, Query(max_length=2048)],
    maxwidth: Annotated[int | None, Query(ge=1)] = None,
    maxheight: Annotated[int | None, Query(ge=1)] = None,
) -> JSONResponse:
    """Describe a player page to WordPress and similar systems (oEmbed 1.0)."""
    try:
        before, _, article = unquote(urlsplit(url).path).rpartition("/player/")
    except ValueError as error:
        raise _no_player() from error
    if before.strip("/") and not context.public_url:
        raise _no_player()
    try:
        known = _KNOWN_ID.validate_python(article)
    except ValidationError as error:
        raise _no_player() from error
    record = article_access.article(known, caller, context)
    told = player.oembed(
        _recorded(record),
        base=addresses.base(request, context) + "/",
        max_width=maxwidth,
        max_height=maxheight,
    )
    return JSONResponse(told)


@router.get("/embed.js")
def embed(request: Request) -> Response:
    """The player, for publishers' pages."""
    return _file("embed.js", request)


@router.get("/embed-more.js")
def embed_more(request: Request) -> Response:
    """What the player loads when a reader first presses it."""
    return _file("embed-more.js", request)


@router.get("/assets/{name}")
def asset(name: str, request: Request) -> Response:
    """A file that our own pages use."""
    return _file(name, request)


def _file(name: str, request: Request) -> Response:
    file = player.assets().get(name)
    if file is None:
        raise NotFound(f"There is no file “{name}”.", f"لا يوجد ملف باسم «{name}».")
    headers = {
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
    }
    content, tag = file.content, file.etag
    if accepts_gzip(request.headers.get("accept-encoding")):
        content, tag = file.gzipped, f'{file.etag[:-1]}-gzip"'
    headers["ETag"] = tag
    if matches(request.headers.get("if-none-match"), tag, there=True):
        return Response(status_code=304, headers=headers)
    if content is file.gzipped:
        headers["Content-Encoding"] = "gzip"
    return Response(content, headers=headers, media_type=file.content_type)


def _frames(record: ArticleRecord, context: AppContext) -> list[str]:
    """Origins whose pages may frame an article's player: its site's, if that is known; else all."""
    site = context.sites.get(record.site)
    if site is None:
        return ["*"]
    hosts = [host for host in site.pages if ":" not in host]  # CSP knows no IPv6 address
    return ["'self'", *site.origins, *hosts]


def _no_player() -> NotFound:
    return NotFound("This is not a player page.", "هذا العنوان ليس صفحة مشغّل.", field="url")


def _recorded(record: ArticleRecord) -> Recorded:
    return Recorded(record.id, record.article)


def _headers(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-cache",
    }
