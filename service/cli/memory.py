"""Memory: Python's collector while modules are imported, and the C library's heap in a web process."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Generator
from contextlib import contextmanager, suppress

_M_ARENA_MAX = -8
"""mallopt(3); malloc.h of glibc."""


def share_one() -> None:
    """Have all threads take memory from one arena; where the C library has no such call, do nothing.

    glibc gives each of a process's threads an arena, and what one has left over no other takes: with 200
    listeners that was 60 MB. The threads of one interpreter take turns in any case.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


@contextmanager
def without_collection() -> Generator[None]:
    """Disables garbage collection while modules are imported: imports make no garbage.

    At the end all objects are moved to the permanent generation (``gc.freeze``); later collections skip them.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
