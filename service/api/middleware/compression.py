"""Compresses text with gzip for clients that accept it: marks of a long article shrink to a quarter.

Audio, pictures, events and all streams pass unchanged. No answer depends on a cookie, so its length reveals
nothing to a page of another site (BREACH).
"""

from __future__ import annotations

import gzip

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LEAST = 1000
"""Bytes; a shorter body fits one packet anyway."""
_LEVEL = 6
_LONG = 64 * 1024
"""Bytes; a longer body is compressed in a thread, for it takes milliseconds."""
_TEXTS = ("text/", "application/json", "application/xml", "application/javascript", "image/svg+xml")
_SUFFIXES = ("+json", "+xml")
_EVENTS = "text/event-stream"


def accepts_gzip(accepted: str | None) -> bool:
    """Whether to send gzip to a client with this ``Accept-Encoding`` (RFC 9110, section 12.5.3)."""
    weights: dict[str, float] = {}
    for each in (accepted or "").lower().split(","):
        coding, _, parameters = each.partition(";")
        weights[coding.strip()] = _weight(parameters)
    weight = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return weight > 0 and weight >= weights.get("identity", 0.0)


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value.partition(";")[0]), 0.0), 1.0)
    except ValueError:
        return 0.0


class Compression:
    """Compresses complete answers of text, and adds ``Vary: Accept-Encoding`` to all text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asking = Headers(scope=scope)
        held: list[Message] = []

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start" and _concerns(message, asking):
                held.append(message)  # until its body shows whether it is complete
                return
            if held:
                start = held.pop()
                await _shrink(start, message)
                await send(start)
            await send(message)

        await self._app(scope, receive, tell)


def _concerns(start: Message, asking: Headers) -> bool:
    """Whether an answer may be compressed. If only the client decides that, adds ``Vary`` to the answer."""
    headers = MutableHeaders(scope=start)
    if start["status"] == 304:  # noqa: PLR2004  # Not Modified
        _tell_unmodified(headers, asking)
        return False
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    text = kind.startswith(_TEXTS) or kind.endswith(_SUFFIXES)
    fixed = "content-encoding" in headers or "no-transform" in headers.get("cache-control", "")
    if not text or fixed or kind == _EVENTS or start["status"] == 206:  # noqa: PLR2004  # Partial Content
        return False
    _vary(headers)
    return accepts_gzip(asking.get("accept-encoding"))


def _vary(headers: MutableHeaders) -> None:
    if "accept-encoding" not in headers.get("vary", "").lower():
        headers.add_vary_header("Accept-Encoding")


def _tell_unmodified(headers: MutableHeaders, asking: Headers) -> None:
    """A 304 repeats the headers of the 200 (RFC 9110, section 15.4.5): the weak tag if the client sent it."""
    _vary(headers)
    weak = f"W/{headers.get('etag')}"
    if weak in [each.strip() for each in asking.get("if-none-match", "").split(",")]:
        headers["ETag"] = weak


async def _shrink(start: Message, body: Message) -> None:
    """Compress an answer in place, if its body is complete and long enough."""
    content = body.get("body", b"")
    if body.get("more_body", False) or len(content) < _LEAST:
        return
    packed = (
        await run_in_threadpool(gzip.compress, content, _LEVEL, mtime=0)
        if len(content) > _LONG
        else gzip.compress(content, _LEVEL, mtime=0)
    )
    headers = MutableHeaders(scope=start)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(packed))
    tag = headers.get("etag", "")
    if tag.startswith('"'):
        headers["ETag"] = f"W/{tag}"  # the same text in other bytes
    body["body"] = packed
