"""Connections of clients that send nothing or take nothing: they are closed, and cost little until then."""

from __future__ import annotations

import asyncio
import socket
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


def patient(seconds: float) -> type[HttpToolsProtocol]:
    """How HTTP is spoken with clients whose requests must have come, up to their bodies, in time."""
    return type("Patient", (_Patient,), {"seconds": seconds})


def close_stalled(listener: socket.socket, seconds: float) -> None:
    """Have the system close those connections that a socket takes whose client takes nothing for so long."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # on Linux
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(1000 * seconds))


class _Patient(HttpToolsProtocol):
    seconds: ClassVar[float]
    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # There is no cycle before the first request, whatever uvicorn declares.
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]
            self._wait()
        else:
            self._rest()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._rest()

    def _wait(self) -> None:
        if self._end is None:
            self._end = self.loop.call_later(self.seconds, self.transport.abort)

    def _rest(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None
