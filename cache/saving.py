"""Has the private Redis server write its data to disk at once, and reports why it could not."""

from __future__ import annotations

import re
import time
from pathlib import Path

from cache import server
from cache.errors import StoreUnavailable, Unsaved
from cache.redis_store import RedisStore

_BUSY = "in progress"
"""In Redis's refusal while it writes a snapshot of its own accord."""
_BUSY_SECONDS = 60.0
_LOOK_SECONDS = 0.1
_TAIL = 16 * 1024
"""Bytes at the end of the server's log that are searched for the reason."""
_FAULT = re.compile(rb"# (?P<reason>(?:Write error|Failed opening|Error moving|Unable|MISCONF)[^\r\n]*)")
"""How Redis 6 to 8 and Valkey begin the line that gives the reason."""
_SAVE_SECONDS = 60.0


def save(folder: Path) -> None:
    """Write the data of a folder's server to disk.

    Raises:
        Unsaved: the server refused; the message gives its reason.
        StoreUnavailable: the server does not answer.
    """
    store = RedisStore(server.url(folder), timeout=_SAVE_SECONDS)
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        store.ping()
        logged = _size(_log(folder))
        try:
            store.save()
        except StoreUnavailable as error:
            if _BUSY in str(error) and time.monotonic() < deadline:
                time.sleep(_LOOK_SECONDS)
                continue
            store.ping()  # raises where the server has gone: then it refused nothing
            raise Unsaved(_reason(folder, logged) or str(error) or "no reason was given") from error
        return


def _reason(folder: Path, since: int) -> str:
    """What the server's log says about the refusal, which only the log explains.

    Args:
        folder: the server's.
        since: size of the log before the refusal.
    """
    try:
        with _log(folder).open("rb") as log:
            log.seek(max(since, _size(_log(folder)) - _TAIL))
            found = _FAULT.findall(log.read())
    except OSError:
        return ""
    return str(found[-1].decode(errors="replace")) if found else ""


def _log(folder: Path) -> Path:
    return folder / "redis.log"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
