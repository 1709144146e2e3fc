"""Whoever is refused before the request has been read can read why, whatever client it is."""

from __future__ import annotations

import http.client
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import pytest

from cache.redis_store import RedisStore
from service.auth.api_keys import Keys, Scope
from tests.api import sockets

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Refused:
    """A request that is refused early."""

    path: str
    key: str = ""
    kind: str = "application/json"
    more: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        told = {"Content-Type": self.kind, **self.more}
        return told | ({"Authorization": f"Bearer {self.key}"} if self.key else {})


@pytest.fixture(scope="module")
def strict(start):
    """A service that asks for keys, counts nobody, and works at one thing at a time."""
    return start("--workers", "1", ISTAMI_OPEN="false", ISTAMI_RATE_MAKING="0", ISTAMI_MAKING_AT_ONCE="1")


@pytest.fixture(scope="module")
def counting(start):
    """A service that lets a key have one thing made in a minute."""
    return start("--workers", "1", ISTAMI_OPEN="false", ISTAMI_RATE_MAKING="1")


@pytest.fixture(scope="module")
def refusals(strict, counting) -> dict[int, tuple[str, Refused]]:
    """By status: the service's address, and what it refuses so."""
    keys = Keys(RedisStore(strict.redis_url))
    write, read = (keys.create("n", scope)[1] for scope in (Scope.WRITE, Scope.READ))
    counted = Keys(RedisStore(counting.redis_url)).create("c", Scope.WRITE, None)[1]
    return {
        401: (strict.base, Refused("/v1/articles")),
        403: (strict.base, Refused("/v1/articles", read)),
        413: (strict.base, Refused("/v1/articles", write)),
        415: (strict.base, Refused("/v1/batches", write, "text/csv")),
        429: (counting.base, Refused("/v1/articles", counted)),
        503: (strict.base, Refused("/v1/articles", write)),
    }


Client = Callable[[str, Refused, int], int]
"""Sends so many bytes: the status that it is told."""


def by_urllib(base: str, asked: Refused, size: int) -> int:
    request = urllib.request.Request(base + asked.path, b"x" * size, asked.headers, method="POST")  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError) as refused:
        opener.open(request, timeout=30)
    assert refused.value.read()
    return refused.value.code


def by_http_client(base: str, asked: Refused, size: int) -> int:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
    connection.request("POST", asked.path, b"x" * size, asked.headers)
    answer = connection.getresponse()
    assert answer.read()
    connection.close()
    return answer.status


