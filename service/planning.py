"""From an article to the plan of its recording: pure, and known whole before the first word is spoken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from cache.key import digest
from service.text.annotation import plain
from service.types import (
    Article,
    ArticleRecord,
    Boundary,
    Explained,
    ExplainedPiece,
    Plan,
    PlannedPiece,
    PlannedSentence,
    Reading,
    Tags,
    Utterance,
    Written,
)

PIPELINE_VERSION = 1
"""Counted up whenever the same plan comes to sound otherwise."""

Utter = Callable[[Sequence[Sequence[str]]], list[list[Utterance]]]
"""Has spoken pieces, in lists a sentence, vowelled and phonemised."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Everything beside the words that shapes a recording."""

    voice: str
    voice_fingerprint: str
    longest: int
    """Letters at most that the voice takes at once."""
    speed: float
    """1.0 is the voice's own pace."""
    pauses: Mapping[Boundary, float]
    """Seconds of silence after each kind of boundary."""
    loudness: float
    """LUFS."""
    kbps: int
    diacritiser: str
    """Version of what restores the vowels."""


def plan(article: Article, readings: Sequence[Reading], sound: Sound) -> Plan:
    """What is to be recorded, under the key of its sound."""
    sentences = tuple(_planned(reading, sound.pauses) for reading in readings)
    shaping = {
        "version": PIPELINE_VERSION,
        "voice": [sound.voice, sound.voice_fingerprint],
        "speed": sound.speed,
        "loudness": sound.loudness,
        "kbps": sound.kbps,
        "diacritiser": sound.diacritiser,
        "sentences": [[[piece.spoken, piece.pause] for piece in sentence.pieces] for sentence in sentences],
    }
    return Plan(
        key=digest(shaping),
        voice=sound.voice,
        voice_fingerprint=sound.voice_fingerprint,
        speed=sound.speed,
        sentences=sentences,
        tags=Tags(article.title, article.site, article.url),
    )


def record(article: Article, plan: Plan, article_id: str | None, created: float) -> ArticleRecord:
    """The article as it is to be known; without an id it is known by what it says and how it sounds."""
    return ArticleRecord(
        id=article_id or hashlib.sha256(f"{plan.key}{article.text}".encode()).hexdigest()[:24],
        key=plan.key,
        voice=plan.voice,
        speed=plan.speed,
        created=created,
        article=article,
        sentences=tuple(sentence.written for sentence in plan.sentences),
    )


def explain(readings: Sequence[Reading], utter: Utter) -> list[Explained]:
    """Each sentence's reading and what becomes of it, side by side.

    Raises:
        Unavailable: nobody vowelled it in time.
    """
    uttered = utter([[piece.spoken for piece in reading.pieces] for reading in readings])
    return [_explained(*pair) for pair in zip(readings, uttered, strict=True)]


def _explained(reading: Reading, utterances: Sequence[Utterance]) -> Explained:
    pairs = zip(reading.pieces, utterances, strict=True)
    return Explained(
        text=reading.sentence.text,
        span=reading.sentence.span,
        spoken=" ".join(utterance.spoken for utterance in utterances),
        diacritised=" ".join(utterance.diacritised for utterance in utterances),
        phonemes=" ".join(utterance.phonemes for utterance in utterances),
        pieces=tuple(
            ExplainedPiece(piece.text, piece.span, piece.spoken, utterance.diacritised, utterance.phonemes)
            for piece, utterance in pairs
        ),
        steps=tuple(replace(step, spoken=plain(step.spoken)) for step in reading.steps),
    )


def clip_key(sentence: PlannedSentence, plan: Plan, diacritiser: str) -> str:
    """Names one spoken sentence by all that makes it sound as it does."""
    return digest(
        {
            "version": PIPELINE_VERSION,
            "voice": [plan.voice, plan.voice_fingerprint],
            "speed": plan.speed,
            "diacritiser": diacritiser,
            # The pause after the last piece is added at the join; it is no part of the clip.
            "pieces": [piece.spoken for piece in sentence.pieces],
            "pauses": [piece.pause for piece in sentence.pieces[:-1]],
        }
    )


def _planned(reading: Reading, pauses: Mapping[Boundary, float]) -> PlannedSentence:
    return PlannedSentence(
        pieces=tuple(PlannedPiece(piece.spoken, pauses[piece.boundary]) for piece in reading.pieces),
        written=Written(
            text=reading.sentence.text,
            span=reading.sentence.span,
            role=reading.sentence.role,
            words=tuple(span for piece in reading.pieces for span in piece.words),
        ),
    )
