"""Many listeners.

50, 200, 500 listeners are connected at once: half of them hear a recording of an hour that is there, which
they take as slowly as they play it, half of them one that grows. The memory is the most that the web process
has held (its peak resident set), beside what it held before anybody listened. Meanwhile another process asks
for ranges of 64 KiB of the first recording, twenty a second; beside it stands how long they take when nobody
listens.
"""

from __future__ import annotations

import asyncio
import re
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import httpx
import numpy as np
import psutil

from benchmarks import article
from benchmarks.figures import Figure, Goal, Measured
from benchmarks.serving import Service, serving

_LISTENERS = (50, 200, 500)
_HELD = 200
"""As many as the goal is for."""
_LONG = 400
_SECONDS = 8.0
_PACE_SECONDS = 1.0
_ASKED_SECONDS = 0.05
_RANGE = 64 * 1024


def measure() -> Measured:
    """Connect so many, and so many more; look at the web process, and ask it for something meanwhile."""
    with serving() as service, ProcessPoolExecutor(1, get_context("spawn")) as apart:
        there = service.post(article.text(article.fresh(_LONG)))
        lasting = f"{service.base}/audio/{service.made(there)['key']}.mp3"
        before, alone = peak(service.process), _p99(apart.submit(_asked, lasting).result())
        memory, late = [], []
        for count in _LISTENERS:
            grows = service.post(article.text(article.fresh(_LONG)))
            waits = asyncio.run(_listened(service, [there, grows], count, lasting, apart))
            goal = Goal(150, of_value=True) if count == _HELD else None
            held = peak(service.process)
            memory.append(Figure(f"web process, {count} listeners", held, "MB", "before them", before, goal))
            name = f"a range meanwhile, {count} listeners, p99"
            late.append(Figure(name, _p99(waits), "ms", "nobody listens", alone))
    return Measured([*memory, *late])


def peak(process: psutil.Process) -> float:
    """The most memory that a process has held, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


def _p99(seconds: list[float]) -> float:
    """Milliseconds."""
    return float(np.percentile(seconds, 99) * 1e3)


async def _listened(
    service: Service, paths: list[str], count: int, lasting: str, apart: Executor
) -> list[float]:
    """How long each range took that was asked for while so many listened; seconds."""
    limits = httpx.Limits(max_connections=count)
    async with (
        httpx.AsyncClient(base_url=service.base, timeout=60, limits=limits, trust_env=False) as client,
        asyncio.TaskGroup() as listeners,
    ):
        asked = apart.submit(_asked, lasting)
        for number in range(count):
            listeners.create_task(_hear(client, f"{paths[number % len(paths)]}/audio.mp3"))
        return await asyncio.wrap_future(asked)


def _asked(lasting: str) -> list[float]:
    leave, waits = time.monotonic() + _SECONDS, []
    with httpx.Client(timeout=60, trust_env=False) as client:
        while (begun := time.monotonic()) < leave:
            start = len(waits) * _RANGE % (8 * _RANGE)
            client.get(lasting, headers={"Range": f"bytes={start}-{start + _RANGE - 1}"}).raise_for_status()
            waits.append(time.monotonic() - begun)
            time.sleep(_ASKED_SECONDS)
    return waits


async def _hear(client: httpx.AsyncClient, address: str) -> None:
    """Take a chunk a second for a while, and leave."""
    loop = asyncio.get_running_loop()
    leave = loop.time() + _SECONDS
    async with client.stream("GET", address, follow_redirects=True) as answer:
        answer.raise_for_status()
        async for _ in answer.aiter_raw():
            await asyncio.sleep(_PACE_SECONDS)
            if loop.time() > leave:
                return
