"""The stores that hold the contract: each a real server."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cache import server
from cache.redis_store import RedisStore


@pytest.fixture(params=["embedded", "tcp"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Every address a store is used at: our own server's socket, and somebody's server over TCP."""
    if request.param == "embedded":
        return str(request.getfixturevalue("redis_url"))
    if url := os.environ.get("TEST_REDIS_URL"):
        return url
    if os.environ.get("CI") == "true" and "redis" in os.environ.get("ISTAMI_REQUIRE", ""):
        pytest.fail("TEST_REDIS_URL is not set; CI must have a Redis server")
    pytest.skip("TEST_REDIS_URL is not set")


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts servers of one's own, with options; they end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(**options: str) -> str:
        socket = tmp_path / f"{len(started)}.sock"
        command = [str(server.find_program()), "--port", "0", "--unixsocket", str(socket), "--save", ""]
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", value]
        started.append(subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL))
        url = f"unix://{socket}"
        deadline = time.monotonic() + 20
        while not answers(url):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return url

    yield start
    for process in started:
        process.kill()
        process.wait()


def answers(url: str) -> bool:
    try:
        RedisStore(url, timeout=1).ping()
    except Exception:  # noqa: BLE001  # not yet
        return False
    return True
