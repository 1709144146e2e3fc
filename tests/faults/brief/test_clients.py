"""Clients of all kinds: slow, silent, gone in the middle, or talking nonsense."""

from __future__ import annotations

import json
import random
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import psutil
import pytest

from service.model.recording import Checksum
from service.storage.codec import packed
from service.storage.integrity import SEAL
from tests.faults.house import House, articles

SLOW = 500
MUTATIONS = 1000


@pytest.fixture(scope="module")
def house(furnished_house) -> House:
    house = furnished_house()
    house.open("--workers", "1", ISTAMI_CLIENT_SECONDS="3")
    house.until(lambda: len(house.speaking()) == 1, 60, "working")
    return house


def connected(house: House, room: int | None = None) -> socket.socket:
    """A connection; with so little room for what is not read yet."""
    address = httpx.URL(house.web.base)
    raw = socket.socket()
    if room:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    raw.settimeout(10)
    raw.connect((address.host, address.port))
    return raw


def connections(house: House) -> int:
    """Open ones that the web process holds, of clients."""
    port, web = httpx.URL(house.web.base).port, psutil.Process(house.web.process.pid)
    return sum(
        each.status == "ESTABLISHED" and each.laddr.port == port for each in web.net_connections("tcp")
    )


def test_five_hundred_slow_ones_keep_nobody_from_being_served(house, whole, ledger) -> None:
    """Each begins a request and does not end it (slowloris); in the end they are shown out."""
    posted = articles("unhurried", 2, 4)
    expected = whole(posted)
    with ExitStack() as open_:
        slow = [open_.enter_context(connected(house)) for _ in range(SLOW)]
        for each in slow:
            each.sendall(b"GET /v1/articles/slow HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        house.until(lambda: connections(house) >= SLOW, 20, "connected")
        house.post(posted)
        lost = house.settle(posted, 60)
        wrong = house.wrong(posted, expected)
        house.until(lambda: connections(house) < SLOW // 10, 30, "shown out")
    ledger("slow client (slowloris)", SLOW, lost=lost, wrong=wrong)


def test_one_that_sends_its_article_for_ever_is_shown_out(house, ledger) -> None:
    with connected(house) as raw:
        raw.sendall(b"POST /v1/articles HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        raw.sendall(b"Content-Length: 9000\r\n\r\n{")
        answer = raw.recv(9000)
    assert b" 408 " in answer.splitlines()[0]
    ledger("client that never ends its request")


def test_one_that_stops_reading_costs_little_memory_and_is_closed(house, until, ledger) -> None:
    """An hour's recording, to twenty who take nothing of it."""
    audio = b"\xff" * 30_000_000
    key = "ab" * 32
    _kept(house, key, audio)
    process = psutil.Process(house.web.process.pid)
    with house.web.client as client:
        assert client.get(f"/audio/{key}.mp3").content == audio
    before, idle = process.memory_info().rss, connections(house)
    with ExitStack() as open_:
        for _ in range(20):
            raw = open_.enter_context(connected(house, room=4096))
            raw.sendall(f"GET /audio/{key}.mp3 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        until(lambda: connections(house) >= idle + 20, 10, "connected")
        time.sleep(1)
        assert process.memory_info().rss - before < 40_000_000
        until(lambda: connections(house) <= idle, 40, "closed")
    with house.web.client as client:
        assert client.get(f"/audio/{key}.mp3").content == audio
    ledger("client that stops reading", 20)


def _kept(house: House, key: str, audio: bytes) -> None:
    """A finished recording that was never spoken."""
    client = house.redis.client
    client.set(f"istami:{{{key}}}:audio", audio)
    client.set(f"istami:{{{key}}}:timings", b"there")
    client.set(f"istami:{{{key}}}:seal", packed(SEAL, Checksum(len(audio), zlib.crc32(audio)), 60).value)


def test_a_thousand_mutated_requests_are_answered_without_a_defect(house, ledger, until) -> None:
    """Bytes changed, lost, doubled or shuffled in requests that were right; each on its own connection."""
    lots = random.Random(11)  # noqa: S311
    posted = articles("steadfast", 1, 3)
    house.post(posted)
    assert house.settle(posted, 60) == 0
    rights = list(_requests(posted[0]))
    defects = []
    for _ in range(MUTATIONS):
        request = _mutated(lots.choice(rights), lots)
        status = _status(house, request)
        if status >= 500 and status != 503:
            defects.append((status, request))
    with house.web.client as client:
        assert client.get("/healthz").status_code == 200
        # A mutation may have been a new version of it, which is made in its turn.
        until(lambda: client.get("/v1/articles/steadfast-0").json()["status"] == "ready", 120, "ready")
    ledger("mutated request (fuzzer)", MUTATIONS, wrong=len(defects))


def _requests(article: dict[str, str]) -> Iterator[bytes]:
    body = json.dumps(article, ensure_ascii=False).encode()
    html = json.dumps({"html": f"<article><h1>عنوان</h1><p>{article['text']}</p></article>"}).encode()
    lines = b"\n".join([body, b'{"id": "b", "text": "\xd9\x86\xd8\xb5."}'])
    speech = json.dumps({"model": "istami", "input": "نص قصير.", "voice": "telling"}).encode()
    for path, sent, kind in (
        ("/v1/articles", body, "application/json"),
        ("/v1/articles", html, "application/json"),
        ("/v1/batches?id=fuzz", lines, "application/x-ndjson"),
        ("/v1/audio/speech", speech, "application/json"),
        ("/v1/pages", b'{"url": "https://news.example/1"}', "application/json"),
        ("/v1/explain", body, "application/json"),
    ):
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
        yield f"{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent
    key = "0" * 64
    for path in (
        *(
            "/",
            "/feed.xml?site=news.example",
            "/oembed?url=http://here/player/a",
            "/v1/voices",
            "/openapi.json",
        ),
        *(
            f"/v1/articles/{article['id']}{tail}"
            for tail in ("", "/audio.mp3", "/marks.json", "/captions.vtt")
        ),
        *(f"/audio/{key}{tail}" for tail in (".mp3", ".json", ".vtt", ".chapters.json")),
        *(
            "/v1/pages?url=https://news.example/1",
            "/v1/batches",
            "/v1/batches/fuzz/report.jsonl",
            "/embed.js",
        ),
    ):
        head = 'Host: localhost\r\nRange: bytes=0-99\r\nIf-None-Match: "a"'
        yield f"GET {path} HTTP/1.1\r\n{head}\r\n\r\n".encode()
    yield f"DELETE /v1/articles/{key} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def _mutated(request: bytes, lots: random.Random) -> bytes:
    made = bytearray(request)
    for _ in range(lots.randint(1, 4)):
        at = lots.randrange(len(made))
        end = min(len(made), at + lots.randint(1, 12))
        change = lots.randrange(6)
        if change == 0:
            made[at] = lots.randrange(256)
        elif change == 1:
            made[at] ^= 1 << lots.randrange(8)
        elif change == 2 and len(made) > 40:
            del made[at:end]
        elif change == 3:
            made[at:at] = made[at:end] * lots.randint(1, 50)
        elif change == 4:
            made[at:end] = lots.randbytes(end - at)
        else:
            made[at:at] = lots.choice(
                [b"\0", b"\r\n", b"%00", b"\xff", b"../", b"{", b'"', b"9" * 30, b"\xe2\x80\xae"]
            )
    return bytes(made)


def _status(house: House, request: bytes) -> int:
    """What was answered; 0 where the connection was closed, or more is waited for."""
    with connected(house) as raw:
        try:
            raw.sendall(request)
            raw.shutdown(socket.SHUT_WR)
            raw.settimeout(5)
            line = raw.recv(4096).split(b"\r\n", 1)[0].split()
        except OSError:
            return 0
    return int(line[1]) if len(line) > 1 and line[0].startswith(b"HTTP/") else 0
