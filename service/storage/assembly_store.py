"""Stores a growing recording; only the holder of its claim writes."""

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
"""Additional lifetime of a growing recording for each of its sentences."""


@dataclass(frozen=True, slots=True)
class AssemblyTransaction:
    """Writes to a growing recording. A holder that has lost its claim writes nothing.

    Every method applies all its changes atomically and notifies listeners, or raises ``ClaimLost`` and
    changes nothing.
    """

    repository: Repository
    claim: Claim
    key: str

    def begin(self, state: State, mp3: bytes, timing: Timing | None) -> None:
        """Write the first bytes of the file, replacing any earlier ones, and its first sentence's timing."""
        live, timings = self._names
        self._commit(state, {live: self._growing(state, mp3), timings: self._growing(state, _line(timing))})

    def grow(self, state: State, mp3: bytes, timing: Timing | None) -> None:
        """Append to the recording and, once a sentence is complete, store its timing."""
        live, timings = self._names
        self._commit(
            state, append={live: self._growing(state, mp3), timings: self._growing(state, _line(timing))}
        )

    def finish(self, state: State, opening: bytes, closing: bytes, sealed: tuple[Checksum, Timings]) -> None:
        """Publish the finished recording: replace its opening, append its closing and rename it.

        Args:
            state: the state ``ready``.
            opening: bytes that replace the first bytes.
            closing: the last bytes.
            sealed: checksum of all bytes, and the timing of each sentence.
        """
        live, growing = self._names
        lifetime = self.repository.lifetimes.audio
        self._commit(
            state,
            {
                # Outlives the recording: without its seal, a recording would count as damaged.
                seal_name(self.key): packed(SEAL, sealed[0], self.repository.lifetimes.article),
                timings_name(self.key): packed(TIMINGS, sealed[1], lifetime),
            },
            append={live: self._audio(closing)},
            overwrite={live: opening},
            rename={live: audio_name(self.key)},
            delete=[growing, *self._queued],
        )

    def begin_anew(self, state: State) -> None:
        """Delete the growing recording."""
        self._commit(state, delete=self._names)

    def fail(self, state: State) -> None:
        """Store the reason of a failure; a later request starts the recording again."""
        self._commit(state, delete=[*self._names, *self._queued])

    @property
    def _names(self) -> tuple[str, str]:
        return live_name(self.key), growing_timings_name(self.key)

    @property
    def _queued(self) -> tuple[str, str, str]:
        """Return the keys needed only while the recording is requested and unfinished."""
        return asked_name(self.key), sent_name(self.key), place_name(self.key)

    def _growing(self, state: State, value: bytes) -> Put:
        """Let growing recordings outlive finished ones; their lifetime increases with their progress.

        A store that is short of memory evicts the values that expire soonest. So it evicts recordings that
        have just begun before those that are nearly done, and of many that do not fit together some finish.
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
