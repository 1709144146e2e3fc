"""Spoken sentences, piece by piece, and who is at them: what recordings share."""

from __future__ import annotations

import logging
import struct
import time
from collections.abc import Sequence

from pydantic import TypeAdapter

from cache.store import Claim, Put, Store
from service.names import (
    PARKED,
    attempts_name,
    clip_name,
    sentence_claim_name,
    waiting_name,
)
from service.types import Parked, Stretch, WordTiming

log = logging.getLogger(__name__)

_WORDS = TypeAdapter(tuple[WordTiming, ...])
_PARKED = TypeAdapter(Parked)
_HEAD = struct.Struct("<III")
"""Samples, samples of sound, bytes of the words' JSON."""
_ATTEMPTS_SECONDS = 3600
_WAITING_SECONDS = 3600
_MOST_PARKED = 100
_PARKED_SECONDS = 30 * 86_400


class Clips:
    """Spoken sentences in the store, each under the key of its sound (``planning.sentence_key``)."""

    def __init__(self, store: Store, lifetime: int) -> None:
        """Look after clips.

        Args:
            store: where they are.
            lifetime: seconds that a spoken piece is kept for reuse.
        """
        self._store = store
        self._lifetime = lifetime

    def spoken(self, sentence: str, pieces: int) -> bool:
        """Whether all pieces of a sentence are there."""
        return all(self._store.size(clip_name(sentence, piece)) for piece in range(pieces))

    def there(self, sentence: str, piece: int) -> bool:
        """Whether one piece is there."""
        return self._store.size(clip_name(sentence, piece)) > 0

    def stretches(self, sentence: str, pieces: int) -> list[Stretch]:
        """The pieces of a sentence from its first up to one that is not there."""
        found: list[Stretch] = []
        for value in self._store.get_many([clip_name(sentence, piece) for piece in range(pieces)]):
            stretch = _unpacked(value)
            if stretch is None:
                break
            found.append(stretch)
        return found

    def keep(self, claim: Claim, sentence: str, piece: int, stretch: Stretch) -> None:
        """Keep a piece that was spoken under the sentence's claim.

        Raises:
            ClaimLost: somebody else speaks the sentence now.
        """
        words = _WORDS.dump_json(stretch.words)
        head = _HEAD.pack(stretch.samples, stretch.sound, len(words))
        put = Put(head + words + stretch.mp3, self._lifetime)
        self._store.commit(claim, {clip_name(sentence, piece): put})

    def claim(self, sentence: str, seconds: float) -> Claim | None:
        """The right to speak a sentence, or ``None`` when somebody is at it."""
        return self._store.claim(sentence_claim_name(sentence), seconds)

    def claimed(self, sentence: str) -> bool:
        """Whether somebody is at the sentence."""
        return self._store.claimed(sentence_claim_name(sentence))

    def abandoned(self, sentence: str) -> str | None:
        """The token of whoever was at the sentence and died."""
        return self._store.lapsed(sentence_claim_name(sentence))

    def wait(self, sentence: str, key: str) -> None:
        """Have a recording grow when somebody who is at the sentence has spoken it."""
        self._store.add(waiting_name(sentence), key, _WAITING_SECONDS)

    def waiting(self, sentence: str) -> set[str]:
        """The recordings that wait for a sentence."""
        return self._store.members(waiting_name(sentence))

    def attempt(self, sentence: str) -> int:
        """Note that the sentence is begun; how often that was so, this time included, without a return."""
        return self._store.count(attempts_name(sentence), _ATTEMPTS_SECONDS)

    def settle(self, claim: Claim, sentence: str) -> None:
        """Give the claim back, with whatever came of it: whoever was at the sentence has come back."""
        self._store.delete(attempts_name(sentence))
        self._store.release(claim)

    def told(self, sentence: str) -> None:
        """Forget who waited for a sentence: they have been told."""
        self._store.delete(waiting_name(sentence))

    def park(self, text: str, voice: str, reason: str) -> None:
        """Note, for people, that a sentence is spoken no more; the latest are kept."""
        parked = Parked(text, voice, reason, time.time())
        member = _PARKED.dump_json(parked).decode()
        self._store.place(PARKED, member, parked.when, most=_MOST_PARKED, ttl=_PARKED_SECONDS)

    def parked(self) -> Sequence[Parked]:
        """The sentences that are spoken no more, the latest first."""
        return [_PARKED.validate_json(member) for member in self._store.highest(PARKED, 0, _MOST_PARKED)]


def _unpacked(value: bytes | None) -> Stretch | None:
    if value is None:
        return None
    try:
        samples, sound, length = _HEAD.unpack_from(value)
        words = _WORDS.validate_json(value[_HEAD.size : _HEAD.size + length])
    except (struct.error, ValueError):
        log.warning("a damaged clip counts as absent")
        return None
    return Stretch(value[_HEAD.size + length :], samples, sound, words)
