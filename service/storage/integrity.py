"""Finished recordings: whether they are there, and still what was put there."""

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
"""Bytes that are read at a time."""
_LASTS_SECONDS = 600.0
"""How long what a process has looked through counts as undamaged."""
_MOST_KNOWN = 10_000
"""Recordings that a process remembers to have looked through."""


class Finished:
    """Recordings that can be heard, each under a seal that tells what its bytes are."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[int, float]] = {}
        self._looking = threading.Lock()
        """One at a time: each look holds a step or two, and many listeners come at once."""

    def there(self, key: str) -> bool:
        """Whether the recording is there, undamaged, with all that goes with it.

        One that is damaged is logged and forgotten, and so made again. That it is not takes reading all of
        it: this is found out at first, and every ten minutes from then on.
        """
        size = self._store.size(audio_name(key))
        return size > 0 and self._whole(key, size) and self._timed(key)

    def known(self, key: str, size: int) -> bool:
        """Whether a recording of so many bytes has been looked through lately; asks nobody."""
        return 0 < size == self.size(key)

    def size(self, key: str) -> int:
        """Bytes of a recording that has been looked through lately, else 0; asks nobody."""
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
