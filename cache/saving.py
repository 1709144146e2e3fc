"""Makes the private Redis server write its data to disk immediately, and reports why it failed."""

from __future__ import annotations

import time
from pathlib import Path

from cache import redis_log, server
from cache.errors import StoreUnavailable, Unsaved
from cache.redis_store import RedisStore

_BUSY = "in progress"
"""Part of Redis's refusal while it is already writing a snapshot."""
_BUSY_SECONDS = 60.0
_LOOK_SECONDS = 0.1
_SAVE_SECONDS = 60.0


def save(folder: Path) -> None:
    """Write the data of a folder's server to disk.

    Raises:
        Unsaved: the server refused; the message gives its reason.
        StoreUnavailable: the server does not answer.
    """
    store, log = RedisStore(server.url(folder), timeout=_SAVE_SECONDS), server.log(folder)
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        store.ping()
        begun = redis_log.length(log)
        try:
            store.save()
        except StoreUnavailable as error:
            if _BUSY in str(error) and time.monotonic() < deadline:
                time.sleep(_LOOK_SECONDS)
                continue
            store.ping()  # raises if the server has ended: then it did not refuse
            reasons = redis_log.complaints(log, begun)  # the refusal itself has no reason
            raise Unsaved(reasons[-1] if reasons else str(error) or "no reason was given") from error
        return
