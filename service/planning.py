"""From an article to the plan of its recording: pure, and known whole before the first word is spoken."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cache.key import digest
from service.errors import BadArticle
from service.text.sentences import sentences
from service.text.spoken import ReadingOptions, read
from service.types import (
    Article,
    ArticleRecord,
    Boundary,
    Plan,
    PlannedPiece,
    PlannedSentence,
    Reading,
    Tags,
    Written,
)

PIPELINE_VERSION = 1
"""Counted up whenever the same plan comes to sound otherwise."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Everything beside the words that shapes a recording."""

    voice: str
    voice_fingerprint: str
    speed: float
    """1.0 is the voice's own pace."""
    pauses: Mapping[Boundary, float]
    """Seconds of silence after each kind of boundary."""
    loudness: float
    """LUFS."""
    kbps: int
    diacritiser: str
    """Version of what restores the vowels."""


def readings(article: Article, options: ReadingOptions) -> list[Reading]:
    """How each sentence is to be read; those with nothing to say are left out.

    Raises:
        BadArticle: nothing in the whole article can be said.
    """
    speakable = [reading for sentence in sentences(article) if (reading := read(sentence, options)).pieces]
    if not speakable:
        raise BadArticle(
            "There is nothing in this article that can be read aloud.",
            "لا يوجد في هذا المقال ما يمكن قراءته.",
            field="text",
        )
    return speakable


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


def record(article: Article, plan: Plan, article_id: str | None) -> ArticleRecord:
    """The article as it is to be known; without an id it is known by what it says and how it sounds."""
    return ArticleRecord(
        id=article_id or hashlib.sha256(f"{plan.key}{article.text}".encode()).hexdigest()[:24],
        key=plan.key,
        voice=plan.voice,
        speed=plan.speed,
        title=article.title,
        author=article.author,
        url=article.url,
        created=time.time(),
        sentences=tuple(sentence.written for sentence in plan.sentences),
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
