"""The service behind Debian's nginx, with the configuration that we ship: two ports alone are others."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from cache.redis_store import RedisStore

SHIPPED = Path(__file__).parents[2] / "deploy" / "nginx.conf"
MANUAL = Path(__file__).parents[2] / "docs" / "deploy.md"
RECORDING = {
    "id": "behind",
    "text": "\n".join(f"هذه الجملة {n} من خبر طويل عن سوق الزيتون." for n in range(30)),
}
FOLDERS = {"run": "/run", "log": "/var/log/nginx", "lib": "/var/lib/nginx", "cache": "/var/cache"}
"""What nginx writes to: folders of our own lie over them, empty as Debian's package leaves them."""


@dataclass
class Front:
    """An nginx of Debian with the file that we ship."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def client(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=180, trust_env=False)

    @property
    def log(self) -> str:
        return (self.folder / "log" / "error.log").read_text()


def configured(file: Path, port: int, upstream: str) -> None:
    """Write the file as docs/deploy.md has it written; the two ports alone are others."""
    [line] = re.findall(
        r"^(sed .*) deploy/nginx\.conf > /etc/nginx/nginx\.conf$", MANUAL.read_text(), re.MULTILINE
    )
    assert "127.0.0.1:8000" in line
    words = [*shlex.split(line.replace("127.0.0.1:8000", upstream)), str(SHIPPED)]
    text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert text.count("listen 80;") == 1
    file.write_text(text.replace("listen 80;", f"listen 127.0.0.1:{port};"))


@pytest.fixture(scope="module")
def begin(tmp_path_factory: pytest.TempPathFactory, program) -> Iterator[Callable[[str], Front]]:
    """Starts an nginx in front of an address, in mounts of its own; for ordinary users in a namespace."""
    nginx, unshare, begun = program("nginx"), program("unshare"), []

    def begin(upstream: str) -> Front:
        folder = tmp_path_factory.mktemp("nginx")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        configured(folder / "nginx.conf", port, upstream)
        lines = ["set -e"]
        for name, place in FOLDERS.items():
            (folder / name).mkdir(mode=0o755)
            lines.append(f"mount --bind {shlex.quote(str(folder / name))} {place}")
        lines.append(f"mount --bind {shlex.quote(str(folder / 'nginx.conf'))} /etc/nginx/nginx.conf")
        root = os.geteuid() == 0
        # The file's `user` is for a master that runs as root; an ordinary user's runs as that user.
        lines.append(f"exec {'' if root else f'{unshare} --user --map-user=1 '}{nginx} -g 'daemon off;'")
        words = [unshare, "--mount"] if root else [unshare, "--user", "--map-root-user", "--mount"]
        with (folder / "said").open("w") as said:
            process = subprocess.Popen([*words, "/bin/sh", "-c", "\n".join(lines)], stderr=said)
        begun.append(Front(port, process, folder))
        while True:
            assert process.poll() is None, (folder / "said").read_text()
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                return begun[-1]
            time.sleep(0.05)

    yield begin
    for each in begun:
        each.process.terminate()
    for each in begun:
        each.process.wait(300)


@pytest.fixture(scope="module")
def service(start, program):
    program("nginx")  # before anything is started for it
    # Whoever comes through nginx is nobody of this machine: without a key only an open service serves them.
    return start("--workers", "1", ISTAMI_OPEN="true")


@pytest.fixture(scope="module")
def nginx(begin, service) -> Front:
    """The nginx in front of the service."""
    return begin(service.base.removeprefix("http://"))


@pytest.fixture(scope="module")
def front(nginx: Front) -> Iterator[httpx.Client]:
    """A client of it."""
    with nginx.client as client:
        yield client


@pytest.fixture
def cache(nginx: Front) -> Path:
    return nginx.folder / "cache" / "istami"


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


def test_no_place_takes_a_clients_word_for_where_it_comes_from() -> None:
    """A place with headers of its own inherits none: each that passes any on has to name the client."""
    blocks = re.findall(r"^ {8}location [^{]+\{(.*?)^ {8}\}", SHIPPED.read_text(), re.MULTILINE | re.DOTALL)
    own = [block for block in blocks if "proxy_set_header" in block]
    assert own
    for block in own:
        assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in block


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
    command = [sys.executable, "-m", "service", "purge", "purged", "--nginx-cache", str(cache)]
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


def test_its_cache_belongs_to_the_user_that_the_file_names(nginx: Front, cache: Path) -> None:
    assert "emerg" not in nginx.log
    name = "www-data" if os.geteuid() == 0 else psutil.Process().username()
    workers = psutil.Process(nginx.process.pid).children()
    assert {each.username() for each in workers} == {name}
    assert cache.owner() == name


def problem(answer: httpx.Response, status: int, code: str) -> dict:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert (told["status"], told["code"], told["type"]) == (status, code, f"urn:istami:problem:{code}")
    assert told["title"]
    assert told["detail"] == told["message"]["en"]
    assert re.search("[\u0621-\u064a]{3}", told["message"]["ar"])
    assert told["request_id"] == answer.headers["x-request-id"]
    return told


class TestBatches:
    def test_of_many_megabytes_go_through(self, front) -> None:
        line = '{"id": "big-%d", "text": "%s"}\n'
        body = "".join(line % (n, "خبر قصير عن الطقس. " * 500) for n in range(200)).encode()
        assert len(body) > 3_000_000
        answer = front.post("/v1/batches", content=body, headers={"Content-Type": "application/x-ndjson"})
        assert answer.status_code == 202, answer.text
        assert answer.json()["accepted"] == 200
        front.delete(f"/v1/batches/{answer.json()['id']}")

    def test_reach_the_service_while_they_come(self, nginx) -> None:
        """It refuses by their head; an nginx that waited for the body would be silent."""
        head = "POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
        head += "Content-Length: 3000000\r\n\r\n"
        with socket.create_connection(("127.0.0.1", nginx.port), timeout=8) as client:
            client.sendall(head.encode() + b"x" * 10_000)
            assert client.recv(4096).startswith(b"HTTP/1.1 415 ")

    def test_beyond_what_is_documented_are_refused_by_nginx_itself(self, nginx) -> None:
        head = f"POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nContent-Length: {257 << 20}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", nginx.port), timeout=8) as client:
            client.sendall(head.encode())
            answer = client.recv(4096)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"application/problem+json" in answer


class TestItsOwnErrors:
    def test_too_large(self, front) -> None:
        told = problem(front.post("/v1/articles", content=b"x" * 2_200_000), 413, "too_large")
        assert "متن الطلب" in told["message"]["ar"]

    def test_too_many(self, front, until) -> None:
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: front.post("/nowhere"), range(250)))
        [refused, *_] = [each for each in answers if each.status_code == 429]
        problem(refused, 429, "too_many")
        assert refused.headers["retry-after"] == "5"
        until(lambda: front.post("/nowhere").status_code != 429, 30, "let in again")

    @pytest.mark.parametrize(
        "path", ["/v1/articles/x", "/", "/v1/batches", f"/audio/{'0' * 64}.mp3", "/embed.js"]
    )
    def test_nobody_behind(self, begin, unused_port, path: str) -> None:
        with begin(f"127.0.0.1:{unused_port}").client as client:
            answer = client.get(path, headers={"X-Request-ID": "mine-12345678"})
        problem(answer, 502, "unavailable")
        assert answer.headers["retry-after"] == "5"
        assert answer.json()["request_id"] == "mine-12345678"

    @pytest.mark.parametrize("path", ["/v1/articles/x", f"/audio/{'0' * 64}.mp3"])
    def test_silence_behind(self, begin, path: str) -> None:
        """A service whose queue of connections is full, so that none comes about."""
        with socket.create_server(("127.0.0.1", 0), backlog=0) as stuck, ExitStack() as waiting:
            address = stuck.getsockname()
            for _ in range(4):
                client = waiting.enter_context(socket.socket())
                client.setblocking(False)
                client.connect_ex(address)
            with begin(f"127.0.0.1:{address[1]}").client as client:
                problem(client.get(path), 504, "timeout")

    def test_the_services_own_pass(self, service, front) -> None:
        for method, path, options in [
            ("GET", "/v1/articles/nowhere", {}),
            ("POST", "/v1/articles", {"json": {"text": ""}}),
            ("POST", "/v1/batches", {"content": b"x", "headers": {"Content-Type": "text/plain"}}),
            ("GET", f"/audio/{'0' * 64}.mp3", {}),
        ]:
            with service.client as client:
                own = client.request(method, path, **options)
            answer = front.request(method, path, **options)
            assert answer.status_code == own.status_code
            assert answer.json()["code"] == own.json()["code"]
            assert answer.json()["message"] == own.json()["message"]


class TestRequestIds:
    @pytest.mark.parametrize("sent", ["my-trace-0001", "a" * 128, "00-4bf92f35+x/y=z:1._"])
    @pytest.mark.parametrize("path", ["/healthz", "/audio"])
    def test_a_well_formed_one_stays(self, front, recording, sent: str, path: str) -> None:
        answer = front.get(recording if path == "/audio" else path, headers={"X-Request-ID": sent})
        assert answer.headers.get_list("x-request-id") == [sent]

    @pytest.mark.parametrize(
        "sent", ["short", "a" * 129, "with space 1234", "emoji-١٢٣٤٥٦٧٨".encode(), "semi;colon;id"]
    )
    @pytest.mark.parametrize("path", ["/healthz", "/audio"])
    def test_any_other_is_replaced(self, front, recording, sent: str, path: str) -> None:
        answer = front.get(recording if path == "/audio" else path, headers={"X-Request-ID": sent})
        [told] = answer.headers.get_list("x-request-id")
        assert re.fullmatch("[0-9a-f]{32}", told)


class TestCompression:
    @pytest.mark.usefixtures("recording")
    @pytest.mark.parametrize(
        "path",
        [
            "/v1/articles/behind/marks.json",
            "/v1/articles/behind/captions.vtt",
            "/player/behind",
            "/openapi.json",
            "/embed.js",
        ],
    )
    def test_texts_are_smaller_and_the_same(self, front, path: str) -> None:
        packed, plain = (
            front.get(path, headers={"Accept-Encoding": accepted}) for accepted in ("gzip", "identity")
        )
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content
        assert packed.num_bytes_downloaded < plain.num_bytes_downloaded / 2
        assert all("Accept-Encoding" in each.headers["vary"] for each in (packed, plain))

    def test_what_the_service_sends_in_pieces_is_compressed_here(self, front, until) -> None:
        lines = "".join(f'{{"id": "line-{n}", "text": ""}}\n' for n in range(100))
        told = front.post(
            "/v1/batches", content=lines.encode(), headers={"Content-Type": "application/x-ndjson"}
        ).json()
        path = f"/v1/batches/{told['id']}"
        until(lambda: front.get(path).json()["status"] == "done", 60, "done")
        answer = front.get(f"{path}/report.jsonl", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        assert len(answer.text.splitlines()) == 100

    @pytest.mark.parametrize("path", ["/v1/articles/behind/events", "/audio"])
    def test_events_and_sound_are_not(self, front, recording, path: str) -> None:
        answer = front.get(recording if path == "/audio" else path, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in answer.headers
        assert answer.status_code == 200


def test_who_may_not_change_the_cache_is_told_so_before_anything_is_forgotten(
    service, front, cache, until, program
) -> None:
    if os.geteuid():
        pytest.skip("an ordinary user's nginx has no other user's cache")
    address = made(front, until, {"id": "kept", "text": "خبر يبقى على الأثير."})
    front.get(address)
    # Root, but without the right to pass over what folders allow.
    weak = [program("setpriv"), "--bounding-set=-dac_override,-dac_read_search"]
    command = [*weak, sys.executable, "-m", "service", "purge", "kept", "--nginx-cache", str(cache)]
    environment = {**os.environ, "REDIS_URL": service.redis_url}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "www-data" in done.stderr
    assert "ذاكرة nginx" in done.stderr
    assert front.get("/v1/articles/kept").status_code == 200
    assert front.get(address).headers["x-cache-status"] == "HIT"
