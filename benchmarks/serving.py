"""The service as users start it, with a port and data of its own, on the cores that it is given."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from redis import Redis

from benchmarks.processes import CORES, pinned, running, until, worked
from cache import server
from cache.redis_ledger import RedisLedger
from service.jobs.worker_registry import WorkerRegistry

_MADE_SECONDS = 600.0
_END_SECONDS = 1.0
_LOOK_SECONDS = 0.05
_ADDRESS = re.compile(r"istami · استمع   (http://\S+?)/?\s")


@dataclass(frozen=True, slots=True)
class Service:
    """A running service."""

    base: str
    redis_url: str
    process: psutil.Process
    """``istami serve``: with one web process, that is it."""
    client: httpx.Client

    def post(self, text: str, **fields: str) -> str:
        """Send an article; its path."""
        answer = self.client.post("/v1/articles", json={"text": text, "listed": False, **fields})
        return f"/v1/articles/{answer.raise_for_status().json()['id']}"

    def hear(self, text: str, **fields: str) -> tuple[float, float]:
        """Send an article and listen to its end; seconds to the first byte of sound, and to the last."""
        begun = time.perf_counter()
        path = self.post(text, **fields)
        with self.client.stream("GET", f"{path}/audio.mp3", follow_redirects=True) as answer:
            sound = answer.raise_for_status().iter_bytes()
            next(sound)
            first = time.perf_counter() - begun
            for _ in sound:
                pass
        return first, time.perf_counter() - begun

    def begin(self, text: str) -> float:
        """Send an article, listen to its first byte and leave; seconds till then."""
        begun = time.perf_counter()
        path = self.post(text)
        with self.client.stream("GET", f"{path}/audio.mp3", follow_redirects=True) as answer:
            next(answer.raise_for_status().iter_bytes())
            first = time.perf_counter() - begun
        self.client.delete(path).raise_for_status()  # no article needs the rest: it is not synthesised
        time.sleep(_END_SECONDS)  # but for the sentences at hand, for which the next would wait
        return first

    def made(self, path: str) -> dict[str, Any]:
        """Wait until an article's recording is whole; what the service says of it.

        Raises:
            RuntimeError: it failed, or takes for ever.
        """
        deadline = time.monotonic() + _MADE_SECONDS
        while (told := self.client.get(path).raise_for_status().json())["status"] != "ready":
            if told["status"] == "failed" or time.monotonic() > deadline:
                raise RuntimeError(f"an article was not made: {told}")
            time.sleep(_LOOK_SECONDS)
        return dict(told)

    def worked(self) -> float:
        """Processor seconds that all of it has taken till now, Redis included."""
        return sum(map(worked, [self.redis, self.process, *self.process.children(recursive=True)]))

    @property
    def redis(self) -> psutil.Process:
        """Its Redis server."""
        return redis_process(self.redis_url)

    def speakers(self) -> list[psutil.Process]:
        """The processes that speak."""
        workers = [each for each in self.process.children(recursive=True) if "worker" in each.cmdline()]
        return [each for each in workers if each.parent() in workers]


@contextmanager
def serving(
    *,
    workers: int = len(CORES),
    web_workers: int = 1,
    cores: Sequence[int] = CORES,
    redis_cores: Sequence[int] | None = None,
    **settings: str,
) -> Generator[Service]:
    """Run a service, ready to synthesise with all its workers.

    Args:
        workers: worker processes.
        web_workers: web processes.
        cores: that web processes, workers and Redis run on.
        redis_cores: those of Redis, where they are others.
        settings: of the service.
    """
    with ExitStack() as held:
        data = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        with pinned(redis_cores or cores):
            url = held.enter_context(server.running(data / "redis", max_memory="2gb"))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
        environment |= {"ISTAMI_DATA_DIR": str(data), "REDIS_URL": url, "PYTHONUNBUFFERED": "1", **settings}
        options = ["--port", "0", "--workers", str(workers), "--web-workers", str(web_workers)]
        command = [sys.executable, "-P", "-m", "service", "serve", *options]
        log = held.enter_context((data / "log").open("w"))
        process = held.enter_context(running(command, cores, log, environment))
        base = _told(data / "log", process)
        client = held.enter_context(httpx.Client(base_url=base, timeout=120, trust_env=False))
        ready = "/readyz" if workers else "/healthz"  # without a worker it is never ready
        until(lambda: client.get(ready).status_code == httpx.codes.OK, "ready")
        until(lambda: len(WorkerRegistry(RedisLedger(url)).alive()) == workers, "there with all workers")
        yield Service(base, url, psutil.Process(process.pid), client)


def redis_process(url: str) -> psutil.Process:
    """The Redis server at a local address."""
    return psutil.Process(Redis.from_url(url).info("server")["process_id"])


def _told(log: Path, process: subprocess.Popen[bytes]) -> str:
    """The address that the service says it is at."""

    def said() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"the service ended: {log.read_text()[-500:]}")
        return bool(_ADDRESS.search(log.read_text()))

    until(said, "listening")
    return str(_ADDRESS.findall(log.read_text())[0])
