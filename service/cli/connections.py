"""Connections of clients that send nothing or take nothing: they are closed, and cost little until then."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


def close_stalled(listener: socket.socket, seconds: float) -> None:
    """Have the system close those connections that a socket takes whose client takes nothing for so long."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # on Linux
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(1000 * seconds))


class Patient(HttpToolsProtocol):
    """How HTTP is spoken with a client whose requests must come, up to their bodies, in time."""

    def __init__(self, seconds: float, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._seconds = seconds
        self._end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of a request, unless it is worked at by now."""
        super().data_received(data)
        # There is no cycle before the first request, whatever uvicorn declares.
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]
            self._wait()
        else:
            self._rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        super().connection_lost(exc)
        self._rest()

    def _wait(self) -> None:
        if self._end is None:
            self._end = self.loop.call_later(self._seconds, self.transport.abort)

    def _rest(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None
