"""The API's description (OpenAPI), with the errors that each kind of route returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.api import access
from service.api.access import Work
from service.api.openai.refusals import refused
from service.api.openai.schemas import RefusalOut
from service.api.problems import described
from service.api.schemas.marks import ChaptersOut
from service.api.schemas.wire import ProblemOut
from service.auth.api_keys import Scope

_INTRODUCTION = (
    "Errors are problem details (RFC 9457) with a message in Arabic and in English; OpenAI-compatible "
    "endpoints return OpenAI's error format. Every endpoint that accepts GET accepts HEAD. Times are in "
    "seconds; positions in a text are in code points. Each endpoint states whether it requires a key; a "
    "service on 127.0.0.1 requires none until the first key is created."
)
_SCHEME = "key"
_SCHEMES = {
    _SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key from `istami keys create`: `Authorization: Bearer istami_…`.",
    }
}
_MEANING: Mapping[int, str] = {
    400: "The body is not valid JSON.",
    401: "The API key is missing or invalid.",
    403: "The key's scope is insufficient, or a page of another site sent the request.",
    404: "The resource does not exist.",
    413: "The body is too large.",
    421: "The `Host` header is not a name of this service; checked only while no key is required.",
    422: "A field is invalid (`field` names it), or the text cannot be read aloud.",
    408: "The body was not received in time.",
    429: "Too many requests per minute; retry after `Retry-After` seconds.",
    500: "Internal error, or the synthesis failed.",
    503: "Temporarily unavailable; retry after `Retry-After` seconds.",
}
_OPENAI_MEANING = {**_MEANING, 400: _MEANING[422].replace("`field`", "`param`")}

_EARLY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
"""Errors while the body is received, in the same form for all routes."""
_LATER = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}

_Json = dict[str, Any]


def describe(app: FastAPI) -> None:
    """Make ``app`` return this description."""

    def openapi() -> _Json:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(
                get_openapi(
                    title=app.title,
                    version=app.version,
                    summary=app.summary,
                    description=_INTRODUCTION,
                    routes=app.routes,
                    webhooks=app.webhooks.routes,
                )
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def _completed(api: _Json) -> _Json:
    for path, method, operation in _operations(api):
        operation["operationId"] = _name(method, path)
        line = f"{method.upper()} {path}"
        scope = access.TABLE.get(line, Scope.ADMIN)
        if scope is not access.PUBLIC:
            operation["security"] = [{_SCHEME: []}]
            operation["description"] += f"\n\nRequires a key with the scope `{scope.label}`."
        limited = {429} if access.work(line) is not Work.NONE else set()
        for status, answer in _errors(method, path, operation, limited):
            operation["responses"].setdefault(str(status), answer)
    api["components"]["securitySchemes"] = _SCHEMES
    for told in api["webhooks"].values():
        told["post"]["responses"].pop("422")  # an answer of FastAPI; receivers do not use FastAPI
    schemas = api["components"]["schemas"]
    for ours in (ProblemOut, RefusalOut, ChaptersOut):
        schema = ours.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {}) | {ours.__name__: schema}
    for theirs in ("HTTPValidationError", "ValidationError"):
        schemas.pop(theirs, None)
    return api


def _operations(api: _Json) -> Iterator[tuple[str, str, _Json]]:
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _name(method: str, path: str) -> str:
    """A name that generators of clients can use, such as ``get_v1_articles_id_marks_json``."""
    words = "".join(letter if letter.isalnum() else " " for letter in path).split()
    return "_".join((method, *words))


def _errors(method: str, path: str, operation: _Json, also: set[int]) -> Iterator[tuple[int, _Json]]:
    """The errors that a route of this kind returns."""
    openai = "openai" in operation.get("tags", ())
    # FastAPI declares the answer that it would give itself.
    if "HTTPValidationError" in str(operation["responses"].get("422")):
        del operation["responses"]["422"]
    statuses = {401, 421, 500, 503} | also
    if "security" in operation or method not in {"get", "head"}:
        statuses |= {403}
    if "requestBody" in operation:
        statuses |= {400, 408, 413, 422}
    if any(parameter["in"] in {"query", "header"} for parameter in operation.get("parameters", ())):
        statuses |= {422}
    if "{" in path:
        statuses |= {404}
    if openai:
        statuses -= {422}
    for status in sorted(statuses):
        early = status in _EARLY
        yield status, _answer(status, openai=openai and not early)


def _answer(status: int, *, openai: bool) -> _Json:
    answer = refused(_OPENAI_MEANING[status]) if openai else described(_MEANING[status])
    if status == HTTPStatus.UNAUTHORIZED:
        answer["headers"] = {
            "WWW-Authenticate": {"description": "`Bearer`.", "schema": {"type": "string"}},
        }
    if status in _LATER:
        schema = {"type": "integer", "minimum": 0}
        answer["headers"] = {"Retry-After": {"description": "Seconds until a retry.", "schema": schema}}
    return answer
