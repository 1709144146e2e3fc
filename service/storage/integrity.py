"""Verifies the integrity of finished recordings."""

from __future__ import annotations

import logging
import threading
import time
import zlib

from cache.store import Store
from service.model.recording import Checksum
from service.storage.codec import noun, unpacked
from service.storage.keys import audio_name, seal_name, timings_name

log = logging.getLogger(__name__)

SEAL = noun("seal", Checksum, squeezed=True)
STEP = 1024 * 1024
"""Bytes read at a time."""
_LASTS_SECONDS = 600.0
"""How long a verified recording counts as undamaged in a process."""
_MOST_KNOWN = 10_000
"""Maximum number of verified recordings that a process remembers."""


class Finished:
    """Finished recordings, each with a seal: the checksum of its bytes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[int, float]] = {}
        self._looking = threading.Lock()
        """One check at a time: each uses a step or two of memory, and many listeners may start together."""

    def there(self, key: str) -> bool:
        """Whether the recording exists, undamaged and with its timings.

        A damaged one is logged and deleted, and so made again. The check reads the whole recording; it runs
        on first use, and every ten minutes from then on.
        """
        size = self._store.size(audio_name(key))
        return size > 0 and self._whole(key, size) and self._timed(key)

    def known(self, key: str, size: int) -> bool:
        """Whether a recording of so many bytes was verified recently; does not access the store."""
        return 0 < size == self.size(key)

    def size(self, key: str) -> int:
        """Return the bytes of a recently verified recording, else 0; does not access the store."""
        size, when = self._known.get(key, (0, 0.0))
        return size if time.monotonic() - when < _LASTS_SECONDS else 0

    def _whole(self, key: str, size: int) -> bool:
        if self.known(key, size):
            return True
        with self._looking:
            return self.known(key, size) or self._sound(key)

    def _timed(self, key: str) -> bool:
        return self._store.size(timings_name(key)) > 0

    def _sound(self, key: str) -> bool:
        seal = unpacked(SEAL, self._store.get(seal_name(key)))
        size, crc = 0, 0
        while chunk := self._store.read(audio_name(key), size, size + STEP):
            size, crc = size + len(chunk), zlib.crc32(chunk, crc)
        if seal != Checksum(size, crc):
            log.warning("recording %s is damaged: it counts as absent", key)
            self._known.pop(key, None)
            self._store.delete(audio_name(key))
            return False
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = (size, time.monotonic())
        return True
