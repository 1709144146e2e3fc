"""Every address that streams, in HTTP/1.0 and 1.1, by GET and by HEAD, in every state of a recording."""

from __future__ import annotations

import json
import os
import secrets
import textwrap
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from cache.redis_store import RedisStore
from service.audio.transcoding import Format
from tests.api import sockets
from tests.api.sockets import Raw

ENGINE = """
    import time
    from service.model.errors import EngineError
    from service.model.recording import Clip

    class Frail:
        sample_rate = 22050
        def __init__(self, card, surroundings):
            pass
        def speak(self, utterance, speed):
            time.sleep(0.05)
            if "يتعثر" in utterance.spoken:
                raise EngineError("it stumbled", "تعثّر")
            seconds = 0.03 * len(utterance.spoken)
            return Clip(bytes(range(1, 100, 2)) * int(seconds * 22050 * 2 / 50), 22050)
        def close(self):
            pass
    """
CARD = """
    id = "frail"
    engine = "frail"
    language = "ar"
    dialect = "standard"
    gender = "male"
    sample_rate = 22050
    licence = "Apache-2.0"
    commercial_use = true
    attribution = "us"
    homepage = "https://example.com"
    name = { ar = "واهن", en = "Frail" }
    limits = { characters = 2000 }
    """
STATES = ("growing", "whole", "evicted", "failed", "unknown")
VERSIONS = ("1.0", "1.1")
NUMBERS = ("الأولى", "الثانية", "الثالثة", "الرابعة")
NAMES = ("سمير", "خليل", "نبيل", "كريم", "جميل", "فريد", "رشيد")
"""As long as each other, so that texts of them sound as long."""


@pytest.fixture(scope="module")
def frail(start, tmp_path_factory):
    """A service with a true engine that takes its time, and stumbles over a word."""
    folder = tmp_path_factory.mktemp("frail")
    installed = folder / "frail-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: frail\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[istami.engines]\nfrail = frail:Frail\n")
    (folder / "frail.py").write_text(textwrap.dedent(ENGINE))
    card = folder / "data" / "voices" / "frail" / "card.toml"
    card.parent.mkdir(parents=True)
    card.write_text(textwrap.dedent(CARD))
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    return start("--workers", "1", ISTAMI_DATA_DIR=str(folder / "data"), PYTHONPATH=path)


class Newsroom:
    """Brings recordings into a state."""

    def __init__(self, service, until) -> None:
        self._service = service
        self._until = until
        self._redis = RedisStore(service.redis_url)._redis
        self._names = product(NAMES, repeat=3)

    def text(self, state: str) -> str:
        """A new text, whose recording will come to that state."""
        name = " ".join(next(self._names))
        words = [f"يقول {name} كلمته {number}." for number in NUMBERS]
        if state == "growing":
            words += [f"يعيد {name} كلمته {number}." for number in (*NUMBERS, *NUMBERS[::-1])]
        if state == "failed":
            words[0] = f"هنا يتعثر {name}."
        return "\n".join(words)

    def post(self, text: str) -> dict[str, Any]:
        with self._service.client as client:
            return client.post("/v1/articles", json={"text": text, "voice": "frail"}).json()

    def bring(self, state: str) -> tuple[str, dict[str, Any]]:
        """A recording in that state: its text, and the article."""
        text = self.text(state)
        if state == "unknown":
            return text, {"id": f"nowhere-{secrets.token_hex(4)}", "key": secrets.token_hex(32)}
        article = self.post(text)
        if state != "growing":
            self.wait(article["id"])
        if state == "evicted":
            # With its sentences: of these it would be made again before it is looked for.
            sentences = self._redis.scan_iter("istami:clip:*")
            self._redis.delete(
                f"istami:{{{article['key']}}}:audio", f"istami:{{{article['key']}}}:seal", *sentences
            )
        return text, article

    def wait(self, article: str) -> None:
        with self._service.client as client:
            path = f"/v1/articles/{article}"
            self._until(lambda: client.get(path).json()["status"] in {"ready", "failed"}, 60, "ended")

    def batch(self, texts: list[str]) -> str:
        lines = "".join(json.dumps({"text": text, "voice": "frail"}) + "\n" for text in texts)
        with self._service.client as client:
            sent = {"content": lines, "headers": {"Content-Type": "application/jsonl"}}
            return client.post("/v1/batches", **sent).json()["id"]


@pytest.fixture(scope="module")
def newsroom(frail, until) -> Newsroom:
    return Newsroom(frail, until)


Path = Callable[[dict[str, Any]], str]
ADDRESSES: dict[str, Path] = {
    "by its key": lambda article: f"/audio/{article['key']}.mp3",
    "by its article": lambda article: f"/v1/articles/{article['id']}/audio.mp3",
    "its events": lambda article: f"/v1/articles/{article['id']}/events",
}
EXPECTED = {
    "by its key": {"growing": 200, "whole": 200, "evicted": 200, "failed": 500, "unknown": 404},
    "by its article": {"growing": 200, "whole": 307, "evicted": 200, "failed": 500, "unknown": 404},
    "its events": {"growing": 200, "whole": 200, "evicted": 200, "failed": 200, "unknown": 404},
}


