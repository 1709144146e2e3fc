"""Web processes look after what has lost its maker, one of them at a time."""

from __future__ import annotations

import asyncio
import contextlib

from service.config.settings import Settings
from service.metrics import background
from service.server import app
from service.server.container import Container


def test_of_several_web_processes_one_does_each_round(store, redis_url, monkeypatch) -> None:
    seconds = 0.5
    monkeypatch.setattr(app, "_ROUND_SECONDS", seconds)
    queue = Container(Settings(), redis_url).queue
    rounds: list[bool] = []

    async def run() -> None:
        acts = [app._in_turn(store, queue, lambda *, idle: rounds.append(idle)) for _ in range(4)]
        loops = [background.supervise("recovery", act, seconds) for act in acts]
        async with asyncio.timeout(3.2):
            await asyncio.gather(*loops)

    with contextlib.suppress(TimeoutError):
        asyncio.run(run())
    assert 3 <= len(rounds) <= 7
    assert all(rounds), "nothing waits in an empty queue"
