"""How much is spoken before an article's first sentence: its place in the queue of its voice."""

from __future__ import annotations

from cache.store import Store
from service.storage.codec import NUMBER, noun, packed, unpacked
from service.storage.keys import place_name, served_name

_SECONDS = 30 * 86_400
_PLACE = noun("place in a queue", tuple[int, int])
"""What stood before an article, and what had been taken up by then."""


class Places:
    """Places in queues: what stood before an article when it was sent, less what has been taken up since.

    About right: what goes before it later on (an article that is more urgent) is not seen.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, key: str, voice: str, ahead: int) -> None:
        """Note that so many sentences wait before the first one of a recording."""
        self._store.put(place_name(key), packed(_PLACE, (ahead, self._served(voice)), _SECONDS))

    def serve(self, voice: str) -> None:
        """Note that a worker has taken up a sentence."""
        self._store.count(served_name(voice), _SECONDS)

    def ahead(self, key: str, voice: str) -> int | None:
        """Sentences that are taken up before the first one of a recording; ``None`` where nobody noted it."""
        noted = unpacked(_PLACE, self._store.get(place_name(key)))
        if noted is None:
            return None
        ahead, served = noted
        return max(0, ahead - max(0, self._served(voice) - served))

    def _served(self, voice: str) -> int:
        return unpacked(NUMBER, self._store.get(served_name(voice))) or 0
