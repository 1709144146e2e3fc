"""Shutdown of a web server: connected clients still get their responses."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import cast

import uvicorn

from service.model.errors import ChildFailed

_LOOK_SECONDS = 0.05


class Server(uvicorn.Server):
    """Serves from one process. On shutdown it accepts the connections in the socket's queue.

    The system would reset them when the socket is closed. By then their requests may have been sent,
    and a proxy does not send a POST to another server.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, answer the requests received, and stop."""
        listeners = [each.dup() for each in sockets or []]
        for server in self.servers:
            server.close()
        await asyncio.sleep(0)  # lets the event loop register connections that it has accepted
        waiting = [each for listener in listeners for each in _taken(listener)]
        protocol = partial(
            cast("Callable[..., asyncio.Protocol]", self.config.http_protocol_class),
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        for each in waiting:
            with suppress(OSError):  # the client has left
                await asyncio.get_running_loop().connect_accepted_socket(protocol, each)
        await super().shutdown(sockets)


def serve(config: uvicorn.Config, sockets: list[socket.socket]) -> None:
    """Serve from this process.

    Raises:
        ChildFailed: it did not start.
    """
    server = Server(config)
    server.run(sockets)
    if not server.started:
        raise _not_started()


def await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    """Wait until a server in a thread serves.

    Raises:
        ChildFailed: it ended first.
    """
    while not server.started:
        thread.join(_LOOK_SECONDS)
        if not thread.is_alive():
            raise _not_started()


def _not_started() -> ChildFailed:
    return ChildFailed(
        "The web server did not start; see its log.",
        "لم يبدأ خادم الويب، وسببه في السجلّ.",
    )


def _taken(listener: socket.socket) -> Iterator[socket.socket]:
    """The connections in a socket's queue; the socket is closed after the last.

    The system resets one that arrives between the two. A filter that opens no more (SO_ATTACH_FILTER) is
    not for ordinary users.
    """
    with listener, suppress(BlockingIOError):
        listener.setblocking(False)
        while True:
            yield listener.accept()[0]
