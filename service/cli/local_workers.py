"""Worker processes of one command, one per core, that synthesise an article and then exit."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

from cache.errors import StoreUnavailable
from service.cli import tie
from service.config.settings import Settings
from service.model.article import Priority
from service.model.errors import ChildFailed, Unavailable
from service.model.recording import State, Status
from service.util.os_errors import check_semaphores
from service.util.supervision import Backoff

if TYPE_CHECKING:
    from service.recordings.synthesiser import Synthesiser

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 60.0
"""Maximum time that the store may be unavailable."""
_STALLED = 70
"""Exit status of a process whose engine hangs (EX_SOFTWARE of sysexits.h)."""
_ORPHANED = 1
"""Exit status of a process whose parent has died."""

_makers: list[Synthesiser] = []
"""In a worker process: its synthesiser."""


def make(settings: Settings, url: str, key: str, state: Callable[[], State]) -> State:
    """Synthesise a planned recording, or wait for a running service that does so already.

    When interrupted, it finishes and stores the current sentences. If the store is unavailable it waits for
    a while: a private Redis that died is restarted meanwhile.

    Raises:
        MissingPart: the machine has no semaphores.
        ChildFailed: the processes exit repeatedly.
        StoreUnavailable: the store does not come back.
    """
    check_semaphores()
    backoff, answered = Backoff(), time.monotonic()
    while True:
        try:
            if (now := state()).status in {Status.READY, Status.FAILED}:
                return now
            _make_some(settings, url, key, now)
            answered = time.monotonic()
        except StoreUnavailable:
            if time.monotonic() - answered > _PATIENCE_SECONDS:
                raise
        except BrokenProcessPool as error:
            if backoff.after(time.monotonic() - answered) is None:
                raise ChildFailed(
                    "The worker processes keep dying; see the messages above.",
                    "تنتهي عمليات النطق مرّة بعد مرّة؛ راجع الأسطر السابقة.",
                ) from error
            log.warning("a process has died; continuing without it")
        time.sleep(_POLL_SECONDS)


def _make_some(settings: Settings, url: str, key: str, now: State) -> None:
    """Process every sentence once, after those that are finished."""
    processes = min(os.cpu_count() or 1, now.total - now.done) or 1
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (settings, url))
    try:
        sentences = range(min(now.done, now.total - 1), now.total)
        with _not_interrupted():
            speaking = [pool.submit(_speak, key, sentence) for sentence in sentences]
        for spoken in speaking:
            spoken.result()
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _not_interrupted() -> Generator[None]:
    """Start processes that Ctrl-C does not reach; this process receives it later and stops them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def unsent(_voice: str, _key: str, _sentence: int, _priority: Priority) -> None:
    """Send nothing to a queue: the worker processes go through all sentences."""


def _begin(settings: Settings, url: str) -> None:
    from service.server import worker_container
    from service.server.container import Container
    from service.text.diacritisation.diacritiser import Diacritiser

    tie.to_starter(partial(os._exit, _ORPHANED))
    parts = Container(settings, url, unsent)
    _makers.append(worker_container.synthesiser(parts, Diacritiser(), lambda: os._exit(_STALLED)))


def _speak(key: str, sentence: int) -> None:
    try:
        _makers[0].speak(key, sentence)
    except Unavailable as error:
        log.warning("sentence %s will be retried: %s", sentence, error.en)
