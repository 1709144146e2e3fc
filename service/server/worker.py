"""A Celery worker: processes that load voices and speak. eSpeak is not thread-safe, so never threads."""

from __future__ import annotations

import logging
import os
import random
import signal
import socket
import sys
import time
import warnings
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

import psutil
from asgi_correlation_id import correlation_id
from billiard.util import get_logger  # type: ignore[import-untyped]
from celery import Celery, Task, bootsteps
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from celery.signals import setup_logging, task_prerun, worker_process_init, worker_process_shutdown

from cache.redis_store import RedisStore
from service.config.settings import Settings
from service.jobs.celery_queue import PREPARE, QUEUE, REQUEST, SPEAK, UTTER, celery, leave_answer, queue_of
from service.metrics import background, tracing
from service.metrics.shipping import Shipper
from service.model.errors import EngineError, IstamiError
from service.model.operations import WorkerReport
from service.model.reading import CaseEndings, SpokenText
from service.recordings.synthesiser import TRANSIENT, Synthesiser
from service.server import available_voices, worker_container
from service.server.container import Container
from service.storage.codec import PREPARED, unpacked
from service.storage.keys import QUEUES
from service.storage.queue_positions import Places
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.utterance import explain_all
from service.util.os_errors import check_semaphores
from service.util.release import release

log = logging.getLogger(__name__)

_STALLED = 70
"""Exit status of a process whose engine hangs (EX_SOFTWARE of sysexits.h)."""


_MOST_RETRIES = 6
_WAKING_SECONDS = 10.0
"""How long a speaking process may be stopped."""
_LOOK_SECONDS = 2.0
"""Interval in which a worker of all voices looks for new voices."""


def run(
    settings: Settings, url: str, processes: tuple[int, int], voices: Collection[str] | None = None
) -> None:
    """Run a worker until it is stopped; on SIGTERM it first finishes the current sentences.

    Args:
        settings: of this machine.
        url: of the Redis that work comes from.
        processes: how many speak, the least (when idle) and the most.
        voices: that it speaks; ``None`` for all.

    Raises:
        MissingPart: the machine has no semaphores.
    """
    check_semaphores()
    # Celery warns root of messages in pickle; ours are JSON, and containers know no other user.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    # And, each time that Redis is unreachable, of a default that will change.
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)
    parts = Container(settings, url)
    app = build(parts)
    if voices is None:
        left = parts.left_to_others()
        voices = [card.id for card in parts.catalogue.list() if card.id not in left]
        app.steps["consumer"].add(_following(parts.store, parts.left_to_others))
    app.steps["consumer"].add(Waking)
    _log_as_we_do()
    app.worker_main(
        [
            "--quiet",
            "worker",
            "--pool=prefork",
            f"--queues={','.join([QUEUE, *map(queue_of, voices)])}",
            f"--concurrency={processes[0]}",
            *([f"--autoscale={processes[1]},{processes[0]}"] if processes[1] > processes[0] else []),
            f"--hostname=istami-{os.getpid()}@{socket.gethostname()}",
            f"--loglevel={settings.log_level}",
            "--without-gossip",
            "--without-mingle",
        ]
    )


def build(parts: Container) -> Celery:
    """The Celery application with its tasks; models are loaded in each of its processes, after the fork."""
    settings = parts.settings
    app = celery(settings.broker_url or parts.url, settings.phrase_seconds)
    # A process is replaced between two sentences; memory leaks of an engine stay bounded.
    app.conf.worker_max_memory_per_child = settings.worker_memory * 1000
    app.conf.worker_max_tasks_per_child = settings.worker_sentences
    diacritiser = Diacritiser()
    # Built here, connected and loaded on use: nothing that a fork could break exists yet.
    maker = worker_container.synthesiser(parts, diacritiser, lambda: os._exit(_STALLED))
    store, ledger = parts.store, parts.ledger

    _speaking(app, maker, Places(store))

    @app.task(name=UTTER)  # type: ignore[untyped-decorator]
    def utter(answer: str, sentences: list[list[tuple[str, bool, bool]]], case_endings: str = "full") -> None:
        spoken = [[SpokenText(*piece) for piece in sentence] for sentence in sentences]
        endings = CaseEndings(case_endings)
        uttered = [explain_all(sentence, diacritiser, endings) for sentence in spoken]
        leave_answer(store, ledger, answer, uttered)

    @task_prerun.connect(weak=False)  # type: ignore[untyped-decorator]
    def follow(task: Task, **_signal: object) -> None:
        """Log under the id of the request that caused the task."""
        correlation_id.set((task.request.headers or {}).get(REQUEST) or None)

    shippers: list[Shipper] = []

    @worker_process_shutdown.connect(weak=False)  # type: ignore[untyped-decorator]
    def leave(**_signal: object) -> None:
        """Ship the remaining metrics and traces."""
        for shipper in shippers:
            shipper.end()
        tracing.end()

    @worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]
    def load(**_signal: object) -> None:
        """Load the default voice before the first article needs it, and report a failure."""
        tracing.begin("worker")
        shippers.append(Shipper(store, ledger, "worker"))
        background.in_thread("metrics", shippers[0].ship, Shipper.SECONDS)
        broken = None
        try:
            maker.warm(settings.voice, settings.latin_voice)
        except IstamiError as error:
            # What is missing is looked for at every report: it may be installed, or removed, meanwhile.
            broken = error.en if isinstance(error, EngineError) else None
            log.error("a voice does not load: %s", error.en)  # noqa: TRY400  # our message says it all
        name, ours = f"{socket.gethostname()}-{os.getpid()}", release()

        def report() -> WorkerReport:
            there = tuple(card.id for card in available_voices.speaking(settings, parts.catalogue))
            missing = available_voices.fault(settings, parts.catalogue)
            fault = missing.en if missing else broken
            return WorkerReport(*(name, settings.voice, fault, ours, time.time(), background.faults(), there))

        parts.registry.sign(report, store)

    return app


