"""From an article to the plan of its recording: pure, and known whole before the first word is spoken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import groupby
from typing import Any

from cache.key import digest
from service.model import versions
from service.model.article import ArticleRecord, Submission
from service.model.document import Article, Boundary, Prosody, Role, Sentence
from service.model.reading import ExplainedPiece, Phrase, Reading, ReadingTrace, SpokenText, Utterance
from service.model.recording import (
    Chapter,
    PlacedLabel,
    Plan,
    PlannedChapter,
    PlannedPiece,
    PlannedSentence,
    SourceText,
    Speaker,
    Tags,
    Timings,
)
from service.recordings.ssml_marks import placed_labels
from service.text.lexicon.annotation import plain

_OPENING = "المقدّمة"
"""What the part before the first heading is called in an article without a title."""

_MOST_CHAPTERS = 255
"""So many an ID3 table of contents has room for; the last one lasts to the end."""

Utter = Callable[[Sequence[Sequence[SpokenText]]], list[list[Utterance]]]
"""Has spoken pieces, in lists a sentence, vowelled and phonemised."""


@dataclass(frozen=True, slots=True)
class VoiceProfile:
    """Everything beside the words that shapes a recording."""

    voice: str
    voice_fingerprint: str
    latin: Speaker
    """The voice for Latin script; where there is none of its own, the same."""
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
    """``versions.UTTERANCE``."""
    pitched: frozenset[str] = frozenset()
    """Those of its voices whose pitch can be changed."""


PRIVATE = "private-"
"""What keys of private recordings begin with: no address of recordings takes such a key."""


def plan(article: Article, readings: Sequence[Reading], sound: VoiceProfile, seal: str | None = None) -> Plan:
    """What is to be recorded, under the key of its sound.

    Args:
        article: what is read.
        readings: how.
        sound: how it sounds.
        seal: of a private recording; nobody can tell its key by its text.
    """
    placed = placed_labels(article.script.labels, readings)
    sentences = tuple(_planned(*pair, sound.pauses) for pair in zip(readings, placed, strict=True))
    latin = sound.latin if any(map(_has_latin, sentences)) else Speaker(sound.voice, sound.voice_fingerprint)
    shaping: dict[str, Any] = {
        "version": versions.PIPELINE,
        "voice": [sound.voice, sound.voice_fingerprint],
        "latin": [latin.voice, latin.fingerprint],
        "speed": sound.speed,
        "loudness": sound.loudness,
        "kbps": sound.kbps,
        "diacritiser": sound.diacritiser,
        "sentences": [[[*_shape(piece), piece.pause] for piece in sentence.pieces] for sentence in sentences],
    }
    if seal:
        shaping["seal"] = seal
    return Plan(
        key=f"{PRIVATE if seal else ''}{digest(shaping)}",
        voice=sound.voice,
        voice_fingerprint=sound.voice_fingerprint,
        latin=latin,
        speed=sound.speed,
        loudness=sound.loudness,
        kbps=sound.kbps,
        diacritiser=sound.diacritiser,
        sentences=sentences,
        tags=Tags(article.title, article.site, article.url),
        seal=seal,
    )


def record(article: Article, plan: Plan, request: Submission, created: float) -> ArticleRecord:
    """The article as it is to be known; without an id, by what it says, where, and who speaks how fast.

    Not by the key of its recording, which is known only when all of a long article has been read.
    """
    labels = [[label.name, label.at, label.ended] for label in article.script.labels]
    said = repr([article.title, article.text, request.site, plan.voice, plan.speed, labels])
    return ArticleRecord(
        id=request.id or hashlib.sha256(said.encode()).hexdigest()[:24],
        key=plan.key,
        created=created,
        since=created,
        site=request.site,
        section=request.section,
        listed=request.listed and not request.private,
        private=request.private,
        article=article,
        voice=plan.voice,
        speed=plan.speed,
        sentences=tuple(sentence.written for sentence in plan.sentences),
    )


def chapters(plan: Plan) -> tuple[PlannedChapter, ...]:
    """The parts that headings divide a recording into, the first named by the title.

    None where there is but one part. Headings that follow one another open one part together.
    """
    return parts([sentence.written for sentence in plan.sentences], plan.tags.title)


def parts(sentences: Sequence[SourceText | Sentence], title: str | None) -> tuple[PlannedChapter, ...]:
    """As ``chapters``, of an article's sentences and its title."""
    runs = groupby(sentences, lambda sentence: sentence.role is Role.HEADING)
    found, at = [], 0
    for headings, run in runs:
        texts = [sentence.text for sentence in run]
        if headings:
            found.append(PlannedChapter(" ".join(texts), at))
        elif at == 0:
            found.append(PlannedChapter(title or _OPENING, at))
        at += len(texts)
    return tuple(found[:_MOST_CHAPTERS]) if len(found) > 1 else ()


