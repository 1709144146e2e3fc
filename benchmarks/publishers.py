"""Listeners while publishers send.

50 articles of 32,000 characters are posted at once, all of them new. Until the last of them is taken in,
another process asks for ranges of 64 KiB of a recording that is there and for the state of its article, up to
ten times a second each; beside it stands how long they take when nobody posts. The memory is the unique set
size of all processes that read, after they have read, beside that of the web process.
"""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import httpx
import numpy as np

from benchmarks import article
from benchmarks.figures import Figure, Goal, Measured
from benchmarks.serving import Service, serving

_POSTS = 50
_CHARACTERS = 32_000
_ALONE_SECONDS = 8.0
_PAUSE_SECONDS = 0.05
_RANGE = 64 * 1024
_GIVEN_UP_SECONDS = 300.0


def measure() -> Measured:
    """Request as a listener without publishers, and while fifty articles are posted."""
    spawn = multiprocessing.get_context("spawn")
    with serving(ISTAMI_RATE_MAKING="0") as service, ProcessPoolExecutor(1, spawn) as apart:
        there = service.post(article.text(article.fresh(100)))
        lasting = f"{service.base}/audio/{service.made(there)['key']}.mp3"
        addresses = (lasting, service.base + there)
        with spawn.Manager() as manager:
            ended = manager.Event()
            alone = apart.submit(_asked, addresses, ended, _ALONE_SECONDS).result()
            asking = apart.submit(_asked, addresses, ended, _GIVEN_UP_SECONDS)
            took = _posted(service)
            ended.set()
            busy = asking.result()
        read = _memory(service)
    ranges, states = (Goal(bound, of_value=True) for bound in (50, 200))
    web = read.pop(service.process.pid)
    return Measured(
        [
            Figure("a finished range, p99", _p99(busy[0]), "ms", "nobody posts", _p99(alone[0]), ranges),
            Figure("state of an article, p99", _p99(busy[1]), "ms", "nobody posts", _p99(alone[1]), states),
            Figure("until the last is taken in", took[-1], "s", "until the first is", took[0]),
            Figure("processes that read", sum(read.values()), "MB", "web process", web),
        ],
        notes=[f"{len(busy[0])} ranges were asked for meanwhile; {len(read)} processes read or start such."],
    )


def _posted(service: Service) -> list[float]:
    """Post all concurrently. Returns after how many seconds each was accepted, in order."""
    texts = [article.text(article.fresh(300))[:_CHARACTERS] for _ in range(_POSTS)]
    begun = time.perf_counter()

    def post(text: str) -> float:
        with httpx.Client(base_url=service.base, timeout=_GIVEN_UP_SECONDS, trust_env=False) as client:
            told = {"text": text, "listed": False}
            client.post("/v1/articles", json=told).raise_for_status()
        return time.perf_counter() - begun

    with ThreadPoolExecutor(_POSTS) as pool:
        return sorted(pool.map(post, texts))


def _asked(addresses: tuple[str, str], ended: Any, most: float) -> tuple[list[float], list[float]]:
    """Ask for ranges and states until the event is set, or for so many seconds; how long each took."""
    ranges: list[float] = []
    states: list[float] = []
    leave = time.monotonic() + most
    with httpx.Client(timeout=60, trust_env=False) as client:
        while time.monotonic() < leave and not ended.is_set():
            start = len(ranges) * _RANGE % (8 * _RANGE)
            asked = {"Range": f"bytes={start}-{start + _RANGE - 1}"}
            for times, address, headers in ((ranges, addresses[0], asked), (states, addresses[1], {})):
                begun = time.monotonic()
                client.get(address, headers=headers).raise_for_status()
                times.append(time.monotonic() - begun)
                time.sleep(_PAUSE_SECONDS)
    return ranges, states


def _memory(service: Service) -> dict[int, float]:
    """Unique set size in MB of the web process and of those that read, by process id."""
    return {
        process.pid: process.memory_full_info().uss / 1e6
        for process in [service.process, *service.process.children(recursive=True)]
        if process == service.process or "multiprocessing" in " ".join(process.cmdline())
    }


def _p99(seconds: list[float]) -> float:
    """Milliseconds."""
    return float(np.percentile(seconds, 99) * 1e3)
