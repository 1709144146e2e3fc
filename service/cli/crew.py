"""Processes of this command's own that speak an article, one a core, for as long as that takes."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING

from service.errors import Unavailable
from service.settings import Settings
from service.types import Priority, State, Status

if TYPE_CHECKING:
    from service.making import Maker

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.1
_STALLED = 70
"""Exit status of a process whose engine hangs (EX_SOFTWARE of sysexits.h)."""

_makers: list[Maker] = []
"""In a process of the crew: its maker, alone."""


def make(settings: Settings, url: str, key: str, state: Callable[[], State]) -> State:
    """Have a planned recording made, or wait for the running service that is making it already.

    Interrupted, it ends when the sentences at hand are spoken; they are kept.
    """
    while (now := state()).status not in {Status.READY, Status.FAILED}:
        processes = min(os.cpu_count() or 1, now.total - now.done) or 1
        pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (settings, url))
        try:
            sentences = range(min(now.done, now.total - 1), now.total)
            with _not_interrupted():
                speaking = [pool.submit(_speak, key, sentence) for sentence in sentences]
            for spoken in speaking:
                spoken.result()
        except BrokenProcessPool:
            log.warning("a process has died; going on without it")
        finally:
            pool.shutdown(cancel_futures=True)
        time.sleep(_POLL_SECONDS)
    return now


@contextmanager
def _not_interrupted() -> Generator[None]:
    """Begin processes that Ctrl-C does not reach, though it is meant for all; it reaches this one later."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def unsent(_voice: str, _key: str, _sentence: int, _priority: Priority) -> None:
    """No sentence is sent anywhere: the crew goes through all of them."""


def _begin(settings: Settings, url: str) -> None:
    from service import workbench
    from service.text.diacritise import Diacritiser

    _makers.append(workbench.maker(settings, url, Diacritiser(), unsent, lambda: os._exit(_STALLED)))


def _speak(key: str, sentence: int) -> None:
    try:
        _makers[0].speak(key, sentence)
    except Unavailable as error:
        log.warning("sentence %s will be tried again: %s", sentence, error.en)