def timed(chapters: Sequence[PlannedChapter], timings: Timings) -> tuple[Chapter, ...]:
    """When chapters sound, as far as they are spoken; each lasts until the next begins."""
    begun = [chapter for chapter in chapters if chapter.sentence < len(timings.sentences)]
    starts = [timings.sentences[chapter.sentence].start for chapter in begun]
    ends = [*starts[1:], timings.duration]
    return tuple(
        Chapter(chapter.title, start, end) for chapter, start, end in zip(begun, starts, ends, strict=False)
    )


def explain(readings: Sequence[Reading], sound: VoiceProfile, utter: Utter) -> list[ReadingTrace]:
    """Each sentence's reading and what becomes of it, side by side.

    Raises:
        Unavailable: nobody vowelled it in time.
    """
    return [_explained(*pair, sound) for pair in zip(readings, utter(spoken(readings)), strict=True)]


def spoken(readings: Sequence[Reading]) -> list[list[SpokenText]]:
    """What is to be vowelled and phonemised, in lists a sentence."""
    return [[SpokenText(piece.spoken, piece.latin) for piece in reading.pieces] for reading in readings]


def _explained(reading: Reading, utterances: Sequence[Utterance], sound: VoiceProfile) -> ReadingTrace:
    pairs = zip(reading.pieces, utterances, strict=True)
    return ReadingTrace(
        text=reading.sentence.text,
        span=reading.sentence.span,
        spoken=" ".join(plain(piece.spoken) for piece in reading.pieces),
        diacritised=" ".join(utterance.diacritised for utterance in utterances),
        phonemes=" ".join(utterance.phonemes for utterance in utterances if utterance.phonemes),
        pieces=tuple(
            ExplainedPiece(
                piece.text,
                piece.span,
                sound.latin.voice if piece.latin else sound.voice,
                piece.spoken,
                utterance.diacritised,
                utterance.phonemes,
            )
            for piece, utterance in pairs
        ),
        steps=tuple(replace(step, spoken=plain(step.spoken)) for step in reading.steps),
    )


def sentence_key(sentence: PlannedSentence, plan: Plan) -> str:
    """Names one spoken sentence by all that makes its pieces sound as they do.

    Pauses are no part of that: they are put in where the pieces are joined.
    """
    sealed = {"seal": plan.seal} if plan.seal else {}
    return digest(
        {
            **sealed,
            "version": versions.PIPELINE,
            "voice": [plan.voice, plan.voice_fingerprint],
            "speed": plan.speed,
            "loudness": plan.loudness,
            "kbps": plan.kbps,
            "diacritiser": plan.diacritiser,
            # All together, for a word is vowelled in its sentence.
            "pieces": [_shape(piece) for piece in sentence.pieces],
            "latin": [plan.latin.voice, plan.latin.fingerprint] if _has_latin(sentence) else None,
        }
    )


def _shape(piece: PlannedPiece) -> list[object]:
    """What makes a piece sound as it does; said in the voice's own way, it is the same in any article."""
    style = [] if piece.style == Prosody() else list(astuple(piece.style))
    return [piece.spoken, piece.latin, *style]


def _planned(
    reading: Reading, labels: tuple[PlacedLabel, ...], pauses: Mapping[Boundary, float]
) -> PlannedSentence:
    return PlannedSentence(
        pieces=tuple(
            PlannedPiece(piece.spoken, _pause(piece, pauses), piece.latin, piece.style)
            for piece in reading.pieces
        ),
        written=SourceText(
            text=reading.sentence.text,
            span=reading.sentence.span,
            role=reading.sentence.role,
            words=tuple(span for piece in reading.pieces for span in piece.words),
            labels=labels,
        ),
    )


def _pause(piece: Phrase, pauses: Mapping[Boundary, float]) -> float:
    """Seconds behind a piece: what is told, instead of what the boundary asks for."""
    if not piece.breaks:
        return pauses[piece.boundary]
    return sum(pauses[each.boundary] if each.seconds is None else each.seconds for each in piece.breaks)


def _has_latin(sentence: PlannedSentence) -> bool:
    return any(piece.latin for piece in sentence.pieces)
