"""A client of HTTP/1.0 that leaves before its answer begins is no fault of the service."""

from __future__ import annotations

import socket
import threading
from functools import partial

import pytest
import uvicorn

from service.cli import closing, connections


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_its_answer_comes_to_nothing(loop: str) -> None:
    ends: list[Exception | None] = []
    asked, answered = threading.Event(), threading.Event()

    async def late(_scope, receive, send) -> None:
        """An application that has its answer when its client has left."""
        asked.set()
        while (await receive())["type"] != "http.disconnect":
            pass
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"late"})
            ends.append(None)
        except Exception as error:  # noqa: BLE001  # whichever it is
            ends.append(error)
        answered.set()

    listener = socket.create_server(("127.0.0.1", 0))
    protocol = partial(connections.Patient, 10.0, 1000)
    config = uvicorn.Config(late, log_config=None, http=protocol, loop=loop, lifespan="off")
    server = closing.Server(config)
    serving = threading.Thread(target=server.run, args=([listener],))
    serving.start()
    with socket.create_connection(listener.getsockname()) as client:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert asked.wait(60)
    assert answered.wait(60)
    server.should_exit = True
    serving.join(60)
    assert ends == [None]
