"""Range requests for cached recordings bypass the middleware: caches and players that seek send these most.

A request costs more on its way through the middleware than the store does. The answer is the one that
``cached_audio`` and the middleware around it give; a test compares the two.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from secrets import token_hex
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from cache.errors import StoreError
from cache.store import Reader
from service.api import addresses, downloads
from service.api.middleware.cached_audio import ADDRESS, FAULT, HITS, LASTING, TEMPLATE
from service.api.middleware.observability import REQUEST_ID, well_formed
from service.api.middleware.ranges import parse
from service.metrics import tracing
from service.metrics.instruments import REQUESTS, REQUESTS_OPEN
from service.recordings import streaming
from service.recordings.streaming import Undamaged
from service.storage.keys import audio_name

_MORE = frozenset({b"if-none-match", b"if-range", b"origin"})
"""Headers that only the middleware handles."""
_ID = REQUEST_ID.lower().encode()
_ANSWERED = REQUESTS.labels("GET", TEMPLATE, "206")
_ALIKE = [
    (b"content-type", addresses.AUDIO_TYPE.encode()),
    (b"cache-control", LASTING.encode()),
    (b"accept-ranges", b"bytes"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"Origin"),
]


class _Slice(NamedTuple):
    key: str
    size: int
    """Of the recording."""
    start: int
    end: int
    """Exclusive."""
    request_id: str


class Slices:
    """Answers plain requests for ranges; passes everything else to ``app``.

    Args:
        app: the next application.
        reader: of the store.
        undamaged: which recordings are known to be stored and complete.
        takes: whether a request may have this header ``Host``.
    """

    def __init__(
        self,
        app: ASGIApp,
        reader: Reader,
        undamaged: Undamaged,
        takes: Callable[[bytes], bool] = lambda _host: True,
    ) -> None:
        self._app = app
        self._reader = reader
        self._undamaged = undamaged
        self._takes = takes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        begun = time.perf_counter()
        wanted = self._wanted(scope)
        part = await self._part(wanted, scope) if wanted else b""
        if wanted is None or not part:
            await self._app(scope, receive, send)
            return
        with REQUESTS_OPEN.track_inprogress():
            HITS.inc()
            _ANSWERED.observe(time.perf_counter() - begun)
            await send({"type": "http.response.start", "status": 206, "headers": _headers(wanted)})
            await send({"type": "http.response.body", "body": part})

    def _wanted(self, scope: Scope) -> _Slice | None:
        """The requested slice of a known recording; ``None`` if anything is unusual."""
        if scope["type"] != "http" or scope["method"] != "GET" or tracing.wanted() or downloads.asked(scope):
            return None
        address = ADDRESS.fullmatch(scope["path"])
        size = self._undamaged.size(address[1]) if address else 0
        if address is None or not size:
            return None
        told: dict[bytes, bytes] = dict(scope["headers"])
        if not _MORE.isdisjoint(told) or b"range" not in told or not self._takes(told.get(b"host", b"")):
            return None
        asked = parse(told[b"range"].decode("latin-1"))
        within = asked.within(size) if asked and asked.first is not None else None
        if within is None or within[1] - within[0] > streaming.RANGE:
            return None
        request_id = told[_ID].decode("latin-1") if _ID in told else ""
        return _Slice(address[1], size, *within, request_id if well_formed(request_id) else token_hex(16))

    async def _part(self, wanted: _Slice, scope: Scope) -> bytes:
        """Its bytes; empty if they are missing, or if the store does not answer (noted in the scope)."""
        try:
            part = await self._reader.read(audio_name(wanted.key), wanted.start, wanted.end)
        except StoreError as fault:
            scope[FAULT] = fault
            return b""
        return part if len(part) == wanted.end - wanted.start else b""


def _headers(of: _Slice) -> list[tuple[bytes, bytes]]:
    return [
        *_ALIKE,
        (b"etag", f'"{of.key}"'.encode()),
        (b"content-range", f"bytes {of.start}-{of.end - 1}/{of.size}".encode()),
        (b"content-length", str(of.end - of.start).encode()),
        (_ID, of.request_id.encode()),
    ]
