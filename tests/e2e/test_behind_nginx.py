"""The service behind Debian's nginx, with the configuration that we ship: only paths and ports are others."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from cache.redis_store import RedisStore

SHIPPED = Path(__file__).parents[2] / "deploy" / "nginx.conf"
RECORDING = {
    "id": "behind",
    "text": "\n".join(f"هذه الجملة {n} من خبر طويل عن سوق الزيتون." for n in range(30)),
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def service(start):
    return start("--workers", "1")


@pytest.fixture(scope="module")
def front(service, cache: Path) -> Iterator[httpx.Client]:
    """A client of the nginx in front of the service."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("no nginx; CI must have Debian's")
        pytest.skip("no nginx on this machine")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configuration = SHIPPED.read_text()
    for ours, here in {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "web:8000": service.base.removeprefix("http://"),
        "/run/nginx.pid": f"{cache}/pid",
        "/var/log/nginx": str(cache),
        "/var/cache/nginx": str(cache),
    }.items():
        assert ours in configuration
        configuration = configuration.replace(ours, here)
    (cache / "nginx.conf").write_text(configuration)
    rights = "user root;" if os.geteuid() == 0 else ""
    process = subprocess.Popen([program, "-c", f"{cache}/nginx.conf", "-g", f"daemon off; {rights}"])
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
        while True:
            assert process.poll() is None, (cache / "error.log").read_text()
            try:
                client.get("/healthz").raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield client
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="module")
def recording(front, until) -> str:
    """The lasting address of a recording."""
    return made(front, until, RECORDING)


def made(front: httpx.Client, until, article: dict[str, str]) -> str:
    path = f"/v1/articles/{article['id']}"
    front.post("/v1/articles", json=article).raise_for_status()
    until(lambda: front.get(path).json()["status"] == "ready", 60, "ready")
    return f"/audio/{front.get(path).json()['key']}.mp3"


@pytest.fixture(scope="module")
def whole(service, recording: str) -> bytes:
    """What the service itself sends."""
    with service.client as client:
        return client.get(recording).content


@pytest.mark.parametrize(
    "asked", ["0-9", "0-65535", "262000-262300", "100-", "-100", "0-99999999", "524288-600000"]
)
def test_ranges_are_the_services_own_bytes_first_fetched_then_kept(
    service, front, recording, whole, asked
) -> None:
    part = {"Range": f"bytes={asked}"}
    with service.client as client:
        own = client.get(recording, headers=part)
    for _ in range(2):
        answer = front.get(recording, headers=part)
        assert answer.status_code == 206
        assert answer.content == own.content
        for name in ("content-range", "content-length", "etag", "cache-control", "content-type"):
            assert answer.headers[name] == own.headers[name]
    assert answer.headers["x-cache-status"] == "HIT"
    assert len(whole) > 600_000, "the recording has several slices"


def test_the_second_listener_costs_the_service_nothing(front, until) -> None:
    address = made(front, until, {"id": "second", "text": "خبر يسمعه اثنان."})
    seen = [front.get(address).headers["x-cache-status"] for _ in range(3)]
    assert seen == ["MISS", "HIT", "HIT"]


def test_every_listener_is_told_an_id_of_their_own_not_that_of_whoever_came_first(front, recording) -> None:
    ids = [front.get(recording).headers["X-Request-ID"] for _ in range(2)]
    assert ids[0] != ids[1]
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)


def test_the_whole_is_the_whole(front, recording, whole) -> None:
    answer = front.get(recording)
    assert (answer.status_code, answer.content) == (200, whole)


def test_beyond_the_end_is_416(front, recording, whole) -> None:
    answer = front.get(recording, headers={"Range": f"bytes={len(whole) + 10**9}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(whole)}"


def test_head_tells_the_length(front, recording, whole) -> None:
    answer = front.head(recording)
    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(len(whole))
    assert answer.headers["accept-ranges"] == "bytes"


def test_whoever_has_it_is_told_so(front, recording) -> None:
    tag = front.head(recording).headers["etag"]
    answer = front.get(recording, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_pages_elsewhere_may_read_it_and_the_cache_is_theirs_too(front, recording) -> None:
    front.get(recording)
    answer = front.get(recording, headers={"Origin": "https://news.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Content-Range" in answer.headers["access-control-expose-headers"]
    assert answer.headers["x-cache-status"] == "HIT"


def test_what_was_never_recorded_is_nowhere(front) -> None:
    answer = front.get(f"/audio/{'0' * 64}.mp3")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_a_growing_recording_and_its_events_are_not_held_back(front) -> None:
    text = "\n".join(f"هذه الجملة {n} من خبر ينمو عن رجل يعد البذور في ليالي الشتاء." for n in range(150))
    front.post("/v1/articles", json={"id": "grows", "text": text}).raise_for_status()
    with front.stream("GET", "/v1/articles/grows/audio.mp3") as answer:
        assert next(answer.iter_raw()).startswith(b"ID3")
        with front.stream("GET", "/v1/articles/grows/events") as events:
            assert "progress" in next(events.iter_text())
        assert front.get("/v1/articles/grows").json()["status"] == "speaking"


def test_one_that_was_evicted_is_heard_while_it_is_made_again(service, front, until) -> None:
    text = "\n".join(f"هذه الجملة {n} من خبر أزيح عن البحر." for n in range(20))
    address = made(front, until, {"id": "evicted", "text": text})
    key = address[7:71]
    store = RedisStore(service.redis_url)
    before = store.get(f"istami:{{{key}}}:audio")
    store.delete(f"istami:{{{key}}}:audio")
    player = front.get(address, headers={"Range": "bytes=0-1"})
    assert (player.status_code, player.content) == (206, b"ID")
    assert len(front.get(address).content) == len(before)
    until(lambda: front.get(address, headers={"Range": "bytes=0-9"}).headers.get("etag"), 30, "finished")
    assert front.get(address).content == before


def test_a_purged_recording_is_gone_from_the_service_and_from_the_cache(service, front, cache, until) -> None:
    address = made(front, until, {"id": "purged", "text": "خبر يسحب من الأثير."})
    front.get(address)
    assert front.get(address).headers["x-cache-status"] == "HIT"
    command = [sys.executable, "-m", "service", "purge", "purged", "--nginx-cache", str(cache / "istami")]
    environment = {**os.environ, "REDIS_URL": service.redis_url}
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert b"1 slices" in done.stderr
    assert front.get("/v1/articles/purged").status_code == 404
    # nginx may hold the file open for ten seconds more (open_file_cache_valid).
    until(lambda: front.get(address).status_code == 404, 30, "gone")


def test_a_crowd_at_one_recording_costs_one_fetch_a_slice(front, until) -> None:
    address = made(front, until, {"id": "crowd", "text": "خبر عاجل يسمعه الجميع."})
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda _: front.get(address).headers["x-cache-status"], range(16)))
    assert statuses.count("MISS") == 1
    assert statuses.count("HIT") == 15
