"""Assembles a recording: appends spoken pieces in order to the growing file."""

from __future__ import annotations

import logging
import time
import zlib
from bisect import bisect_right
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from cache.errors import ClaimLost
from cache.store import Claim
from service.audio.frames import Format, leading_bytes, paused
from service.audio.mp3 import Wrapping
from service.audio.tag import Tag
from service.metrics.instruments import RECORDINGS
from service.model.errors import Unavailable, UnknownVoice
from service.model.recording import (
    Checksum,
    EncodedClip,
    Failure,
    Plan,
    PlannedSentence,
    State,
    Status,
    Timing,
    Timings,
)
from service.recordings import plan as planning
from service.storage.assembly_store import AssemblyTransaction
from service.storage.integrity import STEP
from service.storage.keys import audio_name, claim_name, live_name
from service.storage.repository import Repository

log = logging.getLogger(__name__)

CLAIM_SECONDS = 10.0
"""How long a dead holder's claim blocks others from extending the recording."""
_LOOK_SECONDS = 0.02


class RecordingAssembler:
    """Extends recordings, in any process that has spoken a piece or ends the recording.

    Args:
        repository: stores recordings and spoken pieces.
        sample_rate: returns a voice's sample rate, by its id.
        cover: picture in the MP3, JPEG or PNG.
    """

    def __init__(
        self, repository: Repository, sample_rate: Callable[[str], int], cover: bytes | None
    ) -> None:
        self._repository = repository
        self._clips = repository.clips
        self._sample_rate = sample_rate
        self._cover = cover

    def advance(self, key: str) -> None:
        """Append all spoken pieces that come next to a recording; finish it if none is missing.

        Raises:
            StoreUnavailable, StoreFull: the store.
            Unavailable: its plan was evicted.
        """
        while True:
            claim = self._repository.store.claim(claim_name(key), CLAIM_SECONDS)
            if claim is None:
                return  # its holder checks once more after releasing it, as below
            try:
                asked, state = self._repository.wanted(key)
                if not asked:
                    return
                plan = self._repository.recent_plan(key)
                state = self._grow(plan, AssemblyTransaction(self._repository, claim, key), state)
            except ClaimLost:
                log.warning("recording %s: another worker has taken over", key)
                return
            finally:
                self._repository.store.release(claim)
            if state.done == state.total or len(self._spoken(plan, state)) <= state.pieces:
                return

    def beginning(self, plan: Plan, titles: Sequence[str]) -> tuple[bytes, bytes, bool]:
        """Return the first bytes of the recording of an article that is still being read.

        Args:
            plan: plan of its first sentence.
            titles: titles of its chapters.

        Returns:
            The bytes before the frames, the frames of the spoken pieces from the first on, and whether these
            are all pieces of the sentence.
        """
        layout = Format(self._sample_rate(plan.voice), plan.kbps)
        pieces = plan.sentences[0].pieces
        stretches = self._clips.stretches(planning.sentence_key(plan.sentences[0], plan), len(pieces))
        pairs = zip(stretches, pieces, strict=False)
        spoken = (paused(stretch, piece.pause, layout)[0] for stretch, piece in pairs)
        frames = b"".join(spoken)
        opening = Wrapping(layout, Tag(plan.tags, self._cover, titles)).opening if frames else b""
        return opening, frames, len(stretches) == len(pieces)

    def opening_size(self, key: str) -> int:
        """Return the number of bytes before the frames of a recording.

        Raises:
            Unavailable: its plan was evicted.
        """
        plan = self._repository.needed_plan(key)
        return len(self._wrapping(key, self._layout(plan)).opening)

    def position(self, key: str, moment: float) -> int | None:
        """Return the byte at which the frame that sounds at a moment begins.

        Args:
            key: the recording's key.
            moment: seconds from the recording's beginning.

        Returns:
            The byte; ``None`` if that moment is not made yet, or lies after the end.

        Raises:
            Unavailable: its plan was evicted.
        """
        timings = self._repository.timings(key).sentences
        begun = bisect_right(timings, moment, key=lambda timing: timing.start)
        offset = timings[begun - 1].offset if begun else None
        if offset is None:
            return None
        plan = self._repository.needed_plan(key)
        layout = self._layout(plan)
        samples = round((moment - timings[begun - 1].start) * layout.sample_rate)
        frames = samples // layout.samples_a_frame
        end = offset + (frames + 1) * (layout.frame_bytes(layout.kbps) + 1)
        read = self._repository.store.read
        mp3 = read(audio_name(key), offset, end) or read(live_name(key), offset, end)
        if leading_bytes(mp3, frames + 1, layout) is None:
            return None
        return offset + (leading_bytes(mp3, frames, layout) or 0)

    def fail(self, key: str, failure: Failure) -> None:
        """Fail an unfinished recording that is requested, and store the reason.

        Raises:
            StoreUnavailable, StoreFull: the store.
            Unavailable: other processes extend it all the time.
        """
        with self._held(key) as claim:
            state = self._repository.state(key)
            if self._repository.asked(key) or (state and not state.ended):
                state = state or State(Status.FAILED, 0, 0)
                failed = replace(state, status=Status.FAILED, failure=failure, updated=time.time())
                AssemblyTransaction(self._repository, claim, key).fail(failed)
                RECORDINGS.labels(failure.code).inc()

    def _layout(self, plan: Plan) -> Format:
        """The format of a recording, also of a finished one whose voice is not known any more."""
        try:
            return Format(self._sample_rate(plan.voice), plan.kbps)
        except UnknownVoice:
            state = self._repository.state(plan.key)
            if state is None or state.status is not Status.READY or not state.duration:
                raise
            return Format(round(state.samples / state.duration), plan.kbps)

    @contextmanager
    def _held(self, key: str) -> Generator[Claim]:
        """Wait for the recording's claim and hold it."""
        store, patience = self._repository.store, time.monotonic() + 2 * CLAIM_SECONDS
        while (claim := store.claim(claim_name(key), CLAIM_SECONDS)) is None:
            if time.monotonic() > patience:
                raise Unavailable("The recording is busy.", "التسجيل مشغول الآن.")
            time.sleep(_LOOK_SECONDS)
        try:
            yield claim
        finally:
            store.release(claim)

    def _grow(self, plan: Plan, growth: AssemblyTransaction, known: State | None) -> State:
        state = self._begun(plan, growth, known)
        layout = Format(self._sample_rate(plan.voice), plan.kbps)
        while state.done < state.total:
            stretches = self._spoken(plan, state)
            if len(stretches) <= state.pieces:
                return state
            state = self._land(plan, growth, state, stretches, layout)
        return self._finish(plan, growth, state, layout)

    def _spoken(self, plan: Plan, state: State) -> Sequence[EncodedClip]:
        """Return the next sentence's pieces, from the first up to the first missing one."""
        sentence = plan.sentences[state.done]
        return self._clips.stretches(planning.sentence_key(sentence, plan), len(sentence.pieces))

    def _begun(self, plan: Plan, growth: AssemblyTransaction, known: State | None) -> State:
        """Return the recording's state; if its growing file was lost, reset and store the state first."""
        state = known or self._repository.state(plan.key)
        grown = self._repository.store.size(live_name(plan.key))
        if state and state.status is Status.SPEAKING and state.size == grown:
            return state
        anew = _anew(state, len(plan.sentences))
        if state is None or state.status is not Status.QUEUED or not state.updated:
            growth.begin_anew(anew)
        return anew

    def _land(
        self,
        plan: Plan,
        growth: AssemblyTransaction,
        state: State,
        stretches: Sequence[EncodedClip],
        layout: Format,
    ) -> State:
        """Append those spoken pieces of the next sentence that the recording does not contain yet."""
        sentence = plan.sentences[state.done]
        joined = [
            paused(stretch, piece.pause, layout)
            for stretch, piece in zip(stretches, sentence.pieces, strict=False)
        ]
        opening = b"" if state.size else self._wrapping(plan.key, layout).opening
        mp3 = b"".join(mp3 for mp3, _ in joined[state.pieces :])
        lengths = [samples for _, samples in joined]
        start = state.samples - sum(lengths[: state.pieces])
        whole = len(stretches) == len(sentence.pieces)
        samples, now = start + sum(lengths), time.time()
        grown = replace(
            state,
            done=state.done + whole,
            pieces=0 if whole else len(stretches),
            samples=samples,
            size=state.size + len(opening) + len(mp3),
            crc=zlib.crc32(mp3, state.crc),
            updated=now,
            furthest=max(samples, state.furthest),
            progressed=now if samples > state.furthest else state.progressed,
        )
        offset = state.size + len(opening) - sum(len(mp3) for mp3, _ in joined[: state.pieces])
        timing = _timing(sentence, stretches, lengths, (start, offset), layout.sample_rate) if whole else None
        (growth.grow if state.size else growth.begin)(grown, opening + mp3, timing)
        if whole:
            name = planning.sentence_key(sentence, plan)
            self._clips.heard(name, len(stretches), plan.key)
        return grown

    def _finish(self, plan: Plan, growth: AssemblyTransaction, state: State, layout: Format) -> State:
        """Publish the finished recording if the bytes read back from the store are undamaged."""
        spoken = self._repository.growing_timings(plan.key)
        measured = Timings(state.samples / layout.sample_rate, spoken)
        wrapping = self._wrapping(plan.key, layout)
        size = state.size + len(wrapping.closing)
        opening = wrapping.finished(size, state.samples, planning.timed(planning.chapters(plan), measured))
        body, crc = self._read_back(plan.key, state, opening)
        if body != state.crc or len(spoken) != state.total or not _in_order(measured):
            growth.begin_anew(_anew(state, state.total))
            raise Unavailable("The recording was damaged during synthesis.", "تضرّر التسجيل أثناء إعداده.")
        ready = replace(
            state, status=Status.READY, size=size, duration=measured.duration, updated=time.time()
        )
        seal = Checksum(size, zlib.crc32(wrapping.closing, crc))
        growth.finish(ready, opening, wrapping.closing, (seal, measured))
        RECORDINGS.labels("ready").inc()
        log.info("recording %s: ready, %.1f s", plan.key, measured.duration)
        return ready

    def _read_back(self, key: str, state: State, opening: bytes) -> tuple[int, int]:
        """Return the CRC-32 of the bytes after the opening: alone, and after the final opening."""
        at, body, crc = len(opening), 0, zlib.crc32(opening)
        while chunk := self._repository.store.read(live_name(key), at, min(at + STEP, state.size)):
            at, body, crc = at + len(chunk), zlib.crc32(chunk, body), zlib.crc32(chunk, crc)
        return body, crc

    def _wrapping(self, key: str, layout: Format) -> Wrapping:
        # Not a cached plan: an evicted one may have been stored again with other tags.
        plan = self._repository.needed_plan(key)
        titles = [chapter.title for chapter in planning.chapters(plan)]
        return Wrapping(layout, Tag(plan.tags, self._cover, titles))


