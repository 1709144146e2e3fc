"""What the queue costs.

The service makes articles of 100 sentences, and all processor time is counted that it takes from POST to
the last byte, in web process, workers and Redis. What that is beyond the steps themselves (reading,
vowels, speaking, encoding, measured beside it) goes to queue, claims, store, joining and HTTP together.
The floor is a task of Celery's that does nothing, with the same settings: sent, taken and acknowledged,
in all processes that have a part in it.

The commands are those that clients send to Redis, without what scripts do inside it and without what is
sent by the clock, from POST until the recording of an article of two sentences is in place.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import median
from typing import Self

import psutil
from redis import Redis
from redis.client import Monitor
from redis.exceptions import RedisError

from benchmarks import article, nothing
from benchmarks.figures import Figure, Goal, Measured
from benchmarks.naive import Steps
from benchmarks.processes import CORES, running, until, worked
from benchmarks.serving import Service, redis_process, serving
from cache import server
from service.jobs.celery_queue import celery

_SENTENCES = 100
_ROUNDS = 3
_TASKS = 1000
_SHORT = 2
"""Sentences of an article whose commands are counted."""
_COUNTED = 10
_IDLE_SECONDS = 5.0
_CELERY_S = 10
"""Commands of Celery's for one task: sent, taken, kept until it is acknowledged, and acknowledged."""
_SETTLING_SECONDS = 1.0
"""After which nothing is sent any more that a recording still needs when it is ready."""


def measure() -> Measured:
    """Milliseconds of processor time per sentence that no step accounts for."""
    beside = Steps()
    # With two at the same time, where cores have two threads, each would slow the other.
    with serving(workers=1) as service:
        service.hear(article.text(article.fresh(_SENTENCES)))
        rounds = [_round(service, beside) for _ in range(_ROUNDS)]
        commands = _commands(service)
    whole, redis, work = (median(each) * 1e3 / _SENTENCES for each in zip(*rounds, strict=True))
    beyond = whole - work
    return Measured(
        [
            Figure("beyond the work, a sentence", beyond, "ms", "the work", work, Goal(6.0, of_value=True)),
            Figure("Redis' own, a sentence", redis, "ms", "all beside Redis", whole - redis),
            Figure("beyond the work, a sentence", beyond, "ms", "a task of nothing", _floor() * 1e3),
            Figure(
                f"commands of Redis, {_SHORT} sentences",
                commands,
                "",
                "Celery's own",
                _CELERY_S * _SHORT,
                Goal(100, of_value=True),
            ),
        ]
    )


def _round(service: Service, beside: Steps) -> tuple[float, float, float]:
    """Processor seconds for one article: of the whole service, of its Redis, of the steps themselves."""
    text = article.text(article.fresh(_SENTENCES))
    before, redis = service.worked(), worked(service.redis)
    service.hear(text)
    return service.worked() - before, worked(service.redis) - redis, sum(beside.steps(text).values())


def _commands(service: Service) -> float:
    """Commands that clients send from POST until an article's recording is ready; the median of some."""
    with _Monitor(service.redis_url) as monitor:
        time.sleep(_IDLE_SECONDS)
        by_the_clock = len(monitor.sent) / _IDLE_SECONDS
        return median(_counted(service, monitor, by_the_clock) for _ in range(_COUNTED))


def _counted(service: Service, monitor: _Monitor, by_the_clock: float) -> float:
    begun, before, ready = time.monotonic(), len(monitor.sent), monitor.ready
    service.post(article.text(article.short(_SHORT)))
    until(lambda: monitor.ready > ready, "ready")
    took, sent = time.monotonic() - begun, len(monitor.sent) - before
    time.sleep(_SETTLING_SECONDS)
    return sent - by_the_clock * took


class _Monitor:
    """Records the commands sent to a Redis."""

    def __init__(self, url: str) -> None:
        self.sent: list[str] = []
        self.ready = 0
        """Recordings that were put in place."""
        self._redis = Redis.from_url(url)

    def _note(self, monitor: Monitor) -> None:
        with suppress(RedisError, ValueError):  # it was closed
            for each in monitor.listen():
                if each["client_type"] != "lua":
                    self.sent.append(each["command"])
                elif each["command"].startswith("RENAME "):
                    self.ready += 1

    def __enter__(self) -> Self:
        self._monitor = self._redis.monitor()
        self._monitor.__enter__()
        threading.Thread(target=self._note, args=(self._monitor,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._redis.connection_pool.disconnect()


def _floor() -> float:
    """Processor seconds that Celery takes for a task of nothing."""
    with ExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        url = held.enter_context(server.running(Path(folder), max_memory="100mb"))
        command = [sys.executable, "-m", "benchmarks.nothing", url]
        worker = held.enter_context(running(command, CORES, subprocess.DEVNULL))
        queue, main = celery(url), psutil.Process(worker.pid)
        nothing.ask(queue, url, 1)
        taking_part = [redis_process(url), main, *main.children(recursive=True)]
        before, own = sum(map(worked, taking_part)), time.process_time()
        nothing.ask(queue, url, _TASKS)
        return (sum(map(worked, taking_part)) - before + time.process_time() - own) / _TASKS
