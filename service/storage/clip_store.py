"""Spoken sentences, piece by piece, and who is at them: what recordings share."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Sequence

from cache.ledger import Ledger
from cache.store import Claim, Store
from service.model.operations import Parked
from service.model.recording import EncodedClip, WordTiming
from service.storage.codec import NUMBER, Kind, all_unpacked, noun, packed, unpacked
from service.storage.keys import (
    ATTEMPTS,
    OVERRUNS,
    PARKED,
    clip_name,
    holders_name,
    sentence_claim_name,
    waiting_name,
)

_WORDS = noun("words of a clip", tuple[WordTiming, ...])
_PARKED = noun("parked sentence", Parked)
_CRC = struct.Struct("<I")
"""CRC-32 of all that follows."""
_HEAD = struct.Struct("<III")
"""Samples, samples of sound, bytes of the words' JSON."""
_ATTEMPTS_SECONDS = 3600
_UNHEARD_SECONDS = 90 * 86_400
"""A piece that is in no recording yet must not be evicted before recordings that are finished."""
_WAITING_SECONDS = _UNHEARD_SECONDS
_MOST_PARKED = 100
_PARKED_SECONDS = 30 * 86_400


class Clips:
    """Spoken sentences in the store, each under the key of its sound (``planning.sentence_key``).

    A piece that is damaged is logged and counts as absent, whatever is asked of it: so it is spoken again.
    """

    def __init__(self, store: Store, ledger: Ledger, lifetime: int) -> None:
        """Look after clips.

        Args:
            store: where they are.
            ledger: where attempts are counted.
            lifetime: seconds that a spoken piece is kept for reuse.
        """
        self._store = store
        self._ledger = ledger
        self._lifetime = lifetime

    def spoken(self, sentence: str, pieces: int) -> bool:
        """Whether all pieces of a sentence are there."""
        return len(self.stretches(sentence, pieces)) == pieces

    def stretches(self, sentence: str, pieces: int) -> list[EncodedClip]:
        """The pieces of a sentence from its first up to one that is not there."""
        found: list[EncodedClip] = []
        for value in self._store.get_many([clip_name(sentence, piece) for piece in range(pieces)]):
            stretch = unpacked(_CLIP, value)
            if stretch is None:
                break
            found.append(stretch)
        return found

    def keep(self, claim: Claim, sentence: str, piece: int, stretch: EncodedClip) -> None:
        """Keep a piece that was spoken under the sentence's claim.

        Raises:
            ClaimLost: somebody else speaks the sentence now.
        """
        put = packed(_CLIP, stretch, max(self._lifetime, _UNHEARD_SECONDS))
        self._store.commit(claim, {clip_name(sentence, piece): put})

    def heard(self, sentence: str, pieces: int, key: str) -> None:
        """Note that a sentence is in a recording now: its pieces are kept for reuse alone."""
        spoken = (clip_name(sentence, piece) for piece in range(pieces))
        self._store.add(holders_name(sentence), key, self._lifetime, *spoken)

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
        return self._ledger.count(ATTEMPTS, sentence, _ATTEMPTS_SECONDS)

    def overrun(self, sentence: str) -> None:
        """Note that a phrase of the sentence takes longer than it may."""
        self._ledger.count(OVERRUNS, sentence, _ATTEMPTS_SECONDS)

    def overruns(self, sentence: str) -> int:
        """How often that was so, without a return."""
        return unpacked(NUMBER, self._ledger.noted(OVERRUNS, sentence)) or 0

    def release(self, claim: Claim) -> None:
        """Give back a claim under which nothing was begun."""
        self._store.release(claim)

    def settle(self, claim: Claim, sentence: str, overruns: int) -> None:
        """Give the claim back, with whatever came of it: whoever was at the sentence has come back.

        Args:
            claim: to speak the sentence.
            sentence: its key.
            overruns: how often it had taken too long before.
        """
        self._ledger.forget(ATTEMPTS, sentence)
        if overruns:
            self._ledger.forget(OVERRUNS, sentence)
        self._store.release(claim)

    def forget(self, sentence: str, pieces: int, key: str) -> None:
        """Forget a sentence that is part of no other recording than this, and of none that waits for it.

        Whoever speaks it at this moment loses the claim, and so stores nothing more of it.
        """
        for name in (holders_name(sentence), waiting_name(sentence)):
            self._store.discard(name, key)
        if self._store.members(holders_name(sentence)) or self.waiting(sentence):
            return
        spoken = [clip_name(sentence, piece) for piece in range(pieces)]
        self._store.delete(*spoken, sentence_claim_name(sentence))

    def told(self, sentence: str) -> None:
        """Forget who waited for a sentence: they have been told."""
        self._store.delete(waiting_name(sentence))

    def park(self, text: str, voice: str, reason: str) -> None:
        """Note, for people, that a sentence is spoken no more; the latest are kept."""
        parked = Parked(text, voice, reason, time.time())
        member = _PARKED.encode(parked).decode()
        self._store.place(PARKED, member, parked.when, most=_MOST_PARKED, ttl=_PARKED_SECONDS)

    def parked(self) -> Sequence[Parked]:
        """The sentences that are spoken no more, the latest first."""
        return list(all_unpacked(_PARKED, self._store.highest(PARKED, 0, _MOST_PARKED)))


def _encoded(stretch: EncodedClip) -> bytes:
    words = _WORDS.encode(stretch.words)
    value = _HEAD.pack(stretch.samples, stretch.sound, len(words)) + words + stretch.mp3
    return _CRC.pack(zlib.crc32(value)) + value


def _decoded(value: bytes) -> EncodedClip:
    kept = memoryview(value)[_CRC.size :]
    if value[: _CRC.size] != _CRC.pack(zlib.crc32(kept)):
        raise ValueError("its checksum is another")
    samples, sound, length = _HEAD.unpack_from(kept)
    words = _WORDS.decode(bytes(kept[_HEAD.size : _HEAD.size + length]))
    return EncodedClip(bytes(kept[_HEAD.size + length :]), samples, sound, words)


_CLIP = Kind("clip", _encoded, _decoded)
