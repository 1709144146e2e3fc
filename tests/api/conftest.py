"""Articles of our own, and what tests of HTTP do over and over."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cache.redis_store import RedisStore
from service.audio.ffmpeg import find_ffmpeg
from service.auth.api_keys import Keys
from service.config.settings import Settings
from service.server import app

HERE = "http://127.0.0.1:8000"
PAGES = Path(__file__).parents[1] / "corpus" / "pages"

Ready = Callable[..., dict[str, Any]]
Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="session")
def page() -> str:
    """A pasted page as publishers send it: player chrome before the first sentence, tags below the last."""
    return (PAGES / "olive_bank.txt").read_text(encoding="utf-8")


@pytest.fixture
def ready(client: httpx.Client, until: Callable[..., None]) -> Ready:
    """Posts an article and waits until it is ready: its last answer."""

    def ready(**article: Any) -> dict[str, Any]:
        posted = client.post("/v1/articles", json=article)
        assert posted.status_code in {200, 202}, posted.text
        answers = [posted.json()]

        def done() -> bool:
            answers.append(client.get(f"/v1/articles/{answers[0]['id']}").json())
            return answers[-1]["status"] in {"ready", "failed"}

        until(done, 120, "ready")
        assert answers[-1]["status"] == "ready", answers[-1]
        return answers[-1]

    return ready


@pytest.fixture
def machine(store: RedisStore, redis_url: str) -> Iterator[Callable[..., Ask]]:  # noqa: ARG001  # it is emptied
    """Builds the application as on a machine with a data folder of its own; what asks it, from any peer."""
    with asyncio.Runner() as runner:
        built: list[FastAPI] = []

        def machine(data: Path, *, exposed: bool = False, **settings: Any) -> Ask:
            application = app.build(Settings(data_dir=data, **settings), redis_url, exposed=exposed)
            built.append(application)

            def ask(
                method: str = "GET", path: str = "/v1/batches", peer: str = "127.0.0.1", **told: Any
            ) -> httpx.Response:
                async def asked() -> httpx.Response:
                    transport = httpx.ASGITransport(application, client=(peer, 50_000))
                    async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
                        return await client.request(method, path, **told)

                return runner.run(asked())

            return ask

        yield machine
        for each in built:
            context = each.state.context
            context.reception.close()
            runner.run(context.reader.close())
            runner.run(context.allowances.close())


@pytest.fixture(scope="session")
def closed(start_shared: Callable[..., Any]) -> Any:
    """A running service that asks for keys, which tests share."""
    return start_shared("--workers", "1", ISTAMI_OPEN="false")


@pytest.fixture(scope="session")
def keys(closed: Any) -> Keys:
    """Its keys."""
    return Keys(RedisStore(closed.redis_url))


@pytest.fixture(scope="session")
def decoded_seconds() -> Callable[[bytes], float]:
    """How long an MP3 sounds, by decoding it."""

    def decoded_seconds(mp3: bytes) -> float:
        options = ["-v", "error", "-i", "pipe:0", "-f", "s16le", "-ac", "1", "-ar", "22050", "-"]
        done = subprocess.run([find_ffmpeg(), *options], input=mp3, capture_output=True, check=True)
        assert not done.stderr, done.stderr
        return len(done.stdout) / 2 / 22050

    return decoded_seconds


@pytest.fixture(scope="session")
def long_text() -> Callable[[str, int], str]:
    """A text of so many sentences, none of which another text has."""

    def long_text(name: str, sentences: int) -> str:
        return "\n".join(
            f"هذه الجملة {number} من حكاية {name} عن رجل يعد البذور في ليالي الشتاء الطويلة."
            for number in range(1, sentences + 1)
        )

    return long_text
