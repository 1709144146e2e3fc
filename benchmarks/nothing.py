"""A Celery worker of one process, set up as the service's, whose task does nothing.

python -m benchmarks.nothing REDIS_URL
"""

from __future__ import annotations

import sys

from celery import Celery

from benchmarks.processes import until
from cache.redis_store import RedisStore
from cache.store import Put
from service.jobs.celery_queue import QUEUE, celery

_TASK = "bench.nothing"
_DONE = "bench:done"


def ask(app: Celery, url: str, tasks: int) -> None:
    """Have so many tasks done, and wait for the last of them, which says so."""
    store = RedisStore(url)
    store.delete(_DONE)
    for number in range(tasks):
        app.send_task(_TASK, [number == tasks - 1], queue=QUEUE, priority=0)
    until(lambda: store.size(_DONE) > 0, "done with nothing")


def _work(url: str) -> None:
    app, store = celery(url), RedisStore(url)

    @app.task(name=_TASK)  # type: ignore[untyped-decorator]
    def nothing(last: bool) -> None:  # noqa: FBT001
        if last:
            store.put(_DONE, Put(b"1", 60))

    app.worker_main(
        ["--quiet", "worker", "--pool=prefork", "--concurrency=1", f"--queues={QUEUE}", "--without-gossip"]
    )


if __name__ == "__main__":
    _work(sys.argv[1])
