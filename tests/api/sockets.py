"""HTTP by hand, over real sockets: what libraries would mend or hide is seen as it comes."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Raw:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes
    """As sent, chunk sizes and all."""
    reset: bool
    """Whether the connection ended with a reset."""

    @property
    def chunked(self) -> bool:
        return "transfer-encoding" in self.headers

    @property
    def content(self) -> bytes:
        """The body without chunk sizes."""
        if not self.chunked:
            return self.body
        rest, content = self.body, b""
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            content, rest = content + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
        return content

    @property
    def whole(self) -> bool:
        """Whether the client knows that it has all."""
        if self.chunked:
            return self.body.endswith(b"0\r\n\r\n")
        if length := self.headers.get("content-length"):
            return len(self.body) == int(length)
        return not self.reset


def connect(base: str, seconds: float = 60) -> socket.socket:
    """A connection to a service."""
    address = urlsplit(base)
    return socket.create_connection((address.hostname, address.port), timeout=seconds)


def head(method: str, path: str, version: str = "1.1", **headers: str) -> bytes:
    """The beginning of a request; ``content_type`` stands for ``Content-Type``."""
    lines = [f"{method} {path} HTTP/{version}", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(connection: socket.socket) -> Raw:
    """What comes until the connection ends, interim answers left out."""
    received, reset = b"", False
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:
        reset = True
    while received.startswith(b"HTTP/1.1 100"):
        received = received.partition(b"\r\n\r\n")[2]
    top, _, body = received.partition(b"\r\n\r\n")
    line, *fields = top.decode("latin-1").split("\r\n")
    pairs = (field.partition(": ") for field in fields)
    status = int(line.split()[1]) if line else 0
    return Raw(status, {name.lower(): value for name, _, value in pairs}, body, reset)


def ask(base: str, method: str, path: str, version: str = "1.1", body: bytes = b"", **headers: str) -> Raw:
    """One request on a connection of its own."""
    if body:
        headers = {"Content_Type": "application/json", "Content_Length": str(len(body)), **headers}
    if version == "1.1":
        headers = {"Connection": "close", **headers}
    with connect(base) as connection:
        connection.sendall(head(method, path, version, **headers) + body)
        return answer(connection)
