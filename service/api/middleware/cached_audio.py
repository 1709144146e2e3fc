"""Answers requests for cached recordings before routing: nearly all requests are for these."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from cache.errors import StoreError
from cache.store import Reader
from service.api import addresses, downloads, problems
from service.api.middleware import observability
from service.api.middleware.conditional import matches
from service.api.middleware.ranges import ByteRange, parse
from service.metrics.instruments import LOOKUPS
from service.recordings import streaming
from service.recordings.streaming import Undamaged
from service.storage.keys import audio_name, plan_name

LASTING = "public, max-age=31536000, immutable"

ADDRESS = re.compile(r"/audio/([0-9a-f]{64})\.mp3")
TEMPLATE = "/audio/{key}.mp3"
HITS = LOOKUPS.labels("recording", "hit")
FAULT = "istami.fault"
"""In a scope: why the store did not answer an earlier middleware; it is not asked again."""


class Hits:
    """Answers GET and HEAD of recordings in the store; passes everything else to ``app``."""

    def __init__(self, app: ASGIApp, reader: Reader, undamaged: Undamaged) -> None:
        self._app = app
        self._reader = reader
        self._undamaged = undamaged

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        usual = scope["type"] == "http" and not downloads.asked(scope)
        address = ADDRESS.fullmatch(scope["path"]) if usual else None
        response = None
        if address and scope["method"] in {"GET", "HEAD"}:
            try:
                if fault := scope.get(FAULT):
                    raise fault
                asking, method = Headers(scope=scope), scope["method"]
                response = await found(self._reader, self._undamaged, address[1], asking, method)
            except StoreError as error:
                response = problems.of_store(error).response()
            else:
                if response:
                    scope[observability.TEMPLATE] = TEMPLATE
                    HITS.inc(scope["method"] == "GET")
        await (response or self._app)(scope, receive, send)


async def found(
    reader: Reader,
    undamaged: Undamaged,
    key: str,
    asking: Headers,
    method: str,
    caching: str = LASTING,
) -> Response | None:
    """A recording, or the requested range of it; ``None`` if it is not in the store.

    This costs one round trip to the store. A client that has the recording already gets 304 even if the
    store does not answer. Memory holds one chunk for each listener, however long the recording.

    Args:
        reader: of the store.
        undamaged: a damaged recording counts as missing.
        key: of the recording.
        asking: headers of the request.
        method: ``GET`` or ``HEAD``.
        caching: the answer's ``Cache-Control``.
    """
    tag = f'"{key}"'
    headers = {"ETag": tag, "Cache-Control": caching}
    # A client that has the recording gets 304 without a new one being made, unless it was taken down.
    if matches(asking.get("if-none-match"), tag, there=False) and await _lasts(reader, key):
        return Response(status_code=304, headers=headers)
    asked = parse(asking.get("range")) if asking.get("if-range", tag) == tag else None
    size, chunk = await _look(reader, undamaged.size(key), audio_name(key), *_beginning(asked, method))
    if not size or not await undamaged(key, size):
        return None
    if matches(asking.get("if-none-match"), tag, there=True):
        return Response(status_code=304, headers=headers)
    headers |= {"Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff"}
    if method == "HEAD":
        return Response(headers={**headers, "Content-Length": str(size)}, media_type=addresses.AUDIO_TYPE)
    status, part = 200, (0, size)
    if asked is not None:
        within = asked.within(size)
        if within is None:
            headers |= {"Content-Range": f"bytes */{size}", "Cache-Control": "no-store"}
            return Response(status_code=416, headers=headers)
        status, part = 206, within
        headers["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{size}"
    start, end = part
    if len(chunk) == end - start:
        return Response(chunk, status, headers, addresses.AUDIO_TYPE)
    headers["Content-Length"] = str(end - start)
    rest = streaming.finished(reader, key, start + len(chunk), end)
    return StreamingResponse(_continued(chunk, rest), status, headers, addresses.AUDIO_TYPE)


async def _lasts(reader: Reader, key: str) -> bool:
    """Whether a recording was not taken down, as far as is known."""
    try:
        return bool(await reader.size(plan_name(key)))
    except StoreError:
        return True


async def _look(reader: Reader, known: int, name: str, start: int, end: int) -> tuple[int, bytes]:
    """The result of ``Reader.look``; only a read if the size is known, since it never changes."""
    within = min(end, known)
    if start < within:
        chunk = await reader.read(name, start, within)
        if len(chunk) == within - start:
            return known, chunk
    return await reader.look(name, start, end)


def _beginning(asked: ByteRange | None, method: str) -> tuple[int, int]:
    """The first chunk of the requested range, as far as it is known before the length is."""
    if method == "HEAD" or (asked and asked.first is None):
        return 0, 0
    first = asked.first if asked and asked.first else 0
    if asked is None or asked.last is None:
        return first, first + streaming.CHUNK
    return first, min(first + streaming.RANGE, asked.last + 1)


async def _continued(begun: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield begun
    async for chunk in rest:
        yield chunk