def _speaking(app: Celery, maker: Synthesiser, places: Places) -> None:
    """The tasks in which sentences are spoken."""

    @app.task(name=SPEAK, bind=True, max_retries=None)  # type: ignore[untyped-decorator]
    def speak(task: Task, key: str, sentence: int) -> None:
        try:
            with tracing.span("sentence", "CONSUMER", task.request.headers, recording=key, sentence=sentence):
                places.serve(task.request.delivery_info["routing_key"].removeprefix(queue_of("")))
                maker.speak(key, sentence)
        except TRANSIENT as error:
            tried = task.request.retries
            if tried == _MOST_RETRIES:
                maker.fail(key, error)
                return
            log.warning("sentence %s of %s will be retried: %s", sentence, key, error)
            # Twice as long each time, and not all at the same moment.
            raise task.retry(countdown=2**tried * random.uniform(0.5, 1)) from error  # noqa: S311  # nosec B311  # no secret

    @app.task(name=PREPARE)  # type: ignore[untyped-decorator]
    def prepare(plan: str) -> None:
        if known := unpacked(PREPARED, plan):  # else it is sent when the article is taken in
            maker.prepare(known)


def _log_as_we_do() -> None:
    """Make Celery and its pool log into our handlers, in our format, and print nothing else."""
    setup_logging.connect(lambda **_: None, weak=False)  # with a receiver, Celery sets up nothing itself
    pool = get_logger()
    pool.propagate = True
    pool.setLevel(logging.WARNING)
    # Celery writes its last message here, not to the log.
    sys.__stdout__ = sys.__stderr__ = None  # type: ignore[misc]


class Waking(bootsteps.StartStopStep):  # type: ignore[misc]
    """A part of a worker that replaces speaking processes which have been stopped (SIGSTOP).

    A stopped process holds a sentence, does not answer and does not end. A process that is stopped at two
    checks in a row is killed; the pool then starts another.
    """

    requires = ("celery.worker.consumer:Tasks",)

    def start(self, consumer: Any) -> None:
        """Start the checks."""
        self._stopped: set[int] = set()
        consumer.timer.call_repeatedly(_WAKING_SECONDS, self.look)

    def look(self) -> None:
        """Check once."""
        stopped = {child.pid for child in psutil.Process().children() if _is_stopped(child)}
        for pid in stopped & self._stopped:
            log.error("worker process %s has been stopped for %g s: replacing it", pid, _WAKING_SECONDS)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._stopped = stopped


def _is_stopped(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_STOPPED)
    except psutil.NoSuchProcess:
        return False


def _following(store: RedisStore, left: Callable[[], Collection[str]]) -> type[bootsteps.StartStopStep]:
    """A part of a worker that consumes every queue that work is ever put into.

    Args:
        store: has the queues.
        left: returns the voices that are currently left to other machines.
    """

    class Following(bootsteps.StartStopStep):  # type: ignore[misc]
        requires = ("celery.worker.consumer:Tasks",)

        def start(self, consumer: Any) -> None:
            consumer.timer.call_repeatedly(_LOOK_SECONDS, self._look, (consumer,))

        def _look(self, consumer: Any) -> None:
            with background.guarded("queues"):
                others = set(map(queue_of, left()))
                for queue in sorted(store.members(QUEUES) - others):
                    consumer.add_task_queue(queue)
                for queue in filter(consumer.task_consumer.consuming_from, others):
                    consumer.cancel_task_queue(queue)

    return Following
