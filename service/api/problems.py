"""The one table from exceptions to HTTP: problem details (RFC 9457), in Arabic and in English."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from cache.errors import StoreError, StoreFull
from service.api.complaints import complaint
from service.errors import (
    BadArticle,
    BadLexicon,
    EngineError,
    IstamiError,
    MissingPart,
    NotFound,
    Unavailable,
    UnknownVoice,
)

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """What a client is told."""

    status: int
    code: str
    en: str
    ar: str
    field: str | None = None

    def response(self) -> JSONResponse:
        """As HTTP has it; whoever should come again is told when."""
        status = HTTPStatus(self.status)
        body: dict[str, Any] = {
            "type": f"urn:istami:problem:{self.code}",
            "title": status.phrase,
            "status": self.status,
            "detail": self.en,
            "code": self.code,
            "message": {"ar": self.ar, "en": self.en},
        }
        if self.field:
            body["field"] = self.field
        headers = {"Cache-Control": "no-store"}
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = str(RETRY_SECONDS)
        return JSONResponse(body, self.status, headers, media_type=MEDIA_TYPE)


TABLE: Mapping[type[IstamiError], tuple[int, str]] = {
    BadArticle: (422, "bad_article"),
    BadLexicon: (500, "bad_lexicon"),
    UnknownVoice: (422, "unknown_voice"),
    NotFound: (404, "not_found"),
    EngineError: (500, "engine_failed"),
    MissingPart: (503, "part_missing"),
    Unavailable: (503, "unavailable"),
}

_HTTP: Mapping[int, tuple[str, str, str]] = {
    400: ("bad_request", "The request cannot be read.", "تعذّرت قراءة الطلب."),
    404: ("not_found", "There is nothing at this address.", "لا يوجد شيء في هذا العنوان."),
    405: (
        "method_not_allowed",
        "This address does not take that method.",
        "هذا العنوان لا يقبل هذه الطريقة.",
    ),
    413: ("too_large", "The request body is too large.", "الطلب أكبر من الحدّ المسموح."),
}


def of_error(error: IstamiError) -> Problem:
    """The problem that one of our errors is; a subclass is what its base is."""
    status, code = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), (500, "internal"))
    return Problem(status, code, error.en, error.ar, error.field)


def of_store(error: StoreError) -> Problem:
    """The problem that a store without an answer or without room is."""
    if isinstance(error, StoreFull):
        return Problem(
            503, "store_full", "The store has no room for new audio.", "لا تتّسع الذاكرة لتسجيل جديد."
        )
    return Problem(503, "store_unavailable", "The store does not answer.", "المخزن لا يستجيب الآن.")


def install(app: FastAPI) -> None:
    """Have every error of ``app`` answered by this table."""

    @app.exception_handler(IstamiError)
    def ours(_request: Request, error: IstamiError) -> JSONResponse:
        return of_error(error).response()

    @app.exception_handler(StoreError)
    def store(_request: Request, error: StoreError) -> JSONResponse:
        log.warning("store: %s", error)
        return of_store(error).response()

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        if first["loc"][0] == "path":  # an address that nothing can ever stand at
            return Problem(404, *_HTTP[404]).response()
        field, en, ar = complaint(first)
        malformed = first["type"] == "json_invalid"
        code = "bad_json" if malformed else "bad_field"
        return Problem(400 if malformed else 422, code, en, ar, field).response()

    @app.exception_handler(HTTPException)
    def http(_request: Request, error: HTTPException) -> JSONResponse:
        code, en, ar = _HTTP.get(error.status_code, ("http_error", str(error.detail), "تعذّر تنفيذ الطلب."))
        response = Problem(error.status_code, code, en, ar).response()
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    def unforeseen(_request: Request, _error: Exception) -> JSONResponse:
        # Starlette logs the traceback; the client learns nothing of our insides.
        return Problem(500, "internal", "Something went wrong here.", "حدث خطأ داخلي.").response()
