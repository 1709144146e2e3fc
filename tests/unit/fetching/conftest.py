"""Servers that behave as some on the internet do."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

Answer = Callable[[], Iterable[bytes]]


@dataclass
class Site:
    """A server on loopback that answers each path with the bytes it is told to, a piece at a time."""

    address: str
    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Heads of the requests that came."""

    def at(self, path: str, *pieces: bytes) -> None:
        self.answers[path] = lambda: pieces

    def page(self, path: str, body: bytes, *headers: str, status: str = "200 OK") -> None:
        told = [f"Content-Length: {len(body)}", *(headers or ["Content-Type: text/html; charset=utf-8"])]
        head = "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *told]) + "\r\n\r\n"
        self.at(path, head.encode() + body)

    def moved(self, path: str, to: str, status: str = "302 Found") -> None:
        self.page(path, b"", f"Location: {to}", status=status)

    @property
    def paths(self) -> list[str]:
        return [head.split()[1] for head in self.asked]


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        site: Site = self.server.site
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        site.asked.append(head.decode("latin-1"))
        path = site.paths[-1]
        missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        with suppress(OSError):  # the client has seen enough
            for piece in site.answers.get(path, lambda: [missing])():
                self.wfile.write(piece)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    trust: ssl.SSLContext | None = None

    def get_request(self):
        sock, address = super().get_request()
        if self.trust:
            sock.settimeout(5)
            sock = self.trust.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return sock, address

    def handle_error(self, *_: object) -> None:
        """A client that leaves in the middle is what is tried here."""


@pytest.fixture
def serve() -> Iterator[Callable[..., Site]]:
    """Starts servers; they end with the test."""
    running: list[_Server] = []

    def serve(address: str = "127.0.0.1", port: int = 0, trust: ssl.SSLContext | None = None) -> Site:
        server = _Server((address, port), _Handler)
        server.trust = trust
        server.site = Site(address, server.server_address[1])
        running.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return server.site

    yield serve
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    """One server."""
    return serve()
