"""Real parts for tests: a Redis server of their own, the running service, its workers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from cache import server
from cache.redis_store import RedisStore


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Redis server on a private socket."""
    if server.find_program() is None:
        if os.environ.get("CI"):
            pytest.fail("no Redis server program; CI must have one")
        pytest.skip("no Redis server program on this machine")
    with server.running(tmp_path_factory.mktemp("redis"), max_memory="256mb") as url:
        yield url


@pytest.fixture
def store(redis_url: str) -> RedisStore:
    """An empty store."""
    store = RedisStore(redis_url)
    store._redis.flushall()
    return store


@dataclass
class Service:
    """The service as users start it, on a free port."""

    base: str
    process: subprocess.Popen[bytes]
    data: Path
    redis_url: str

    @property
    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.base, timeout=60, trust_env=False)


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Service]]:
    """Starts services, each with data of its own, and stops them all at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*options: str, ready: bool = True, **settings: str) -> Service:
        data = Path(settings.get("ISTAMI_DATA_DIR") or tmp_path_factory.mktemp("data"))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
        environment.pop("REDIS_URL", None)
        environment |= {"ISTAMI_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1", **settings}
        # Into a file: nobody reads a pipe here, and one that is full would hold the service up.
        with (data / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "service", "serve", "--port", "0", *options],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        started.append(process)

        def told() -> list[str]:
            assert process.poll() is None, (data / "log").read_text()
            return re.findall(r"istami · استمع   (http://\S+)", (data / "log").read_text())

        wait_for(lambda: bool(told()), 60, "listening")
        base = told()[0]
        url = settings.get("REDIS_URL") or server.url(data / "redis")
        service = Service(base.rstrip("/"), process, data, url)
        if ready:
            with service.client as client:
                wait_for(lambda: client.get("/readyz").status_code == 200, 60, "ready")
        return service

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
    for process in started:
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def service(start: Callable[..., Service]) -> Service:
    """One running service that tests share; each uses articles of its own."""
    return start("--workers", "2")


@pytest.fixture
def client(service: Service) -> Iterator[httpx.Client]:
    """A client of the shared service."""
    with service.client as client:
        yield client


@pytest.fixture(scope="session")
def until() -> Callable[[Callable[[], bool], float, str], None]:
    """Waits for what comes to be."""
    return wait_for


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until a condition holds; fails by name when it does not come to hold."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not {what} within {seconds} s"
        time.sleep(0.05)
