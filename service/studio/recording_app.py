"""The web application of ``istami voices record``: a page, the session, and its takes.

One reader uses it, from one address that the command prints, with a key. Requests of other pages, to other
host names or without the key are refused before their bodies are read.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from service.model.errors import IstamiError, NotFound, TooLarge, Unwritable
from service.studio import consent, pages, takes
from service.studio.consent import BadConsent
from service.studio.session import NoConsent, Session
from service.studio.takes import BadTake
from voices.licence import today

_SECONDS = 60.0
"""Time limit for a request's body."""
_FORM_BYTES = 8192
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "media-src blob:; worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_STATUS: dict[type[Exception], HTTPStatus] = {
    BadConsent: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadTake: HTTPStatus.UNPROCESSABLE_ENTITY,
    NoConsent: HTTPStatus.CONFLICT,
    NotFound: HTTPStatus.NOT_FOUND,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Unwritable: HTTPStatus.INSUFFICIENT_STORAGE,
}
_FILES = {
    "/record.js": ("record.js", "text/javascript; charset=utf-8"),
    "/record-worklet.js": ("record-worklet.js", "text/javascript; charset=utf-8"),
}

Handler = Callable[[Request], Awaitable[Response]]


def application(session: Session, name: str, key: str, authorities: frozenset[str]) -> Starlette:
    """Build the application.

    Args:
        session: the reader's recordings.
        name: of the voice, shown on the page.
        key: which every request for the session must bear.
        authorities: values of ``Host`` (host and port) by which it may be reached.
    """
    studio = _Studio(session, name)
    guarded = partial(_guarded, key=key, authorities=authorities)
    routes = [
        Route("/", _public(studio.page, authorities)),
        Route("/style.css", _public(studio.style, authorities)),
        *(Route(path, _public(partial(studio.file, path=path), authorities)) for path in _FILES),
        Route("/session", guarded(studio.session)),
        Route("/consent", guarded(studio.sign), methods=["POST"]),
        Route("/takes/{id}", guarded(studio.take), methods=["PUT"]),
    ]
    return Starlette(routes=routes)


class _Studio:
    def __init__(self, session: Session, name: str) -> None:
        self._session = session
        self._name = name

    async def page(self, _: Request) -> Response:
        return Response(pages.read("record.html"), media_type="text/html")

    async def style(self, _: Request) -> Response:
        return Response(pages.style(), media_type="text/css")

    async def file(self, _: Request, path: str) -> Response:
        name, kind = _FILES[path]
        return Response(pages.read(name), headers={"Content-Type": kind})

    async def session(self, _: Request) -> Response:
        agreed = self._session.consent
        holds = agreed is not None and agreed.holds(today())
        prompts = [
            {"id": prompt.id, "written": prompt.written, "vowelled": prompt.vowelled}
            for prompt in self._session.prompts
        ]
        done = await run_in_threadpool(self._session.done)
        told = {
            "name": self._name,
            "consent": agreed.statement if agreed and holds else None,
            "statement": consent.STATEMENT,
            "prompts": prompts,
            "done": done,
        }
        return JSONResponse(told)

    async def sign(self, request: Request) -> Response:
        try:
            fields = json.loads(await _body(request, _FORM_BYTES))
        except ValueError as error:
            raise BadConsent("The form is not JSON.", "الاستمارة غير مقروءة.") from error
        if not isinstance(fields, dict):
            raise BadConsent("The form is not an object.", "الاستمارة غير مقروءة.")
        agreed = consent.signed(fields, datetime.now(UTC))
        await run_in_threadpool(self._session.sign, agreed)
        return JSONResponse({"consent": agreed.statement}, HTTPStatus.CREATED)

    async def take(self, request: Request) -> Response:
        content = await _body(request, takes.MOST_BYTES)
        measured = await run_in_threadpool(self._session.keep, request.path_params["id"], content)
        levels = {name: round(value, 1) for name, value in measured._asdict().items()}
        return JSONResponse(levels, HTTPStatus.CREATED)


def _public(handler: Handler, authorities: frozenset[str]) -> Handler:
    async def handle(request: Request) -> Response:
        refusal = _foreign(request, authorities)
        return _safe(refusal or await handler(request))

    return handle


def _guarded(handler: Handler, *, key: str, authorities: frozenset[str]) -> Handler:
    async def handle(request: Request) -> Response:
        refusal = _foreign(request, authorities) or _unknown(request, key)
        if refusal is None:
            try:
                return _safe(await handler(request))
            except IstamiError as error:
                status = _STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
                refusal = _told(status, error.en, error.ar, error.field)
            except TimeoutError:
                refusal = _told(HTTPStatus.REQUEST_TIMEOUT, "The take came too slowly.", "تأخّر وصول التسجيل.")
            except OSError as error:
                en = f"The recordings cannot be written: {error.strerror}."
                refusal = _told(HTTPStatus.INSUFFICIENT_STORAGE, en, "تعذّرت الكتابة في مجلّد التسجيلات.")
        refusal.headers["Connection"] = "close"  # the body may not have been read
        return _safe(refusal)

    return handle


def _foreign(request: Request, authorities: frozenset[str]) -> Response | None:
    """The refusal of a request from another page (CSRF), or to another name of this host (DNS rebinding)."""
    host = request.headers.get("host", "").lower()
    if host not in authorities:
        return _told(HTTPStatus.MISDIRECTED_REQUEST, "This address is not served.", "هذا العنوان غير مخدوم.")
    origin = request.headers.get("origin")
    own = origin is None or origin.lower() == f"{request.url.scheme}://{host}"
    if not own or request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return _told(HTTPStatus.FORBIDDEN, "Other pages may not ask.", "لا يُقبل طلب من صفحة أخرى.")
    return None


def _unknown(request: Request, key: str) -> Response | None:
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secrets.compare_digest(sent.encode(), key.encode()):
        return None
    return _told(
        HTTPStatus.UNAUTHORIZED,
        "Open the whole address that the command printed: it holds the key.",
        "افتح العنوان كاملًا كما طبعه الأمر، ففيه المفتاح.",
    )


async def _body(request: Request, most: int) -> bytes:
    """The body, up to a limit.

    Raises:
        TooLarge: it is larger, announced or not.
        TimeoutError: it did not arrive in time.
    """
    announced = request.headers.get("content-length", "0")
    body = bytearray()
    if announced.isdecimal() and int(announced) <= most:
        try:
            async with asyncio.timeout(_SECONDS):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most:
                        break
                else:
                    return bytes(body)
        except ClientDisconnect as error:
            raise TimeoutError from error
    raise TooLarge(f"More than {most} bytes.", f"المرسَل أكبر من {most} بايت.")


def _told(status: HTTPStatus, en: str, ar: str, field: str | None = None) -> Response:
    told: dict[str, Any] = {"en": en, "ar": ar, "field": field}
    return JSONResponse(told, status)


def _safe(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
