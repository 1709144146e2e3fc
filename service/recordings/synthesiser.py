"""Speaks the sentences of a plan as pieces of MP3, inside a worker.

A sentence is spoken once, however many recordings contain it. Each piece is stored as soon as it is spoken,
and appended to every recording that waits for it (``service/recordings/assembler.py``).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from cache.errors import StoreError
from cache.store import Claim
from service.audio.frames import Format
from service.audio.join import stretched
from service.audio.resample import resampled
from service.engines.engine import Engine
from service.metrics import tracing
from service.metrics.instruments import AUDIO_SECONDS, ENGINE_SECONDS, LOOKUPS, SENTENCES
from service.model.errors import EngineError, IstamiError, Unavailable
from service.model.reading import SpokenText, Utterance
from service.model.recording import (
    Clip,
    EncodedClip,
    Failure,
    Plan,
    PlannedPiece,
    PlannedSentence,
    Status,
)
from service.recordings import plan as planning
from service.recordings.assembler import RecordingAssembler
from service.recordings.scheduler import SentenceScheduler
from service.storage.lease import LeaseRenewer, TimeLimit
from service.storage.repository import Repository
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.utterance import continued, utter_all

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
"""After killing so many workers, a sentence is not attempted any more."""
_MOST_PASSES = 3
"""Maximum number of passes over a sentence whose pieces the store evicts before the last is spoken."""
MOST_OVERRUNS = 2
"""The same for exceeded time limits: one may be the machine's fault, and each takes a whole limit."""
TRANSIENT = (StoreError, Unavailable, MemoryError)
"""Errors after which a retry may succeed."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A loaded engine, and the properties that joining needs."""

    id: str
    kind: str
    """The engine's name."""
    engine: Engine
    gain_db: float
    """Gain that brings it to 0 LUFS."""
    paid: bool = False
    """Whether each utterance costs money: it says nothing that nobody asked for."""


