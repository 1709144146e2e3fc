"""Stores spoken sentences piece by piece, with claims to speak them; recordings share them."""

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
"""A piece that is not yet in a recording must not be evicted before finished recordings."""
_WAITING_SECONDS = _UNHEARD_SECONDS
_MOST_PARKED = 100
_PARKED_SECONDS = 30 * 86_400


class Clips:
    """Spoken sentences in the store, each under the key of its sound (``planning.sentence_key``).

    Every method logs a damaged piece and treats it as absent, so it is spoken again.
    """

    def __init__(self, store: Store, ledger: Ledger, lifetime: int) -> None:
        """Create the clip store.

        Args:
            store: stores the clips.
            ledger: counts the attempts.
            lifetime: seconds for which a spoken piece is stored for reuse.
        """
        self._store = store
        self._ledger = ledger
        self._lifetime = lifetime

    def spoken(self, sentence: str, pieces: int) -> bool:
        """Whether all pieces of a sentence are stored."""
        return len(self.stretches(sentence, pieces)) == pieces

    def stretches(self, sentence: str, pieces: int) -> list[EncodedClip]:
        """Return a sentence's pieces, from the first up to the first missing one."""
        found: list[EncodedClip] = []
        for value in self._store.get_many([clip_name(sentence, piece) for piece in range(pieces)]):
            stretch = unpacked(_CLIP, value)
            if stretch is None:
                break
            found.append(stretch)
        return found

    def keep(self, claim: Claim, sentence: str, piece: int, stretch: EncodedClip) -> None:
        """Store a piece that was spoken under the sentence's claim.

        Raises:
            ClaimLost: the claim was lost; another worker may speak the sentence now.
        """
        put = packed(_CLIP, stretch, max(self._lifetime, _UNHEARD_SECONDS))
        self._store.commit(claim, {clip_name(sentence, piece): put})

    def heard(self, sentence: str, pieces: int, key: str) -> None:
        """Record that a recording contains a sentence now: its pieces are stored only for reuse."""
        spoken = (clip_name(sentence, piece) for piece in range(pieces))
        self._store.add(holders_name(sentence), key, self._lifetime, *spoken)

    def claim(self, sentence: str, seconds: float) -> Claim | None:
        """Claim the right to speak a sentence; returns ``None`` if another worker holds it."""
        return self._store.claim(sentence_claim_name(sentence), seconds)

    def claimed(self, sentence: str) -> bool:
        """Whether a worker is speaking the sentence."""
        return self._store.claimed(sentence_claim_name(sentence))

    def abandoned(self, sentence: str) -> str | None:
        """Return the claim token of a worker that died while speaking the sentence."""
        return self._store.lapsed(sentence_claim_name(sentence))

    def wait(self, sentence: str, key: str) -> None:
        """Register a recording to be extended when another worker has spoken the sentence."""
        self._store.add(waiting_name(sentence), key, _WAITING_SECONDS)

    def waiting(self, sentence: str) -> set[str]:
        """Return the recordings that wait for a sentence."""
        return self._store.members(waiting_name(sentence))

    def attempt(self, sentence: str) -> int:
        """Count an attempt at the sentence; returns the attempts since the last return, this one included."""
        return self._ledger.count(ATTEMPTS, sentence, _ATTEMPTS_SECONDS)

    def overrun(self, sentence: str) -> None:
        """Count a phrase of the sentence that exceeds its time limit."""
        self._ledger.count(OVERRUNS, sentence, _ATTEMPTS_SECONDS)

    def overruns(self, sentence: str) -> int:
        """Return the number of overruns since the last return."""
        return unpacked(NUMBER, self._ledger.noted(OVERRUNS, sentence)) or 0

    def release(self, claim: Claim) -> None:
        """Release a claim under which no attempt was made."""
        self._store.release(claim)

    def settle(self, claim: Claim, sentence: str, overruns: int) -> None:
        """Reset the counters and release the claim: the worker has survived its attempt.

        Args:
            claim: to speak the sentence.
            sentence: its key.
            overruns: number of earlier overruns.
        """
        self._ledger.forget(ATTEMPTS, sentence)
        if overruns:
            self._ledger.forget(OVERRUNS, sentence)
        self._store.release(claim)

    def forget(self, sentence: str, pieces: int, key: str) -> None:
        """Delete a sentence, unless another recording contains it or waits for it.

        A worker that speaks it at this moment loses the claim, and so stores no more of it.
        """
        for name in (holders_name(sentence), waiting_name(sentence)):
            self._store.discard(name, key)
        if self._store.members(holders_name(sentence)) or self.waiting(sentence):
            return
        spoken = [clip_name(sentence, piece) for piece in range(pieces)]
        self._store.delete(*spoken, sentence_claim_name(sentence))

    def told(self, sentence: str) -> None:
        """Delete the list of recordings that waited for a sentence: they have been notified."""
        self._store.delete(waiting_name(sentence))

    def park(self, text: str, voice: str, reason: str) -> None:
        """Record, for operators, that a sentence is not attempted any more; only the latest are stored."""
        parked = Parked(text, voice, reason, time.time())
        member = _PARKED.encode(parked).decode()
        self._store.place(PARKED, member, parked.when, most=_MOST_PARKED, ttl=_PARKED_SECONDS)

    def parked(self) -> Sequence[Parked]:
        """Return the parked sentences, the latest first."""
        return list(all_unpacked(_PARKED, self._store.highest(PARKED, 0, _MOST_PARKED)))


def _encoded(stretch: EncodedClip) -> bytes:
    words = _WORDS.encode(stretch.words)
    value = _HEAD.pack(stretch.samples, stretch.sound, len(words)) + words + stretch.mp3
    return _CRC.pack(zlib.crc32(value)) + value


def _decoded(value: bytes) -> EncodedClip:
    kept = memoryview(value)[_CRC.size :]
    if value[: _CRC.size] != _CRC.pack(zlib.crc32(kept)):
        raise ValueError("its checksum differs")
    samples, sound, length = _HEAD.unpack_from(kept)
    words = _WORDS.decode(bytes(kept[_HEAD.size : _HEAD.size + length]))
    return EncodedClip(bytes(kept[_HEAD.size + length :]), samples, sound, words)


_CLIP = Kind("clip", _encoded, _decoded)
