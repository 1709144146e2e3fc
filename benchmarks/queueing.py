"""What the queue costs.

The service makes articles of 100 sentences, and all processor time is counted that it takes from POST to
the last byte, in web process, workers and Redis. What that is beyond the steps themselves (reading,
vowels, speaking, encoding, measured beside it) goes to queue, claims, store, joining and HTTP together.
The floor is a task of Celery's that does nothing, with the same settings: sent, taken and acknowledged,
in all processes that have a part in it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import psutil

from benchmarks import article, nothing
from benchmarks.figures import Figure, Measured
from benchmarks.naive import Steps
from benchmarks.processes import CORES, running, worked
from benchmarks.serving import Service, redis_process, serving
from cache import server
from service.jobs.celery_queue import celery

_SENTENCES = 100
_ROUNDS = 3
_TASKS = 1000


def measure() -> Measured:
    """Milliseconds of processor time a sentence that are nobody's work."""
    beside = Steps()
    with serving() as service:
        service.hear(article.text(article.fresh(_SENTENCES)))
        rounds = [_round(service, beside) for _ in range(_ROUNDS)]
    whole, redis, work = (median(each) * 1e3 / _SENTENCES for each in zip(*rounds, strict=True))
    beyond = whole - work
    return Measured(
        [
            Figure("beyond the work, a sentence", beyond, "ms", "the work", work),
            Figure("Redis' own, a sentence", redis, "ms", "all beside Redis", whole - redis),
            Figure("beyond the work, a sentence", beyond, "ms", "a task of nothing", _floor() * 1e3),
        ]
    )


def _round(service: Service, beside: Steps) -> tuple[float, float, float]:
    """Processor seconds for one article: of the whole service, of its Redis, of the steps themselves."""
    text = article.text(article.fresh(_SENTENCES))
    before, redis = service.worked(), worked(service.redis)
    service.hear(text)
    return service.worked() - before, worked(service.redis) - redis, sum(beside.steps(text).values())


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
