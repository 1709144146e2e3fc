"""Ties a process to the one that started it: a starter that was killed could not end it."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable


def to_starter(end: Callable[[], object]) -> None:
    """Call a function when the process that started this one has ended; in one that nobody started, never."""
    if starter := multiprocessing.parent_process():

        def wait() -> None:
            starter.join()
            end()

        threading.Thread(target=wait, name="tie", daemon=True).start()
