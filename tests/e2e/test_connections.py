"""A service that nobody asks for anything holds few connections to Redis, whose number is limited."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.faults.house import RedisServer

SECONDS = 15
MOST = {"web": 10, "worker": 8, "speaking": 3, "reading": 2}
"""Connections of a process, by its kind."""


@pytest.fixture
def redis(need_redis: Callable[[], None], tmp_path: Path, unused_port: int) -> Iterator[RedisServer]:
    """A Redis over TCP: the port of a connection's other end tells whose it is."""
    need_redis()
    redis = RedisServer(tmp_path / "redis", unused_port)
    redis.start()
    yield redis
    redis.kill()


def kind(process: psutil.Process, service: Any) -> str:
    """What a process of a service is."""
    if process.pid == service.process.pid:
        return "web"
    if "worker" not in process.cmdline():
        return "reading"
    return "worker" if process.ppid() == service.process.pid else "speaking"


def owners(service: Any) -> dict[int, str]:
    """The kinds of process that hold TCP connections, by their own port."""
    web, held = psutil.Process(service.process.pid), {}
    for process in (web, *web.children(recursive=True)):
        with suppress(psutil.Error):  # it has just ended
            connections = process.net_connections("tcp")
            held |= {each.laddr.port: kind(process, service) for each in connections}
    return held


def test_an_idle_service_holds_few(redis: RedisServer, start: Callable[..., Any]) -> None:
    """With one web process and one worker 17 are seen: 6, 8, 2 and 1 of the kinds below.

    The web process has one for each round of background work that coincides with others (seven rounds and
    the metrics), one that reads recordings and one of Celery's. A worker's first process has six of Celery's
    (work, what is acknowledged, remote control, heartbeats) and two that look for new queues and voices. A
    process that speaks has one for its heartbeat, one for its metrics and one for what it speaks, which may
    coincide; one that reads articles has one for its metrics and one for the article.
    """
    service = start("--workers", "1", REDIS_URL=redis.url)
    seen: Counter[str] = Counter()
    begun = time.monotonic()
    while time.monotonic() - begun < SECONDS:
        ports = [int(each["addr"].rpartition(":")[2]) for each in redis.client.client_list()]
        held = owners(service)
        seen |= Counter(held[port] for port in ports if port in held)
        time.sleep(0.5)
    assert set(seen) >= {"web", "worker", "speaking"}
    assert seen <= Counter(MOST), seen
