"""``istami_client`` with the running service: what it is told, what it raises, when it tries again."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from istami_client import (
    Article,
    AsyncClient,
    BadAnswer,
    Client,
    IstamiError,
    Late,
    NotFound,
    NotSpoken,
    Refused,
    Rejected,
    Unavailable,
    Unreachable,
)
from istami_client.calls import NewArticle

from service.api.schemas.articles import ArticleIn

TEXT = "وصل القطار في موعده. ونزل منه 12 مسافرا يحملون حقائب خفيفة."
ARABIC = re.compile(r"[\u0621-\u064a]")

Do = Callable[..., Any]


def in_threads(base: str, name: str, *given: Any, **fields: Any) -> Any:
    options = {"retries": fields.pop("retries")} if "retries" in fields else {}
    with Client(base, **options) as client:
        answer = getattr(client, name)(*given, **fields)
        return list(answer) if name == "stream" else answer


def in_asyncio(base: str, name: str, *given: Any, **fields: Any) -> Any:
    options = {"retries": fields.pop("retries")} if "retries" in fields else {}

    async def run() -> Any:
        async with AsyncClient(base, **options) as client:
            answer = getattr(client, name)(*given, **fields)
            return [chunk async for chunk in answer] if name == "stream" else await answer

    return asyncio.run(run())


@pytest.fixture(params=[in_threads, in_asyncio], ids=["threads", "asyncio"])
def do(request) -> Do:
    """Asks a service for something, by the name of a method."""
    return request.param


@pytest.fixture
def ask(do, service) -> Do:
    """The same of the shared service."""
    return lambda name, *given, **fields: do(service.base, name, *given, **fields)


@pytest.fixture(scope="module")
def alone(start):
    """A service without workers."""
    return start("--workers", "0", ready=False, ISTAMI_EXPLAIN_SECONDS="1")


@contextmanager
def answering(*answers: tuple[int, dict[str, str], bytes]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers in order, the last one for ever: its address, what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the standard library's name
            status, headers, body = answers[min(len(asked), len(answers) - 1)]
            asked.append(f"{self.command} {self.path}")
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def problem(status: int, code: str) -> bytes:
    message = {"en": "Not now.", "ar": "ليس الآن."}
    return json.dumps({"status": status, "code": code, "message": message}).encode()


NOT_NOW = (503, {"Retry-After": "0"}, problem(503, "unavailable"))
VOICES = (200, {}, b'{"voices": [], "default": "x", "later": 1}')


class TestArticles:
    def test_from_a_text_to_its_audio(self, ask, decoded_seconds, tmp_path) -> None:
        article = ask("submit", text=TEXT, title="خبر من المحطة")
        seen: list[Article] = []
        ready = ask("wait", article, progress=seen.append)
        assert ready.status == "ready"
        assert seen[-1] == ready
        assert ready.title == "خبر من المحطة"
        assert ready.progress.sentences_done == ready.progress.sentences_total == 3
        mp3 = ask("audio", ready)
        assert decoded_seconds(mp3) == pytest.approx(ready.duration_seconds, abs=0.05)
        ask("save", ready.id, tmp_path / "station.mp3")
        assert (tmp_path / "station.mp3").read_bytes() == mp3
        assert [file.name for file in tmp_path.iterdir()] == ["station.mp3"]
        assert ask("submit", text=TEXT, title="خبر من المحطة") == ready

    def test_it_is_heard_while_it_is_made(self, ask, do, long_text) -> None:
        article = ask("submit", text=long_text(f"مستمع {do.__name__}", 8))
        chunks = ask("stream", article)
        assert len(chunks) > 1
        assert chunks[0].startswith(b"ID3")
        assert ask("article", article).status == "ready"

    def test_marks_and_captions_stand_in_the_text(self, ask) -> None:
        article = ask("wait", ask("submit", text=TEXT))
        marks = ask("marks", article)
        assert marks.complete
        assert [TEXT[slice(*mark.span)] for mark in marks.sentences] == [
            mark.text for mark in marks.sentences
        ]
        assert all(mark.words for mark in marks.sentences)
        assert ask("captions", article).startswith("WEBVTT")

    def test_ssml_names_places(self, ask) -> None:
        article = ask("wait", ask("submit", ssml=f'<speak>{TEXT}<mark name="end"/></speak>'))
        marks = ask("marks", article)
        [place] = marks.marks
        assert (place.name, place.time) == ("end", marks.sentences[-1].end)
        with pytest.raises(Rejected, match="<x>"):
            ask("submit", ssml=f"<speak><x>{TEXT}</x></speak>")
        assert ask("submit", ssml=f"<speak><x>{TEXT}</x></speak>", ssml_unknown="ignore").key == article.key

    def test_one_that_is_deleted_is_not_found(self, ask, do) -> None:
        article = ask("submit", id=f"client-{do.__name__}", text=TEXT)
        ask("delete", article)
        with pytest.raises(NotFound, match="client-"):
            ask("article", article)

    def test_its_name_cannot_lead_elsewhere(self, ask) -> None:
        with pytest.raises(NotFound):
            ask("article", "../voices")

    def test_one_that_is_not_ready_in_time(self, ask, do, long_text) -> None:
        article = ask("submit", text=long_text(f"متأخر {do.__name__}", 30))
        with pytest.raises(Late) as late:
            ask("wait", article, within=0.2)
        assert late.value.article.status in {"queued", "speaking"}
        assert ARABIC.search(late.value.ar)


class TestTheRest:
    def test_voices(self, ask) -> None:
        told = ask("voices")
        assert told.default in {voice.id for voice in told.voices}
        assert told.voices[0].name.ar

    def test_how_a_text_will_be_read(self, ask) -> None:
        _, second = ask("explain", text=TEXT)
        assert "اثنا عشر" in second.spoken
        assert second.steps
        assert second.pieces[0].phonemes
        assert {word.source for word in second.words} <= {
            "author",
            "lexicon",
            "name",
            "rule",
            "phrase",
            "verb",
            "models",
        }
        assert any(word.margin for word in second.words)


class TestErrors:
    def test_what_is_wrong_is_told_in_both_languages(self, ask) -> None:
        with pytest.raises(Rejected) as refused:
            ask("submit", text=TEXT, voice="nobody")
        error = refused.value
        assert (error.status, error.code, error.field) == (422, "unknown_voice", "voice")
        assert "espeak-ar" in str(error)
        assert ARABIC.search(error.ar)

    def test_nothing_is_saved_of_what_is_not_there(self, ask, tmp_path) -> None:
        with pytest.raises(NotFound):
            ask("save", "nobody", tmp_path / "nothing.mp3")
        assert not list(tmp_path.iterdir())

    def test_a_service_that_is_not_there(self, do) -> None:
        with pytest.raises(Unreachable) as error:
            do("http://127.0.0.1:9", "voices")
        assert ARABIC.search(error.value.ar)

    def test_another_server(self, do) -> None:
        for answer in (
            (200, {}, b"<html>"),
            (500, {}, b"<html>"),
            (404, {}, b"[]"),
            (200, {}, b'{"voices": 1}'),
        ):
            with answering(answer) as (base, _), pytest.raises(BadAnswer, match="istami"):
                do(base, "voices")

    def test_a_sound_that_breaks_off_is_not_saved(self, do, tmp_path) -> None:
        with answering((200, {"Content-Length": "1000"}, b"ID3")) as (base, _), pytest.raises(Unreachable):
            do(base, "save", "cut", tmp_path / "cut.mp3")
        assert not list(tmp_path.iterdir())

    def test_one_that_cannot_be_spoken(self, do, ask) -> None:
        article = asdict(ask("submit", text=TEXT))
        failed = article | {"status": "failed", "error": {"code": "x", "message": {"en": "No.", "ar": "لا."}}}
        with answering((200, {}, json.dumps(failed).encode())) as (base, _):
            with pytest.raises(NotSpoken, match="No") as error:
                do(base, "wait", article["id"])
            assert error.value.article.status == "failed"

    def test_a_service_without_workers(self, do, alone) -> None:
        with pytest.raises(Unavailable) as error:
            do(alone.base, "explain", text=TEXT, retries=0)
        assert error.value.status == 503


class TestTryingAgain:
    def test_not_now_is_asked_again(self, do) -> None:
        with answering(NOT_NOW, NOT_NOW, VOICES) as (base, asked):
            assert do(base, "voices").default == "x"
        assert len(asked) == 3

    def test_also_for_the_sound(self, do) -> None:
        with answering(NOT_NOW, (200, {}, b"sound")) as (base, asked):
            assert do(base, "audio", "a") == b"sound"
        assert asked == ["GET /v1/articles/a/audio.mp3"] * 2

    def test_as_often_as_is_said(self, do) -> None:
        for retries in (0, 2):
            with answering(NOT_NOW) as (base, asked), pytest.raises(Unavailable, match="Not now"):
                do(base, "submit", text="نص.", retries=retries)
            assert len(asked) == retries + 1

    def test_what_will_not_change_is_asked_once(self, do) -> None:
        for status in (400, 500):
            with answering((status, {}, problem(status, "no"))) as (base, asked), pytest.raises(Refused):
                do(base, "voices")
            assert len(asked) == 1


def test_it_can_send_every_field_that_the_service_takes() -> None:
    assert NewArticle.__annotations__.keys() == ArticleIn.model_fields.keys()


def test_all_errors_are_one_kind() -> None:
    for kind in (BadAnswer, Late, NotFound, Refused, Rejected, Unavailable, Unreachable):
        assert issubclass(kind, IstamiError)


def test_it_loads_nothing_of_the_service() -> None:
    code = "import sys, istami_client; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"service", "voices", "cache", "fastapi", "celery", "onnxruntime"} & set(done.stdout.split())
