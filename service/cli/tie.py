"""Ties a process to its parent: a killed parent could not stop it."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable


def to_starter(end: Callable[[], object]) -> None:
    """Call a function when the parent process has exited; never in a process without a parent."""
    if starter := multiprocessing.parent_process():

        def wait() -> None:
            starter.join()
            end()

        threading.Thread(target=wait, name="tie", daemon=True).start()