def _anew(state: State | None, total: int) -> State:
    """Return the state of an empty recording; the furthest earlier progress stays known until it ends."""
    now = time.time()
    anew = State(Status.SPEAKING, 0, total, updated=now, progressed=now)
    if state is None or state.ended:
        return anew
    return replace(anew, furthest=state.furthest, progressed=state.progressed or now)


def _in_order(timings: Timings) -> bool:
    """Whether sentences follow each other without overlap, within the recording."""
    moments = [0.0, *(at for each in timings.sentences for at in (each.start, each.end)), timings.duration]
    return moments == sorted(moments)


def _timing(
    sentence: PlannedSentence,
    stretches: Sequence[EncodedClip],
    lengths: Sequence[int],
    begin: tuple[int, int],
    sample_rate: int,
) -> Timing:
    """Return the timing of a sentence, its pieces and its words.

    Args:
        sentence: the sentence.
        stretches: its pieces, as spoken.
        lengths: samples of each piece with its pause.
        begin: its first sample and its first byte in the recording.
        sample_rate: in Hz.

    Either all words have timings or none: a gap would shift the rest.
    """
    words: list[tuple[float, float]] = []
    pieces: list[tuple[float, float]] = []
    numbers: list[int] = []
    start, offset = begin
    at, counted = start, 0
    for stretch, piece, length in zip(stretches, sentence.pieces, lengths, strict=True):
        since = at / sample_rate
        words += ((since + word.start, since + word.end) for word in stretch.words)
        numbers += (counted + word.word for word in stretch.words)
        counted += len(piece.spoken.split())
        pieces.append((since, (at + stretch.sound) / sample_rate))
        at += length
    complete = numbers == list(range(len(sentence.written.words)))
    known = tuple(words) if complete else ()
    return Timing(start / sample_rate, pieces[-1][1], known, tuple(pieces), offset)
