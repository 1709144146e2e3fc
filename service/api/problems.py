"""The one table from exceptions to HTTP: problem details (RFC 9457), in Arabic and in English."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from asgi_correlation_id import correlation_id
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from cache.errors import StoreError, StoreFull, Unsaved
from service.api.schemas.wire import ProblemOut
from service.api.validation_messages import complaint
from service.model.errors import (
    Abandoned,
    Absent,
    BadArticle,
    BadLexicon,
    BadSites,
    BadUrl,
    BadWebhooks,
    Conflict,
    EngineError,
    Expired,
    FetchError,
    Forbidden,
    IstamiError,
    LicenceRefused,
    MissingPart,
    NotAllowed,
    NotFound,
    ReadingFailed,
    ReadingTimeout,
    TooLarge,
    TooMany,
    TooSlow,
    Unavailable,
    Unfit,
    UnknownModel,
    UnknownVoice,
    UnlawfulVoice,
    Unreachable,
    UnspokenLanguage,
    Unwritable,
    VoiceNotInstalled,
    VoiceRemoved,
    Withdrawn,
)

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
_HALF_READ = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as clients receive it."""

    status: int
    code: str
    en: str
    ar: str
    field: str | None = None
    retry_after: int | None = None
    """Seconds until the client should retry."""

    def response(self) -> JSONResponse:
        """The HTTP response; with ``Retry-After`` if the client should retry."""
        status = HTTPStatus(self.status)
        body: dict[str, Any] = {
            "type": f"urn:istami:problem:{self.code}",
            "title": status.phrase,
            "status": self.status,
            "detail": self.en,
            "code": self.code,
            "message": {"ar": self.ar, "en": self.en},
        }
        if request_id := correlation_id.get():
            body["request_id"] = request_id
        if self.field:
            body["field"] = self.field
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        if status in _HALF_READ:
            headers["Connection"] = "close"  # the rest of the body is not read
        if self.retry_after is not None or status is HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = str(self.retry_after or RETRY_SECONDS)
        return JSONResponse(body, self.status, headers, media_type=MEDIA_TYPE)


TABLE: Mapping[type[IstamiError], tuple[int, str]] = {
    BadArticle: (422, "bad_article"),
    BadLexicon: (500, "bad_lexicon"),
    BadSites: (500, "bad_sites"),
    BadWebhooks: (500, "bad_webhooks"),
    ReadingTimeout: (422, "reading_timeout"),
    ReadingFailed: (500, "reading_failed"),
    Abandoned: (408, "abandoned"),
    UnknownVoice: (422, "unknown_voice"),
    VoiceNotInstalled: (422, "voice_not_installed"),
    LicenceRefused: (422, "licence_not_accepted"),
    VoiceRemoved: (503, "voice_not_installed"),
    UnlawfulVoice: (422, "voice_not_commercial"),
    UnspokenLanguage: (422, "no_voice_for_language"),
    NotFound: (404, "not_found"),
    UnknownModel: (404, "model_not_found"),
    Expired: (403, "address_expired"),
    Conflict: (409, "conflict"),
    TooLarge: (413, "too_large"),
    EngineError: (500, "engine_failed"),
    Unwritable: (500, "unwritable"),
    MissingPart: (503, "part_missing"),
    Unavailable: (503, "unavailable"),
    FetchError: (502, "page_unreachable"),
    BadUrl: (422, "bad_url"),
    NotAllowed: (403, "not_allowed"),
    Forbidden: (403, "not_allowed"),
    Withdrawn: (410, "page_withdrawn"),
    Unreachable: (502, "page_unreachable"),
    Absent: (502, "page_unreachable"),
    Unfit: (422, "page_unfit"),
    TooSlow: (504, "page_timeout"),
    TooMany: (429, "too_many"),
}

_HTTP: Mapping[int, tuple[str, str, str]] = {
    400: ("bad_request", "The request cannot be read.", "تعذّرت قراءة الطلب."),
    404: ("not_found", "There is nothing at this address.", "لا يوجد شيء في هذا العنوان."),
    405: (
        "method_not_allowed",
        "This address does not support that method.",
        "هذا العنوان لا يقبل هذه الطريقة.",
    ),
    408: ("too_slow", "The request body was not received in time.", "تأخّر وصول متن الطلب."),
    413: ("too_large", "The request body is too large.", "الطلب أكبر من الحدّ المسموح."),
    415: (
        "unsupported_type",
        "The body must be JSON Lines, sent as application/x-ndjson or application/jsonl.",
        "يجب أن يكون متن الطلب JSON Lines، ونوعه application/x-ndjson أو application/jsonl.",
    ),
}


def described(meaning: str) -> dict[str, Any]:
    """A problem, as OpenAPI describes it."""
    schema = {"$ref": f"#/components/schemas/{ProblemOut.__name__}"}
    return {"description": meaning, "content": {MEDIA_TYPE: {"schema": schema}}}


def of_error(error: IstamiError) -> Problem:
    """The problem for one of our errors; a subclass has the problem of its base."""
    status, code = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), (500, "internal"))
    retry_after = error.retry_after if isinstance(error, TooMany) else None
    return Problem(status, code, error.en, error.ar, error.field, retry_after)


def of_store(error: StoreError) -> Problem:
    """The problem for a store that does not answer or is full."""
    if isinstance(error, StoreFull):
        return Problem(
            503, "store_full", "The store has no room for new audio.", "لا يتّسع المخزن لتسجيل جديد."
        )
    if isinstance(error, Unsaved):
        return Problem(
            503,
            "store_unsaved",
            "The store cannot write to disk. Free disk space, then retry.",
            "تعذّرت كتابة المخزن على القرص: أفسِح فيه مكانًا، ثم أعد المحاولة.",
        )
    return Problem(503, "store_unavailable", "The store does not answer.", "المخزن لا يستجيب الآن.")


def of_request(error: RequestValidationError) -> Problem:
    """The problem for a request that fails validation; the first one if there are several."""
    first = error.errors()[0]
    if first["loc"][0] == "path":  # no resource can have this address
        return Problem(404, *_HTTP[404])
    field, en, ar = complaint(first)
    if first["type"] == "json_invalid":
        return Problem(400, "bad_json", en, ar, field)
    return Problem(422, "bad_field", en, ar, field)


def of(error: Exception) -> Problem:
    """The problem for any error; for an unexpected one it reveals nothing to the client."""
    match error:
        case IstamiError():
            return of_error(error)
        case StoreError():
            return of_store(error)
        case RequestValidationError():
            return of_request(error)
        case HTTPException():
            said = _HTTP.get(error.status_code, ("http_error", str(error.detail), "تعذّر تنفيذ الطلب."))
            return Problem(error.status_code, *said)
    return Problem(500, "internal", "An internal error occurred.", "حدث خطأ داخلي.")


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error by this table; Starlette logs unexpected ones."""

    def answer(request: Request, error: Exception) -> JSONResponse:
        if isinstance(error, StoreError):
            log.warning("store: %s", error)
        response = of(error).response()
        response.headers.update(getattr(error, "headers", None) or {})
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = _allowed(request)
        return response

    for kind in (IstamiError, StoreError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer)


def _allowed(request: Request) -> str:
    """All methods that an address takes; the framework names only those of its first route."""

    def takes(method: str) -> bool:
        scope = {**request.scope, "method": method}
        return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)

    return ", ".join(filter(takes, _METHODS)).replace("GET", "GET, HEAD")
