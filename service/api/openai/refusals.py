"""Errors as OpenAI's clients expect them, so that each raises the exception it has for that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Scope

from cache.errors import StoreError
from service.api import problems
from service.api.openai.schemas import ErrorOut, RefusalOut
from service.api.problems import Problem
from service.model.errors import IstamiError

ADDRESSES = ("/v1/audio/", "/v1/models")
_FIELDS = {"text": "input"}
"""From names of our fields to OpenAI's."""


class OpenAIRoute(APIRoute):
    """A route with errors in OpenAI's form."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """FastAPI's handler, with errors in OpenAI's form."""
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await handle(request)
            except (IstamiError, StoreError, RequestValidationError, HTTPException) as error:
                return answered(problems.of(error))

        return handler


def refused(meaning: str) -> dict[str, Any]:
    """An error, as OpenAPI describes it."""
    schema = {"$ref": f"#/components/schemas/{RefusalOut.__name__}"}
    return {"description": meaning, "content": {"application/json": {"schema": schema}}}


def told(problem: Problem) -> RefusalOut:
    """The problem as the body of a response: OpenAI's fields, and the Arabic message."""
    ours = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return RefusalOut(
        error=ErrorOut(
            message=problem.en,
            message_ar=problem.ar,
            type="server_error" if ours else "invalid_request_error",
            param=_FIELDS.get(problem.field or "", problem.field),
            code=problem.code,
        )
    )


def early(connection: Scope, problem: Problem) -> JSONResponse:
    """The answer to a request that no route has handled yet, in the form of its route."""
    return answered(problem) if connection["path"].startswith(ADDRESSES) else problem.response()


def answered(problem: Problem) -> JSONResponse:
    """The problem as an answer."""
    # A field that cannot be accepted is 400 there, and 422 here.
    status = 400 if problem.status == HTTPStatus.UNPROCESSABLE_ENTITY else problem.status
    headers = problem.response().headers
    kept = {name: headers[name] for name in ("cache-control", "retry-after") if name in headers}
    return JSONResponse(told(problem).model_dump(), status, kept)
