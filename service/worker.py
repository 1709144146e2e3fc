"""A Celery worker: processes that load voices and speak. eSpeak is not thread-safe, so never threads."""

from __future__ import annotations

import logging
import os
import socket
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import worker_process_init

from cache.redis_store import RedisStore
from service import wiring
from service.errors import IstamiError
from service.queue import MAKE, UTTER, celery, leave_answer
from service.roster import Roster
from service.settings import Settings
from service.text.diacritise import Diacritiser
from service.text.utterance import utter_all
from service.types import WorkerReport

log = logging.getLogger(__name__)

_STALLED = 70
"""Exit status of a process whose engine hangs (EX_SOFTWARE of sysexits.h)."""


def run(settings: Settings, url: str, processes: int) -> None:
    """Work until told to stop; SIGTERM lets the sentence at hand be finished first."""
    # Celery warns root of messages in pickle; ours are JSON, and containers know no other user.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app = build(settings, url)
    app.worker_main(
        [
            "--quiet",
            "worker",
            "--pool=prefork",
            f"--concurrency={processes}",
            f"--hostname=istami-{os.getpid()}@{socket.gethostname()}",
            f"--loglevel={settings.log_level}",
            "--without-gossip",
            "--without-mingle",
        ]
    )


def build(settings: Settings, url: str) -> Celery:
    """The Celery application with its tasks; models are loaded in each of its processes, after the fork."""
    app = celery(url)
    diacritiser = Diacritiser()
    # Built here, connected and loaded where it is used: nothing that a fork could break exists yet.
    maker = wiring.maker(settings, url, diacritiser, stalled=lambda: os._exit(_STALLED))
    store = RedisStore(url)

    @app.task(name=MAKE)  # type: ignore[untyped-decorator]
    def make(key: str) -> None:
        maker.make(key)

    @app.task(name=UTTER)  # type: ignore[untyped-decorator]
    def utter(answer: str, sentences: list[list[str]]) -> None:
        leave_answer(store, answer, [utter_all(sentence, diacritiser) for sentence in sentences])

    @worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]
    def load(**_signal: object) -> None:
        """Load the default voice before the first article needs it, and tell whether that went well."""
        fault = None
        try:
            maker.warm(settings.voice)
        except IstamiError as error:
            fault = error.en
            log.error("the default voice does not load: %s", fault)  # noqa: TRY400  # our message says it all
        name = f"{socket.gethostname()}-{os.getpid()}"
        Roster(RedisStore(url)).sign(lambda: WorkerReport(name, settings.voice, fault))

    return app
