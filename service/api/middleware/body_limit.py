"""Limits the size and duration of request bodies before any work on them."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api import problems
from service.api.openai import refusals
from service.api.problems import Problem


class BodyLimit:
    """Answers 413 to larger bodies, announced or not, and 408 to slow ones, before anything parses them.

    Args:
        app: the next application.
        most: bytes of a body.
        seconds: within which the whole body must arrive.
        streamed: path of the one route that reads its body piece by piece, within limits of its own.
    """

    def __init__(self, app: ASGIApp, most: int, seconds: float, streamed: str) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds
        self._streamed = streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"} or scope["path"] == self._streamed:
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        body = None
        if not announced.isdecimal() or int(announced) <= self._most:
            try:
                async with asyncio.timeout(self._seconds):
                    body = await self._read(receive)
            except TimeoutError:
                await refusals.early(scope, problems.of(HTTPException(408)))(scope, receive, send)
                return
        if body is None:
            await refusals.early(scope, self._refusal())(scope, receive, send)
            return
        whole: Message = {"type": "http.request", "body": body, "more_body": False}
        waiting = [whole]

        async def replay() -> Message:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, replay, send)

    async def _read(self, receive: Receive) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            if len(body) > self._most:
                return None
            if not message.get("more_body", False):
                return bytes(body)

    def _refusal(self) -> Problem:
        return Problem(
            413,
            "too_large",
            f"The request body is larger than {self._most} bytes.",
            f"متن الطلب أكبر من {self._most} بايت.",
            field="body",
        )
