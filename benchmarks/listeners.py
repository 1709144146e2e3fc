"""Many listeners.

200 listeners are connected at once: half of them hear a recording of an hour that is there, which they
take as slowly as they play it, half of them one that grows. The figure is the most memory that the web
process has held (its peak resident set), beside what it held before anybody listened.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
import psutil

from benchmarks import article
from benchmarks.figures import Figure, Goal, Measured
from benchmarks.serving import Service, serving

LISTENERS = 200
_LONG = 400
_SECONDS = 8.0
_PACE_SECONDS = 1.0


def measure() -> Measured:
    """Connect all of them, and look at the web process."""
    with serving() as service:
        there = service.post(article.text(article.fresh(_LONG)))
        service.made(there)
        before = peak(service.process)
        grows = service.post(article.text(article.fresh(_LONG)))
        asyncio.run(_listen(service, [there, grows]))
        after = peak(service.process)
    figure = Figure(
        f"web process, {LISTENERS} listeners", after, "MB", "before them", before, Goal(150, of_value=True)
    )
    return Measured([figure])


def peak(process: psutil.Process) -> float:
    """The most memory that a process has held, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


async def _listen(service: Service, paths: list[str]) -> None:
    limits = httpx.Limits(max_connections=LISTENERS)
    async with httpx.AsyncClient(base_url=service.base, timeout=60, limits=limits, trust_env=False) as client:
        shares = [paths[number % len(paths)] for number in range(LISTENERS)]
        async with asyncio.TaskGroup() as listeners:
            for path in shares:
                listeners.create_task(_hear(client, f"{path}/audio.mp3"))


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
