"""The working half of the path, inside a worker: a plan becomes clips, a joined track, an MP3."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cache.errors import ClaimLost, StoreError
from service import planning
from service.audio.join import Joiner, Said, concatenate
from service.audio.mp3 import Encoder
from service.audio.tag import Tag
from service.engines.engine import Engine
from service.errors import EngineError, IstamiError
from service.keeper import Keeper
from service.names import claim_name
from service.repository import Making, Repository
from service.text.diacritise import Diacritiser
from service.text.utterance import utter_all
from service.types import Clip, Failure, Plan, PlannedSentence, State, Status, Timing, Timings

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 4
"""A plan that has killed so many makers is not tried again."""


@dataclass(frozen=True, slots=True)
class Voice:
    """An engine that is loaded, and what the join must know of it."""

    engine: Engine
    gain_db: float
    """Brings it to the programme's loudness."""


class Maker:
    """Makes recordings, one at a time.

    Args:
        repository: where plans come from and recordings go.
        voices: from a voice's id to the voice, loaded; raises ``UnknownVoice``, ``MissingPart`` or
            ``EngineError``.
        diacritiser: restores vowels.
        kbps: of the MP3.
        cover: picture in the MP3, JPEG or PNG.
        stalled: called, from another thread, when a sentence has not come to an end in time.
    """

    def __init__(
        self,
        repository: Repository,
        voices: Callable[[str], Voice],
        diacritiser: Diacritiser,
        *,
        kbps: int,
        cover: bytes | None,
        stalled: Callable[[], None],
    ) -> None:
        self._repository = repository
        self._voices = voices
        self._diacritiser = diacritiser
        self._kbps = kbps
        self._cover = cover
        self._stalled = stalled

    def make(self, key: str) -> None:
        """Make a planned recording, unless it is there or somebody is at it.

        A failure is kept in the recording's state, never raised.

        Raises:
            StoreUnavailable, StoreFull: the store; somebody may try again.
        """
        store = self._repository.store
        claim = store.claim(claim_name(key), Keeper.CLAIM_SECONDS)
        if claim is None:
            return
        try:
            plan = self._repository.plan(key)
            if plan is None or self._repository.has_audio(key):
                return
            with Keeper(store, claim, self._stalled) as keeper:
                self._attempt(plan, keeper)
        except ClaimLost:
            log.warning("recording %s: another maker has taken over", key)
        finally:
            store.release(claim)

    def warm(self, voice: str) -> None:
        """Load what the first article would otherwise wait for, and hear the voice say a word.

        Raises:
            UnknownVoice, MissingPart, EngineError: the voice does not load, or does not speak.
        """
        [greeting] = utter_all(["مرحبا."], self._diacritiser)
        self._voices(voice).engine.speak(greeting, 1.0)

    def _attempt(self, plan: Plan, keeper: Keeper) -> None:
        known = self._repository.state(plan.key) or State(Status.QUEUED, 0, len(plan.sentences))
        state = replace(known, status=Status.SPEAKING, attempts=known.attempts + 1, updated=time.time())
        making = self._repository.making(keeper.claim, plan.key)
        try:
            _check_attempts(state)
            making.begin(state)
            self._record(plan, keeper, making, state)
        except StoreError:
            raise
        except Exception as error:
            # Ours by name; else a defect of ours or of an engine, which would only happen again.
            log.warning(
                "recording %s failed: %s", plan.key, error, exc_info=not isinstance(error, IstamiError)
            )
            making.fail(replace(state, status=Status.FAILED, failure=_failure(error)))

    def _record(self, plan: Plan, keeper: Keeper, making: Making, state: State) -> None:
        """Speak, join and encode sentence by sentence; each can be heard as soon as it is encoded."""
        voice = self._voices(plan.voice)
        joiner = Joiner(voice.engine.sample_rate, voice.gain_db)
        chapters = planning.chapters(plan)
        tag = Tag(plan.tags, self._cover, [chapter.title for chapter in chapters])
        encoder = Encoder(voice.engine.sample_rate, self._kbps, tag)
        timings = []
        for done, sentence in enumerate(plan.sentences, 1):
            clip = self._clip(sentence, plan, voice.engine)
            timing = _timing(clip, sentence, joiner.position)
            timings.append(timing)
            pcm = joiner.add(clip, sentence.pieces[-1].pause)
            # An attempt counts against the plan unless it got further than those before it.
            attempts = 0 if done > state.done else state.attempts
            state = replace(state, done=max(done, state.done), attempts=attempts, updated=time.time())
            making.grow(state, encoder.encode(pcm), timing)
            keeper.progress()
        measured = Timings(joiner.position, tuple(timings))
        mp3 = encoder.finish(planning.timed(chapters, measured))
        ready = replace(state, status=Status.READY, duration=measured.duration, size=len(mp3), attempts=0)
        making.finish(ready, mp3, measured)

    def _clip(self, sentence: PlannedSentence, plan: Plan, engine: Engine) -> Clip:
        """The sentence as it was spoken before, or spoken now."""
        key = planning.clip_key(sentence, plan, self._diacritiser.version)
        clip = self._repository.clip(key)
        if clip is None:
            clip = self._speak(sentence, plan.speed, engine)
            self._repository.keep_clip(key, clip)
        return clip

    def _speak(self, sentence: PlannedSentence, speed: float, engine: Engine) -> Clip:
        utterances = utter_all([piece.spoken for piece in sentence.pieces], self._diacritiser)
        return concatenate(
            [
                Said(engine.speak(utterance, speed), piece.pause, len(piece.spoken.split()))
                for utterance, piece in zip(utterances, sentence.pieces, strict=True)
            ]
        )


def _check_attempts(state: State) -> None:
    if state.attempts > MOST_ATTEMPTS:
        raise EngineError(
            f"Given up after {MOST_ATTEMPTS} attempts that got no further.",
            f"توقّفت المحاولات بعد {MOST_ATTEMPTS} مرّات بلا تقدّم.",
        )


def _failure(error: Exception) -> Failure:
    if isinstance(error, IstamiError):
        return Failure(type(error).__name__, error.en, error.ar)
    return Failure("Internal", "Something went wrong here.", "حدث خطأ داخلي.")


def _timing(clip: Clip, sentence: PlannedSentence, start: float) -> Timing:
    """Where the clip lands in the track. Words are told all or not at all: a gap would shift the rest."""
    words: Sequence[tuple[float, float]] = [(start + word.start, start + word.end) for word in clip.words]
    complete = [word.word for word in clip.words] == list(range(len(sentence.written.words)))
    return Timing(start, start + clip.duration, tuple(words) if complete else ())