def by_http_client_in_chunks(base: str, asked: Refused, size: int) -> int:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
    pieces = (b"x" * 50_000 for _ in range(size // 50_000))
    connection.request("POST", asked.path, pieces, asked.headers, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.read()
    connection.close()
    return answer.status


def by_httpx(base: str, asked: Refused, size: int) -> int:
    with httpx.Client(trust_env=False, timeout=30) as client:
        return client.post(base + asked.path, content=b"x" * size, headers=asked.headers).status_code


def by_httpx_twice(base: str, asked: Refused, size: int) -> int:
    """On one connection, which goes on to be used."""
    with httpx.Client(trust_env=False, timeout=30) as client:
        first = client.post(base + asked.path, content=b"x" * size, headers=asked.headers).status_code
        assert client.get(f"{base}/healthz").status_code == 200
        return first


def by_socket(base: str, asked: Refused, size: int) -> int:
    """Reads nothing before all is sent, and then to the end."""
    with sockets.connect(base, 30) as connection:
        told = {**asked.headers, "Content-Length": str(size), "Connection": "close"}
        connection.sendall(sockets.head("POST", asked.path, **told) + b"x" * size)
        answer = sockets.answer(connection)
    assert answer.whole
    assert not answer.reset
    return answer.status


def by_curl(base: str, asked: Refused, size: int) -> int:
    """Asks first, as curl does: who is refused sends nothing."""
    with sockets.connect(base, 30) as connection:
        told = {**asked.headers, "Content-Length": str(size), "Expect": "100-continue"}
        connection.sendall(sockets.head("POST", asked.path, **told))
        first = connection.recv(4096)
    return int(first.split()[1])


def by_impatient_curl(base: str, asked: Refused, size: int) -> int:
    """Asks, and sends all the same."""
    with sockets.connect(base, 30) as connection:
        told = {**asked.headers, "Content-Length": str(size), "Expect": "100-continue", "Connection": "close"}
        connection.sendall(sockets.head("POST", asked.path, **told))
        time.sleep(0.05)
        connection.sendall(b"x" * size)
        answer = sockets.answer(connection)
    assert answer.whole
    assert not answer.reset
    return answer.status


CLIENTS: dict[str, Client] = {
    name.removeprefix("by_"): client for name, client in globals().items() if name.startswith("by_")
}
STATUSES = (401, 403, 413, 415, 429, 503)


@pytest.fixture
def busy(strict, refusals) -> Iterator[None]:
    """Somebody is in the middle of sending a batch: the one thing that the service works at."""
    write = refusals[503][1].key
    with sockets.connect(strict.base) as connection:
        told = {"Content-Type": "application/jsonl", "Transfer-Encoding": "chunked"}
        connection.sendall(sockets.head("POST", "/v1/batches", Authorization=f"Bearer {write}", **told))
        connection.sendall(b"1\r\n\n\r\n")
        time.sleep(0.3)
        yield
    time.sleep(0.3)


@pytest.fixture
def exhausted(counting, refusals) -> None:
    """The key has had for this minute what it may have."""
    with counting.client as client:
        told = {"Authorization": f"Bearer {refusals[429][1].key}"}
        while client.post("/v1/articles", json={"text": "خبر وحيد."}, headers=told).status_code != 429:
            pass


@pytest.fixture
def refused(refusals, status, request) -> tuple[str, Refused]:
    """What is refused so now."""
    for name in {503: ["busy"], 429: ["exhausted"]}.get(status, ()):
        request.getfixturevalue(name)
    return refusals[status]


@pytest.mark.parametrize("status", STATUSES)
class TestEveryClient:
    @pytest.mark.parametrize("name", CLIENTS)
    def test_reads_why(self, refused, status, name) -> None:
        base, asked = refused
        for size in (4 * MEGABYTE, 8 * MEGABYTE):
            assert CLIENTS[name](base, asked, size) == status

    def test_each_time(self, refused, status) -> None:
        """25 of 25: a reset takes the answer away when it comes in time, so now and then."""
        base, asked = refused
        assert [by_urllib(base, asked, 4 * MEGABYTE) for _ in range(25)] == [status] * 25


def test_what_is_no_http_is_refused_so_that_it_can_be_read(strict) -> None:
    with sockets.connect(strict.base, 30) as connection:
        connection.sendall(
            b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n" + b"x" * MEGABYTE
        )
        answer = sockets.answer(connection)
    assert answer.status == 400
    assert answer.whole
    assert not answer.reset


@pytest.fixture(scope="module")
def narrow(start):
    """A service that waits for two seconds, and takes three megabytes at most."""
    settings = {"ISTAMI_MAX_BODY_BYTES": "1000000", "ISTAMI_MAX_BATCH_BYTES": "3000000"}
    return start("--workers", "1", ISTAMI_OPEN="false", ISTAMI_CLIENT_SECONDS="2", **settings)


def sent_until_cut_off(connection: socket.socket, piece: bytes, pause: float) -> int:
    """Sends the piece again and again: bytes until the connection is gone, 100 MB or a minute at most."""
    sent, begun = 0, time.monotonic()
    with suppress(ConnectionResetError, BrokenPipeError):
        while sent < 100 * MEGABYTE and time.monotonic() - begun < 60:
            connection.sendall(piece)
            sent += len(piece)
            time.sleep(pause)
    return sent


class TestBounds:
    @pytest.mark.parametrize("keeping", ["close", "keep-alive"])
    def test_who_sends_for_ever_is_cut_off(self, narrow, keeping) -> None:
        with sockets.connect(narrow.base, 20) as connection:
            told = {"Transfer-Encoding": "chunked", "Connection": keeping}
            connection.sendall(sockets.head("POST", "/v1/articles", **told))
            sent = sent_until_cut_off(connection, b"10000\r\n" + b"x" * 65_536 + b"\r\n", 0)
        assert sent < 60 * MEGABYTE  # what the service takes, and what lies in the system's buffers

    @pytest.mark.parametrize("keeping", ["close", "keep-alive"])
    def test_who_sends_a_drop_at_a_time_is_cut_off(self, narrow, keeping) -> None:
        with sockets.connect(narrow.base, 20) as connection:
            told = {"Content-Length": str(9 * MEGABYTE), "Connection": keeping}
            connection.sendall(sockets.head("POST", "/v1/articles", **told))
            begun = time.monotonic()
            sent_until_cut_off(connection, b"x", 0.1)
        assert 1 < time.monotonic() - begun < 20

    def test_who_only_waits_is_cut_off(self, narrow) -> None:
        with sockets.connect(narrow.base, 20) as connection:
            told = {"Content-Length": str(9 * MEGABYTE), "Connection": "close"}
            connection.sendall(sockets.head("POST", "/v1/articles", **told))
            assert sockets.answer(connection).status == 401
            # The service has said that nothing more comes; that it reads no more shows when we send.
            time.sleep(4)
            assert sent_until_cut_off(connection, b"x", 0.2) < 10

    def test_others_are_served_meanwhile(self, narrow) -> None:
        held = []
        for _ in range(50):
            connection = sockets.connect(narrow.base)
            told = {"Content-Length": str(9 * MEGABYTE), "Connection": "close"}
            connection.sendall(sockets.head("POST", "/v1/articles", **told))
            held.append(connection)
        with narrow.client as client:
            assert client.get("/healthz").status_code == 200
        for connection in held:
            connection.shutdown(socket.SHUT_RDWR)
            connection.close()