def check_framing(answer: Raw, version: str) -> None:
    """HTTP/1.0 gets the body as it is, until the connection ends."""
    assert answer.whole, answer.headers
    if version == "1.0":
        assert not answer.chunked
        assert answer.headers["connection"] == "close"
    elif "content-length" not in answer.headers:
        assert answer.chunked


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("address", ADDRESSES)
class TestRecordings:
    def test_both_versions_get_the_same_and_head_says_what_get_would(
        self, frail, newsroom, address, state
    ) -> None:
        got: dict[str, Raw] = {}
        for version in VERSIONS:
            _, article = newsroom.bring(state)
            path = ADDRESSES[address](article)
            told = sockets.ask(frail.base, "HEAD", path, version)
            if state == "evicted":  # HEAD has had it made again
                newsroom.wait(article["id"])
                path = ADDRESSES[address](newsroom.bring(state)[1])
            got[version] = sockets.ask(frail.base, "GET", path, version)
            assert got[version].status == EXPECTED[address][state]
            check_framing(got[version], version)
            assert told.status == got[version].status
            assert told.body == b""
            for name in ("content-type", "content-length", "cache-control", "accept-ranges", "connection"):
                assert told.headers.get(name) == got[version].headers.get(name), name
        old, new = got["1.0"], got["1.1"]
        assert old.status == new.status
        assert old.headers.get("content-type") == new.headers.get("content-type")
        if old.headers.get("content-type") == "audio/mpeg":
            assert old.content.startswith(b"ID3")
            assert len(old.content) == len(new.content)
        if address == "its events" and state != "unknown":
            last = json.loads(old.content.decode().strip().splitlines()[-1].removeprefix("data: "))
            assert last["status"] == ("failed" if state == "failed" else "ready")


class TestSpeech:
    @pytest.mark.parametrize("form", [*(each.value for each in Format), "sse"])
    @pytest.mark.parametrize("state", ["growing", "whole", "evicted", "failed"])
    def test_both_versions_get_the_same(self, frail, newsroom, form, state) -> None:
        got: dict[str, Raw] = {}
        for version in VERSIONS:
            text, _ = newsroom.bring(state)
            asked: dict[str, Any] = {"model": "tts-1", "voice": "frail", "input": text}
            asked |= {"stream_format": "sse"} if form == "sse" else {"response_format": form}
            body = json.dumps(asked).encode()
            got[version] = sockets.ask(frail.base, "POST", "/v1/audio/speech", version, body)
            assert got[version].status == (500 if state == "failed" else 200)
            check_framing(got[version], version)
        old, new = got["1.0"], got["1.1"]
        assert old.headers["content-type"] == new.headers["content-type"]
        begins = {"mp3": b"ID3", "opus": b"OggS", "flac": b"fLaC", "wav": b"RIFF", "aac": b"\xff\xf1"}
        if state != "failed":
            assert old.content.startswith(begins.get(form, b"data:" if form == "sse" else b""))
            assert len(old.content) == pytest.approx(len(new.content), rel=0.05)


class TestReports:
    @pytest.mark.parametrize("state", ["growing", "whole", "unknown"])
    def test_both_versions_get_the_same_and_head_says_what_get_would(
        self, frail, newsroom, until, state
    ) -> None:
        batch = "nowhere"
        if state != "unknown":
            batch = newsroom.batch([newsroom.text("whole"), newsroom.text("failed")])
        if state == "whole":
            with frail.client as client:
                until(lambda: client.get(f"/v1/batches/{batch}").json()["status"] == "done", 90, "done")
        path = f"/v1/batches/{batch}/report.jsonl"
        told = sockets.ask(frail.base, "HEAD", path)
        for version in VERSIONS:
            answer = sockets.ask(frail.base, "GET", path, version)
            check_framing(answer, version)
            assert answer.status == told.status == (404 if state == "unknown" else 200)
            assert told.headers.get("content-length") == answer.headers.get("content-length")
            if state == "whole":
                lines = [json.loads(line) for line in answer.content.splitlines()]
                assert {line["status"] for line in lines} == {"ready", "failed"}


class TestBrokenOff:
    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("form", ["mp3", "wav"])
    def test_what_ends_in_the_middle_never_passes_for_the_whole(self, frail, newsroom, version, form) -> None:
        words = newsroom.text("whole").splitlines()
        text = "\n".join([*words, "ثم يتعثر القارئ."])
        if form == "mp3":
            path = f"/v1/articles/{newsroom.post(text)['id']}/audio.mp3"
            answer = sockets.ask(frail.base, "GET", path, version)
        else:
            asked = {"model": "tts-1", "voice": "frail", "input": text, "response_format": form}
            body = json.dumps(asked).encode()
            answer = sockets.ask(frail.base, "POST", "/v1/audio/speech", version, body)
        assert answer.status == 200
        assert not answer.whole
        assert answer.chunked == (version == "1.1")


class TestOthers:
    def test_head_is_answered_wherever_get_is(self, frail) -> None:
        with frail.client as client:
            described = client.get("/openapi.json").json()["paths"]
            plain = [path for path, methods in described.items() if "get" in methods and "{" not in path]
            assert "/v1/models" in plain
            for path in [*plain, "/", "/embed.js", "/openapi.json", "/docs"]:
                got, told = (client.request(method, path) for method in ("GET", "HEAD"))
                assert told.status_code == got.status_code, path
                assert told.content == b""
                assert told.headers.get("content-length") == got.headers.get("content-length"), path

    def test_an_old_client_is_not_told_to_go_on(self, frail) -> None:
        """RFC 9110, section 10.1.1: an expectation in HTTP/1.0 is ignored."""
        body = json.dumps({"text": "خبر من عميل قديم.", "voice": "frail"}).encode()
        with sockets.connect(frail.base) as connection:
            asked = sockets.head(
                "POST",
                "/v1/articles",
                "1.0",
                Content_Type="application/json",
                Content_Length=str(len(body)),
                Expect="100-continue",
            )
            connection.sendall(asked + body)
            first = connection.recv(12)
        assert first == b"HTTP/1.1 202"
