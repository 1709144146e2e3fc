"""Speaks a whole article with one voice in this process, as a clip: no store, no queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from service.audio.join import faded, silence
from service.audio.limiter import limit
from service.audio.resample import resampled
from service.model.reading import SpokenText
from service.model.recording import Clip, Plan, PlannedPiece
from service.recordings.synthesiser import Voice
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.utterance import continued, utter_all


def recite(plan: Plan, voices: Callable[[str], Voice], diacritiser: Diacritiser) -> Clip:
    """Speak all sentences of a plan, with their pauses.

    The clip has the loudness of the plan's own voice; other voices in it are brought to that.

    Args:
        plan: of the article.
        voices: returns the loaded voice of an id.
        diacritiser: restores vowels.

    Raises:
        EngineError: a voice could not say something.
    """
    own = voices(plan.voice)
    rate = own.engine.sample_rate
    said: list[bytes] = []
    for sentence in plan.sentences:
        texts = [SpokenText(piece.spoken, piece.latin, piece.continues) for piece in sentence.pieces]
        utterances = utter_all(texts, diacritiser, plan.case_endings)
        for piece, utterance in zip(sentence.pieces, utterances, strict=True):
            voice, style = voices(plan.voice_of(piece)), piece.style
            told = continued(utterance) if piece.continues else utterance
            clip = voice.engine.speak(replace(told, semitones=style.semitones), plan.speed * style.rate)
            said += [
                _levelled(resampled(clip, rate), _difference(voice, own, piece)),
                silence(piece.pause, rate),
            ]
    return Clip(b"".join(said[:-1]), rate)


def _difference(voice: Voice, own: Voice, piece: PlannedPiece) -> float:
    """Decibels by which a piece is raised against the plan's own voice."""
    return voice.gain_db - own.gain_db + piece.style.decibels


def _levelled(clip: Clip, gain_db: float) -> bytes:
    sound = faded(clip)
    return limit(sound, clip.sample_rate, gain_db) if gain_db else sound
