"""For every request: its id, the time until its answer begins, and its trace span."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from typing import Any

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api import problems
from service.api.middleware import truncation
from service.metrics import tracing
from service.metrics.instruments import REQUESTS, REQUESTS_OPEN
from service.model.errors import Unavailable

log = logging.getLogger(__name__)

REQUEST_ID = "X-Request-ID"
TEMPLATE = "istami.template"
"""In a scope: the route's template, where a request is answered before routing."""

_WELL_FORMED = re.compile(r"[A-Za-z0-9._:+/=-]{8,128}")
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

# It warns of every id that it refuses, and any client could send those without end.
logging.getLogger("asgi_correlation_id").setLevel(logging.ERROR)


class Watched(FastAPI):
    """An application whose answers are all observed, including those to unexpected errors.

    Args:
        around: middleware outside even the watch, which itself records what the watch records.
        told: arguments of the framework.
    """

    def __init__(self, *, around: Callable[[ASGIApp], ASGIApp], **told: Any) -> None:
        self._around = around
        super().__init__(**told)

    def build_middleware_stack(self) -> ASGIApp:
        """The framework's stack, with the watch around it."""
        watch = Watch(super().build_middleware_stack())
        return self._around(CorrelationIdMiddleware(watch, REQUEST_ID, validator=well_formed))


def well_formed(request_id: str) -> bool:
    """Whether an id that a client sent may appear in logs and answers."""
    return _WELL_FORMED.fullmatch(request_id) is not None


class Watch:
    """Counts requests by the templates of their routes, never by their paths."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, answering = time.perf_counter(), False
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        with (
            REQUESTS_OPEN.track_inprogress(),
            tracing.span(method, "SERVER", Headers(scope=scope), http_request_method=method) as span,
        ):

            async def told(message: Message) -> None:
                nonlocal answering
                if message["type"] == "http.response.start":
                    answering = True
                    seconds, route = time.perf_counter() - begun, _template(scope)
                    REQUESTS.labels(method, route, str(message["status"])).observe(seconds)
                    log.debug("%s %s: %s in %.3f s", method, route, message["status"], seconds)
                    if span:
                        span.update_name(f"{method} {route}")
                        span.set_attributes(
                            {"http.route": route, "http.response.status_code": message["status"]}
                        )
                await send(message)

            try:
                await self._app(scope, receive, told)
            except (Exception, asyncio.CancelledError) as error:
                if (reason := truncation.reason(error)) is None:
                    raise
                if answering:
                    log.warning("%s %s was cut off: %s", method, _template(scope), reason)
                    truncation.mark()
                else:
                    await problems.of(_ending()).response()(scope, receive, told)


def _ending() -> Unavailable:
    return Unavailable("The service is restarting. Please retry.", "يُعاد تشغيل الخدمة: أعد المحاولة.")


def _template(scope: Scope) -> str:
    route: Any = scope.get("route")
    return str(scope.get(TEMPLATE) or getattr(route, "path", "none"))
