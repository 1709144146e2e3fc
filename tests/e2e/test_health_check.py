"""The image's health check tells a service that can serve from one that cannot."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cache import server
from cache.redis_store import RedisStore
from tests.e2e.commands import environment

DOCKERFILE = Path(__file__).parents[2] / "Dockerfile"
HEALTHCHECK = re.compile(
    r"^HEALTHCHECK (?P<options>.*?)\\?\n? +CMD (?P<command>\[.*\])$", re.MULTILINE
).search(DOCKERFILE.read_text(encoding="utf-8"))
COMMAND: list[str] = json.loads(HEALTHCHECK["command"])
SECONDS = int(re.search(r"--timeout=(\d+)s", HEALTHCHECK["options"])[1])
INSIDE = "http://127.0.0.1:8000/"
"""Where the service listens in a container."""


def healthy(service: Any) -> bool:
    """Carry out the check as the container does, but for the port; one that takes too long fails."""
    words = [each.replace(INSIDE, f"{service.base}/") for each in COMMAND]
    assert words != COMMAND
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    try:
        done = subprocess.run(
            words, env=environment(PATH=path), capture_output=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """A Redis that nobody starts again when it dies."""
    if server.find_program() is None:
        pytest.skip("no Redis server program on this machine")
    with server.running(tmp_path / "redis", max_memory="64mb") as url:
        yield url


def test_it_fails_while_redis_is_away(redis, start, until: Callable[..., None], tmp_path: Path) -> None:
    service = start("--workers", "1", REDIS_URL=redis)
    until(lambda: healthy(service), 60, "healthy")
    RedisStore(redis)._redis.shutdown(nosave=True)
    until(lambda: not healthy(service), 60, "found to be away")
    assert service.process.poll() is None
    assert not healthy(service)
    server.start_again(tmp_path / "redis", max_memory="64mb", policy="volatile-ttl")
    until(lambda: healthy(service), 60, "healthy again")


def test_it_fails_while_nobody_speaks(start) -> None:
    service = start("--workers", "0", ready=False)
    with service.client as client:
        assert client.get("/healthz").status_code == 200
    assert not healthy(service)
