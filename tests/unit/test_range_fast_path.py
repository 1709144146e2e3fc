"""A slice is answered around everything else where all is as usual, and otherwise goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse

from cache.redis_reader import RedisReader
from cache.store import Put
from service.api.middleware.cached_audio import FAULT, Hits
from service.api.middleware.range_fast_path import Slices
from service.config.settings import Settings
from service.model.article import Priority, Submission
from service.recordings.streaming import Undamaged
from service.server import worker_container
from service.server.container import Container
from service.storage.integrity import Finished
from service.storage.keys import audio_name
from service.text.diacritisation.diacritiser import Diacritiser

ELSEWHERE = 418


class Rest:
    """What is around: notes that it was asked, and with which fault."""

    def __init__(self) -> None:
        self.faults: list[Any] = []

    async def __call__(self, scope, receive, send) -> None:
        self.faults.append(scope.get(FAULT))
        await PlainTextResponse("", ELSEWHERE)(scope, receive, send)


@pytest.fixture
def made(store, redis_url) -> tuple[str, Undamaged]:
    """The key of a recording that is known to be there and whole, and who knows."""

    def send(_voice: str, _key: str, _sentence: int, _priority: Priority) -> None:
        """The test itself has it spoken."""

    parts = Container(Settings(), redis_url, send)
    maker = worker_container.synthesiser(parts, Diacritiser(), lambda: None)
    key = parts.article_service.submit(Submission(text="خبر قصير عن المطر في الجبل.")).key
    maker.speak(key, 0)
    finished = Finished(store)
    assert finished.there(key)
    return key, Undamaged(finished)


def ask(app: Any, key: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here.test") as client:
            return await client.request(method, f"/audio/{key}.mp3", headers=headers)

    return asyncio.run(asked())


def test_it_is_answered_without_asking_anybody_else(store, redis_url, made) -> None:
    key, undamaged = made
    rest = Rest()
    answer = ask(Slices(rest, RedisReader(redis_url), undamaged), key, Range="bytes=10-29")
    assert (answer.status_code, rest.faults) == (206, [])
    assert answer.content == store.read(audio_name(key), 10, 30)
    assert answer.headers["content-range"] == f"bytes 10-29/{store.size(audio_name(key))}"


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {"Range": "bytes=0-9"}),
        ("GET", {}),
        ("GET", {"Range": "bytes=-9"}),
        ("GET", {"Range": "bytes=0-1,3-4"}),
        ("GET", {"Range": "bytes=99999999-"}),
        ("GET", {"Range": "bytes=0-9", "Origin": "https://news.example"}),
        ("GET", {"Range": "bytes=0-9", "If-Range": '"a"'}),
        ("GET", {"Range": "bytes=0-9", "If-None-Match": "*"}),
    ],
)
def test_what_is_unusual_goes_on(redis_url, made, method, headers) -> None:
    key, undamaged = made
    answer = ask(Slices(Rest(), RedisReader(redis_url), undamaged), key, method, **headers)
    assert answer.status_code == ELSEWHERE


def test_more_than_is_read_at_once_goes_on(store, redis_url, made) -> None:
    key, undamaged = made
    store.put(audio_name(key), Put(bytes(200_000), 60))
    undamaged._finished._known[key] = (200_000, float("inf"))
    slices = Slices(Rest(), RedisReader(redis_url), undamaged)
    assert ask(slices, key, Range="bytes=0-65535").status_code == 206
    assert ask(slices, key, Range="bytes=0-65536").status_code == ELSEWHERE


def test_what_is_not_known_to_be_whole_goes_on(store, redis_url, made) -> None:
    key, _ = made
    nobody_looked = Undamaged(Finished(store))
    answer = ask(Slices(Rest(), RedisReader(redis_url), nobody_looked), key, Range="bytes=0-9")
    assert answer.status_code == ELSEWHERE


def test_a_store_that_does_not_answer_is_asked_once(made, tmp_path) -> None:
    key, undamaged = made
    nowhere = RedisReader(f"unix://{tmp_path}/nowhere.sock")
    rest = Rest()
    assert ask(Slices(rest, nowhere, undamaged), key, Range="bytes=0-9").status_code == ELSEWHERE
    assert rest.faults[0] is not None
    untouched: Any = None  # whoever would ask it fails
    answer = ask(Slices(Hits(rest, untouched, undamaged), nowhere, undamaged), key, Range="bytes=0-9")
    assert answer.status_code == 503
