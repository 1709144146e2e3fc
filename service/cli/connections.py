"""Connections of real clients: slow, old, or still sending a request that was refused."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

_RESET, _PLAIN = struct.pack("ii", 1, 0), struct.pack("ii", 0, 0)
"""Values of SO_LINGER: a socket that is closed sends a reset, or what it has and an end."""
_FAREWELL_SECONDS = 1.0
"""How long a request may be in transit to a server that is shutting down."""


def close_stalled(listener: socket.socket, seconds: float) -> None:
    """Make the system close a socket's accepted connections whose client receives nothing for this time."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # on Linux
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(1000 * seconds))


class Patient(HttpToolsProtocol):
    """Speaks HTTP with one client.

    A request must arrive, up to its body, in time. The rest of a request that has been answered is read and
    discarded, within the same time: if the connection were closed immediately, the system would send a
    reset, and the client would lose the response.

    Args:
        seconds: for a request, up to its body; and for what comes after its answer.
        most: bytes that may come after the answer to their request.
        uvicorns: passed on to uvicorn's protocol.
    """

    def __init__(self, seconds: float, most: int, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._seconds = seconds
        self._most = most
        self._end: asyncio.TimerHandle | None = None
        self._unread = False
        """Whether more of the current request is expected."""
        self._thrown_away = 0
        """Bytes of it that came after its answer."""
        self._last = False
        """Whether no other request may follow the current or next one."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(cast("asyncio.Transport", _Unhurried(transport, self)))
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of a request, unless it is being processed already."""
        if self._unread and self._idle:
            self._thrown_away += len(data)
            if self._thrown_away > self._most:
                self.transport.abort()
                return
        if self.parser is not None:
            super().data_received(data)
        if self._idle:
            self._wait()
        else:
            self._rest()

    def on_headers_complete(self) -> None:
        """Begin with a request; HTTP/1.0 knows no interim answers (RFC 9110, section 10.1.1)."""
        if self.transport.is_closing():
            return
        self._unread, self._thrown_away = True, 0
        super().on_headers_complete()
        if self.scope["http_version"] == "1.0":
            self.cycle.waiting_for_100_continue = False

    def on_message_complete(self) -> None:
        """A request is complete; a connection that only waited for that is closed."""
        self._unread = False
        if self.transport.is_closing():
            self.transport.close()
        else:
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse invalid HTTP; the end of such a request is unknown."""
        self._unread, self.parser = True, None  # type: ignore[assignment]  # as uvicorn leaves it at the end
        if not self._idle:
            self.cycle.disconnected = True  # the handler of the request has no client to answer
            self.cycle.message_event.set()
        super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._unread = False
        super().connection_lost(exc)
        self._rest()

    def shutdown(self) -> None:
        """Shut down: answer the current request, or the one in transit, and close.

        If an idle connection were closed immediately, a client that has just sent a request would
        lose it, and a proxy may not send it to another server.
        """
        self._last = True
        if self._idle:
            self.loop.call_later(_FAREWELL_SECONDS, self._close_if_idle)
        else:
            super().shutdown()

    def _close_if_idle(self) -> None:
        if self._idle:
            self.transport.close()

    def linger(self) -> bool:
        """Whether the client is still sending, so that the connection must be read on before it is closed."""
        if self._unread:
            self.flow.resume_reading()
            self._wait()
        return self._unread

    @property
    def _idle(self) -> bool:
        """Whether no request is being processed."""
        # There is no cycle before the first request, whatever uvicorn declares.
        return self.cycle is None or self.cycle.response_complete or self.cycle.disconnected  # type: ignore[redundant-expr]

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.keep_alive &= not self._last
        # uvicorn spells ASGI's types out; they are Starlette's.
        old = cycle.scope["http_version"] == "1.0"
        app = _without_chunks(app, cycle) if old else app
        super()._start_asgi_task(cycle, app)

    def _wait(self) -> None:
        if self._end is None:
            self._end = self.loop.call_later(self._seconds, self.transport.abort)

    def _rest(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None


class _Unhurried:
    """A transport that closes once its client has sent what it was sending; ``Patient`` sets the limits."""

    def __init__(self, transport: asyncio.Transport, protocol: Patient) -> None:
        self._transport = transport
        self._protocol = protocol
        self._closing = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Whether the response just sent is the last."""
        return self._closing or self._transport.is_closing()

    def close(self) -> None:
        """Signal the end of the response, and close when the client has stopped sending."""
        if self._transport.is_closing() or not self._protocol.linger():
            self._transport.close()
        elif not self._closing and self._transport.can_write_eof():
            self._transport.write_eof()
        self._closing = True


def _without_chunks(app: ASGIApp, cycle: RequestResponseCycle) -> ASGIApp:
    """Respond to a client without chunked encoding: a body of unknown length ends with the connection.

    An aborted body ends with a reset, since a normal close would mark it as complete (RFC 9112, section 8).
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        endless = False

        async def tell(message: Message) -> None:
            nonlocal endless
            if message["type"] == "http.response.start":
                names = {name.lower() for name, _ in message.get("headers", ())}
                endless = b"content-length" not in names
                if endless:
                    cycle.chunked_encoding = False
                    _end_with(_RESET, cycle)
            elif endless:
                cycle.expected_content_length = len(message.get("body", b""))
                if not message.get("more_body", False):
                    _end_with(_PLAIN, cycle)
            await send(message)

        await app(scope, receive, tell)

    return answer


def _end_with(end: bytes, cycle: RequestResponseCycle) -> None:
    """Set how a connection closes; if the client has left, its socket may already be another connection's."""
    if not cycle.disconnected:
        connection: socket.socket = cycle.transport.get_extra_info("socket")
        with suppress(OSError, ValueError):  # it was closed in this moment: asyncio's error, and uvloop's
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, end)