class Synthesiser:
    """Speaks sentences, one at a time.

    Args:
        repository: loads plans and stores spoken pieces.
        assembler: extends recordings.
        scheduler: sends the following sentences to workers.
        voices: returns the loaded voice of an id; raises ``UnknownVoice``, ``MissingPart`` or
            ``EngineError``.
        diacritiser: restores vowels.
        limit: time limit of a phrase.
    """

    def __init__(
        self,
        repository: Repository,
        assembler: RecordingAssembler,
        scheduler: SentenceScheduler,
        voices: Callable[[str], Voice],
        diacritiser: Diacritiser,
        limit: TimeLimit,
    ) -> None:
        self._repository = repository
        self._clips = repository.clips
        self._assembler = assembler
        self._scheduler = scheduler
        self._voices = voices
        self._diacritiser = diacritiser
        self._limit = limit

    def speak(self, key: str, index: int) -> None:
        """Speak one sentence of a planned recording, unless the recording is not requested any more.

        It may have been spoken for another recording, or another worker may be speaking it. A failure is
        stored in the recording's state, never raised.

        Raises:
            StoreUnavailable, StoreFull, Unavailable, MemoryError: a retry may succeed.
        """
        asked, state = self._repository.wanted(key)
        if not asked:
            return
        try:
            plan = self._repository.recent_plan(key)
            self._repository.move(plan.voice)
            queued = state is None or state.status is Status.QUEUED
            spoken_here = self._say(plan, plan.sentences[index], queued=queued)
        except TRANSIENT:
            raise
        except Exception as error:
            # Our own error, or else a defect of ours or of an engine; a retry would fail again.
            unforeseen = not isinstance(error, IstamiError)
            # Without its message, which may contain the article's text.
            log.warning("recording %s failed: %s", key, type(error).__name__, exc_info=unforeseen)
            self.fail(key, error)
            return
        if not spoken_here:  # else each piece has been appended already
            self._assembler.advance(key)
        # A recording that is finished by now, or withdrawn, has nothing more to send, and no count of it.
        asked, state = self._repository.wanted(key)
        if asked:
            self._scheduler.next(plan, state)

    def prepare(self, plan: Plan) -> None:
        """Speak the first sentence of an article while the rest is being read.

        No recording of this plan is requested. A failure here will occur again, and be reported, in the
        recording of the whole article.
        """
        try:
            self._say(plan, plan.sentences[0], queued=False)
        except Exception as error:  # noqa: BLE001  # reported when the sentence is spoken again
            log.warning("a first sentence was not synthesised ahead: %s", type(error).__name__)

    def fail(self, key: str, error: BaseException) -> None:
        """Mark a recording as failed."""
        self._assembler.fail(key, Failure.of(error))

    def warm(self, voice: str, latin: str | None) -> None:
        """Load the voices before the first article needs them, and let each speak a word, unless that costs.

        Args:
            voice: the voice of most articles.
            latin: the voice for Latin script, if there is one.

        Raises:
            UnknownVoice, MissingPart, EngineError: the voice does not load, or does not speak.
        """
        greetings = utter_all([SpokenText("مرحبا."), SpokenText("Hello.", latin=True)], self._diacritiser)
        for said_by, greeting in zip((voice, latin), greetings, strict=False):
            if said_by:
                loaded = self._voices(said_by)
                if not loaded.paid:
                    loaded.engine.speak(greeting, 1.0)

    def _say(self, plan: Plan, sentence: PlannedSentence, *, queued: bool) -> bool:
        """Speak all pieces of a sentence, or register the recording if another worker is speaking them.

        Args:
            plan: the recording's plan.
            sentence: a sentence of the plan.
            queued: whether no sentence of the recording has been started yet.

        Returns:
            Whether it was spoken here and appended to the recording.
        """
        name = planning.sentence_key(sentence, plan)
        if queued:
            self._repository.begun(plan.key)
        while (claim := self._clips.claim(name, LeaseRenewer.CLAIM_SECONDS)) is None:
            self._clips.wait(name, plan.key)
            if self._clips.claimed(name):
                return False  # the worker that speaks it sees that this recording waits
        there = len(self._clips.stretches(name, len(sentence.pieces)))
        if there == len(sentence.pieces):
            self._clips.release(claim)
            LOOKUPS.labels("sentence", "hit").inc()
            return False
        LOOKUPS.labels("sentence", "miss").inc()
        self._speak(plan, sentence, name, claim, there)
        return True

    def _speak(self, plan: Plan, sentence: PlannedSentence, name: str, claim: Claim, there: int) -> None:
        """Speak a sentence from piece ``there`` on; on failure, all recordings that wait for it fail."""
        overruns = 0
        try:
            overruns = self._clips.overruns(name)
            limit = TimeLimit(self._limit.seconds, partial(self._overrun, name))
            with LeaseRenewer(self._repository.store, claim, limit) as keeper:
                self._check_overruns(plan, sentence, overruns)
                self._check_attempts(plan, sentence, name)
                self._speak_pieces(plan, sentence, name, keeper, there)
        except TRANSIENT:
            raise
        except Exception as error:
            for waiting in self._clips.waiting(name):
                self.fail(waiting, error)
            raise
        finally:
            self._clips.settle(claim, name, overruns)
        if self._tell(plan, name):
            self._clips.told(name)

    def _speak_pieces(
        self, plan: Plan, sentence: PlannedSentence, name: str, keeper: LeaseRenewer, there: int
    ) -> None:
        own = self._voices(plan.voice)
        layout = Format(own.engine.sample_rate, plan.kbps)
        spoken = [SpokenText(piece.spoken, piece.latin, piece.continues) for piece in sentence.pieces]
        utterances = _in_context(utter_all(spoken, self._diacritiser, plan.case_endings))
        last = len(utterances) - 1
        if there:  # pieces spoken by a worker that died are appended before the rest is spoken
            self._assembler.advance(plan.key)
        for _ in range(_MOST_PASSES):
            for number, utterance in enumerate(utterances[there:], there):
                stretch = self._stretch(plan, sentence.pieces[number], utterance, layout)
                self._clips.keep(keeper.claim, name, number, stretch)
                keeper.progress()
                self._assembler.advance(plan.key)
                if number < last:  # the last piece is announced after the claim is released
                    self._tell(plan, name)
            if last == 0:
                break
            there = len(self._clips.stretches(name, len(utterances)))
            if there > last:
                break  # else the store evicted a piece before the last one was spoken
        SENTENCES.labels(own.id, own.kind).inc()

    def _stretch(self, plan: Plan, piece: PlannedPiece, utterance: Utterance, layout: Format) -> EncodedClip:
        """Speak one piece in its style."""
        voice, style = self._voices(plan.voice_of(piece)), piece.style
        told = continued(utterance) if piece.continues else utterance
        clip = _said(voice, replace(told, semitones=style.semitones), plan.speed * style.rate)
        gain = voice.gain_db + plan.loudness + style.decibels
        return stretched(resampled(clip, layout.sample_rate), gain, layout, breath=piece.continues)

    def _tell(self, plan: Plan, name: str) -> bool:
        """Extend the other recordings that wait for a sentence; returns whether any recording waits."""
        all_waiting = self._clips.waiting(name)
        for waiting in all_waiting - {plan.key}:
            self._assembler.advance(waiting)
        return bool(all_waiting)

    def _overrun(self, name: str) -> None:
        """Count a phrase that takes too long, and end the process."""
        try:
            self._clips.overrun(name)
        finally:
            self._limit.exceeded()

    def _check_overruns(self, plan: Plan, sentence: PlannedSentence, overruns: int) -> None:
        """Refuse a sentence that has exceeded its time limit too often.

        Raises:
            EngineError: it has.
        """
        if overruns < MOST_OVERRUNS:
            return
        text, limit = sentence.written.text[:80], f"ISTAMI_PHRASE_SECONDS={self._limit.seconds:g}"
        error = EngineError(
            f"A phrase of «{text}» took longer than {self._limit.seconds:g} seconds, twice ({limit}).",
            f"تجاوز نطق عبارة من «{text}» المهلة المحدّدة مرّتين ({limit}).",
        )
        self._clips.park(text, plan.voice, error.en)
        raise error

    def _check_attempts(self, plan: Plan, sentence: PlannedSentence, name: str) -> None:
        """Count an attempt. A worker resets the count on return, so it counts workers that died.

        Raises:
            EngineError: too many died.
        """
        if self._clips.attempt(name) <= MOST_ATTEMPTS:
            return
        text = sentence.written.text[:80]
        error = EngineError(
            f"«{text}» has crashed {MOST_ATTEMPTS} workers that tried to synthesise it.",
            f"أوقفت الجملة «{text}» عمليات المعالجة {MOST_ATTEMPTS} مرّات عند محاولة نطقها.",
        )
        self._clips.park(text, plan.voice, error.en)
        raise error


def _in_context(utterances: Sequence[Utterance]) -> list[Utterance]:
    """A sentence's utterances, each with what is said beside it."""
    told = ["", *(utterance.diacritised for utterance in utterances), ""]
    return [
        replace(utterance, before=told[number], after=told[number + 2])
        for number, utterance in enumerate(utterances)
    ]


def _said(voice: Voice, utterance: Utterance, speed: float) -> Clip:
    """Speak a piece and count its cost."""
    begun = time.perf_counter()
    with tracing.span("engine", voice=voice.id, engine=voice.kind):
        clip = voice.engine.speak(utterance, speed)
    ENGINE_SECONDS.labels(voice.id, voice.kind).inc(time.perf_counter() - begun)
    AUDIO_SECONDS.labels(voice.id, voice.kind).inc(clip.duration)
    return clip
