"""Checks whether Redis can write its data to disk, and logs when it cannot."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

from cache.errors import StoreError
from cache.store import Condition, Store
from service.model.errors import NotSaved
from service.storage.keys import UNSAVED

log = logging.getLogger(__name__)

_EVERY_SECONDS = 60.0


def fault(now: Condition) -> NotSaved | None:
    """Return the error of a store whose last write to disk failed; ``None`` for any other."""
    if now.saved is not False:
        return None
    when = datetime.fromtimestamp(now.saved_at, UTC)
    return NotSaved(
        f"Redis cannot write to disk: {now.unsaved:,} changes since {when:%Y-%m-%d %H:%M} UTC are in "
        "memory only, and lost when it stops. Free space on its disk; see its log for the reason.",
        f"تعذّر على Redis الكتابة إلى القرص منذ {when:%Y-%m-%d %H:%M} بالتوقيت العالمي، وما تغيّر بعدها "
        "في الذاكرة وحدها ويضيع إذا توقّف. أفرغ مساحة على قرصه؛ والسبب في سجلّه.",
    )


class Durability:
    """Logs once a minute that the store cannot write to disk, in one of all processes.

    Args:
        store: the store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._told = -_EVERY_SECONDS

    def round(self) -> None:
        """Check once. A store that does not answer is reported elsewhere."""
        try:
            found = fault(self._store.condition())
        except StoreError:
            return
        if found and time.monotonic() - self._told >= _EVERY_SECONDS and self._ours():
            self._told = time.monotonic()
            log.error("%s", found.en)

    def _ours(self) -> bool:
        """Whether no other process logs it in this minute."""
        try:
            return self._store.claim(UNSAVED, _EVERY_SECONDS) is not None
        except StoreError:  # a store that cannot write to disk may refuse claims, too
            return True
