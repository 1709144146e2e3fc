"""A server that ends answers everybody who is connected by then."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from functools import partial

import pytest
import uvicorn

from service.cli import closing, connections

CLIENTS, ENDS = 24, 5


async def slow(scope, _receive, send) -> None:
    """An application that holds the event loop up, so that connections wait."""
    assert scope["type"] == "http"
    time.sleep(0.05)  # noqa: ASYNC251  # on purpose
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


ASKING = """
import socket, sys, threading
from contextlib import suppress
port, clients, ends = int(sys.argv[1]), int(sys.argv[2]), []

def answered():
    'Whether a client that could connect was answered; None where it could not.'
    try:
        client = socket.create_connection(("127.0.0.1", port), timeout=60)
    except OSError:
        return None
    with client, suppress(OSError):
        client.sendall(b"POST / HTTP/1.1\\r\\nHost: here\\r\\nContent-Length: 1\\r\\n\\r\\nx")
        return client.recv(1000).startswith(b"HTTP/1.1 200")
    return False

def ask():
    while (end := answered()) is not None:
        ends.append(end)

asking = [threading.Thread(target=ask) for _ in range(clients)]
for each in asking: each.start()
for each in asking: each.join()
print(ends.count(True), ends.count(False))
"""
"""Clients that ask until they cannot connect any more: how many were answered, and how many were not.

They are a process of their own: here they would hold the interpreter while the server lets its socket go.
"""


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_who_could_connect_is_answered(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # On a crowded machine more than a second passes between a client's connecting and its asking.
    monkeypatch.setattr(connections, "_FAREWELL_SECONDS", 20.0)
    answered = left = 0
    for _ in range(ENDS):
        listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        protocol = partial(connections.Patient, 10.0, 1000)
        config = uvicorn.Config(slow, log_config=None, http=protocol, loop=loop, lifespan="off")
        server = closing.Server(config)
        serving = threading.Thread(target=server.run, args=([listener],))
        serving.start()
        command = [sys.executable, "-c", ASKING, str(listener.getsockname()[1]), str(CLIENTS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as asking:
            while not server.server_state.total_requests:
                time.sleep(0.01)
            time.sleep(0.5)
            server.should_exit = True
            serving.join(60)
            assert not serving.is_alive()
            told, _ = asking.communicate(timeout=60)
        answered, left = answered + int(told.split()[0]), left + int(told.split()[1])
    assert answered >= ENDS * CLIENTS // 2
    # The system resets who connects in the microseconds between the last look into the queue and the close.
    assert left <= 1


def test_a_client_that_says_nothing_does_not_hold_the_end_up() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    protocol = partial(connections.Patient, 300.0, 1000)
    config = uvicorn.Config(slow, log_config=None, http=protocol, lifespan="off")
    server = closing.Server(config)
    serving = threading.Thread(target=server.run, args=([listener],))
    serving.start()
    with socket.create_connection(listener.getsockname()) as silent:
        while not server.server_state.connections:
            time.sleep(0.01)
        server.should_exit = True
        serving.join(60)
        assert not serving.is_alive()
        assert silent.recv(1) == b""
