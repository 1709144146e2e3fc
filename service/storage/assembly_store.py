"""What is kept of a recording while it grows, written by nobody but the holder of its claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cache.store import Claim, Put
from service.model.recording import Checksum, State, Timing, Timings
from service.storage.codec import STATE, TIMING, TIMINGS, packed
from service.storage.integrity import SEAL
from service.storage.keys import (
    asked_name,
    audio_name,
    channel,
    growing_timings_name,
    live_name,
    place_name,
    seal_name,
    sent_name,
    state_name,
    timings_name,
)
from service.storage.repository import Repository

_PRECEDENCE_SECONDS = 3600
"""By so much longer a recording that grows is kept for each of its sentences."""


@dataclass(frozen=True, slots=True)
class AssemblyTransaction:
    """A recording that grows. Nothing is written by a holder that has lost its claim.

    Every method changes everything at once and tells whoever listens, or raises ``ClaimLost`` and has
    changed nothing.
    """

    repository: Repository
    claim: Claim
    key: str

    def begin(self, state: State, mp3: bytes, timing: Timing | None) -> None:
        """The first bytes of the file, whatever was there before, and when its first sentence sounds."""
        live, timings = self._names
        self._commit(state, {live: self._growing(state, mp3), timings: self._growing(state, _line(timing))})

    def grow(self, state: State, mp3: bytes, timing: Timing | None) -> None:
        """Add to what listeners hear, and, once a sentence is whole, tell when it sounds."""
        live, timings = self._names
        self._commit(
            state, append={live: self._growing(state, mp3), timings: self._growing(state, _line(timing))}
        )

    def finish(self, state: State, opening: bytes, closing: bytes, sealed: tuple[Checksum, Timings]) -> None:
        """Put the finished recording in place: what has grown, between its last bytes and its true first.

        Args:
            state: ready.
            opening: what takes the place of the first bytes.
            closing: the last ones.
            sealed: what all bytes come to, and when each sentence sounds.
        """
        live, growing = self._names
        lifetime = self.repository.lifetimes.audio
        self._commit(
            state,
            {
                # Outlives what it seals: a recording without its seal would count as damaged.
                seal_name(self.key): packed(SEAL, sealed[0], self.repository.lifetimes.article),
                timings_name(self.key): packed(TIMINGS, sealed[1], lifetime),
            },
            append={live: self._audio(closing)},
            overwrite={live: opening},
            rename={live: audio_name(self.key)},
            delete=[growing, *self._queued],
        )

    def begin_anew(self, state: State) -> None:
        """Forget what has grown."""
        self._commit(state, delete=self._names)

    def fail(self, state: State) -> None:
        """Say why it could not be made; whoever asks from now on asks anew."""
        self._commit(state, delete=[*self._names, *self._queued])

    @property
    def _names(self) -> tuple[str, str]:
        return live_name(self.key), growing_timings_name(self.key)

    @property
    def _queued(self) -> tuple[str, str, str]:
        """What is of use only while the recording is wanted and not made."""
        return asked_name(self.key), sent_name(self.key), place_name(self.key)

    def _growing(self, state: State, value: bytes) -> Put:
        """What grows outlives what is finished, and the further it is, the longer.

        A store that is short of room evicts what lives shortest. So it evicts what can be made again from
        nothing before what is nearly done, and of many recordings that do not fit together some get ready.
        """
        lifetimes = self.repository.lifetimes
        return Put(value, max(lifetimes.audio, lifetimes.article) + state.done * _PRECEDENCE_SECONDS)

    def _audio(self, value: bytes) -> Put:
        return Put(value, self.repository.lifetimes.audio)

    def _commit(
        self,
        state: State,
        puts: Mapping[str, Put] | None = None,
        *,
        append: Mapping[str, Put] | None = None,
        overwrite: Mapping[str, bytes] | None = None,
        rename: Mapping[str, str] | None = None,
        delete: Iterable[str] = (),
    ) -> None:
        told = packed(STATE, state, self.repository.lifetimes.article)
        puts = {**(puts or {}), state_name(self.key): told}
        store = self.repository.store
        news = {channel(self.key): told.value}
        store.commit(
            self.claim,
            puts,
            append=append,
            overwrite=overwrite,
            rename=rename,
            delete=delete,
            publish=news,
        )


def _line(timing: Timing | None) -> bytes:
    return TIMING.encode(timing) + b"\n" if timing else b""
