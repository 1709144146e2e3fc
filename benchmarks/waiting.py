"""Clients that wait for work.

45 clients ask for explanations (`POST /v1/explain`) while there is no worker, so that all of them wait. When
all do, another process asks for the voices, the player's page and the state of an article, in turn, a few
hundred times; beside it stands how long they take when nobody waits. No explanation ends before they do.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor

import httpx
import numpy as np

from benchmarks import article
from benchmarks.figures import Figure, Goal, Measured
from benchmarks.processes import until
from benchmarks.serving import Service, serving
from service.config.settings import Settings
from service.jobs.celery_queue import QUEUE
from service.server.container import Container

_WAITING = 45
_ROUNDS = 300
_PAUSE_SECONDS = 0.01
_LONGEST = 600
"""Seconds that an explanation may wait for its worker."""
_GOAL_MILLISECONDS = 100


def measure() -> Measured:
    """Request without anybody who waits, and beside those who do."""
    spawn = multiprocessing.get_context("spawn")
    settings = {"ISTAMI_RATE_MAKING": "0", "ISTAMI_EXPLAIN_SECONDS": str(_LONGEST)}
    with serving(workers=0, **settings) as service, ProcessPoolExecutor(1, spawn) as apart:
        known = service.post(article.text(article.fresh(1)))
        paths = {
            "voices": "/v1/voices",
            "player's page": known.replace("/v1/articles", "/player"),
            "state of an article": known,
        }
        addresses = [service.base + path for path in paths.values()]
        alone = apart.submit(_asked, addresses).result()
        beside = asyncio.run(_beside_waiting(service, apart, addresses))
    goal = Goal(_GOAL_MILLISECONDS, of_value=True)
    figures = [
        Figure(f"{name}, p99", _p99(busy), "ms", "nobody waits", _p99(free), goal)
        for name, busy, free in zip(paths, beside, alone, strict=True)
    ]
    return Measured(figures, notes=[f"Each was requested {_ROUNDS} times beside {_WAITING} who waited."])


async def _beside_waiting(service: Service, apart: Executor, addresses: Sequence[str]) -> list[list[float]]:
    """How long each request took beside those who wait; seconds, by address.

    Raises:
        RuntimeError: an explanation was answered meanwhile.
    """
    limits = httpx.Limits(max_connections=_WAITING)
    async with httpx.AsyncClient(
        base_url=service.base, timeout=_LONGEST, limits=limits, trust_env=False
    ) as client:
        texts = article.fresh(_WAITING)
        waiting = [asyncio.ensure_future(client.post("/v1/explain", json={"text": text})) for text in texts]
        await asyncio.to_thread(_until_all_wait, service)
        beside = await asyncio.wrap_future(apart.submit(_asked, addresses))
        if any(each.done() for each in waiting):
            raise RuntimeError("an explanation did not wait")
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    return beside


def _until_all_wait(service: Service) -> None:
    """Wait until every explanation has its question in the queue that no worker empties."""
    queue = Container(Settings(), service.redis_url).queue

    def all_wait() -> bool:
        return sum(each.waiting for each in queue.backlog() if each.queue == QUEUE) == _WAITING

    until(all_wait, "waiting")


def _asked(addresses: Sequence[str]) -> list[list[float]]:
    """Request all in turn, again and again; how long each took, by address."""
    took: list[list[float]] = [[] for _ in addresses]
    with httpx.Client(timeout=60, trust_env=False) as client:
        for _ in range(_ROUNDS):
            for times, address in zip(took, addresses, strict=True):
                begun = time.monotonic()
                client.get(address).raise_for_status()
                times.append(time.monotonic() - begun)
                time.sleep(_PAUSE_SECONDS)
    return took


def _p99(seconds: list[float]) -> float:
    """Milliseconds."""
    return float(np.percentile(seconds, 99) * 1e3)
