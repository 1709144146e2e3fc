"""Estimates an article's position in the queue of its voice."""

from __future__ import annotations

from cache.store import Store
from service.storage.codec import NUMBER, noun, packed, unpacked
from service.storage.keys import place_name, served_name

_SECONDS = 30 * 86_400
_PLACE = noun("place in a queue", tuple[int, int])
"""Number of sentences before an article, and number of sentences started by then."""


class Places:
    """Queue positions: the sentences before an article when it was sent, minus those started since.

    An estimate: more urgent articles that overtake it later are not counted.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, key: str, voice: str, ahead: int) -> None:
        """Store the number of sentences that wait before a recording's first one."""
        served = _number(self._store.get(served_name(voice)))
        self._store.put(place_name(key), packed(_PLACE, (ahead, served), _SECONDS))

    def serve(self, voice: str) -> None:
        """Count a sentence that a worker has started."""
        self._store.count(served_name(voice), _SECONDS)

    def ahead(self, key: str, voice: str) -> int | None:
        """Return the number of sentences before a recording's first one; ``None`` if it is not known."""
        place, now = self._store.get_many([place_name(key), served_name(voice)])
        noted = unpacked(_PLACE, place)
        if noted is None:
            return None
        ahead, served = noted
        return max(0, ahead - max(0, _number(now) - served))


def _number(value: bytes | None) -> int:
    return unpacked(NUMBER, value) or 0
