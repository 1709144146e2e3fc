"""Plans the recording of an article: pure functions, complete before the first word is spoken."""

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
from service.model.reading import (
    CaseEndings,
    ExplainedPiece,
    Phrase,
    Reading,
    ReadingTrace,
    SpokenText,
    Utterance,
)
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
from service.text.pipeline.explained_words import explained

_OPENING = "المقدّمة"
"""Title of the part before the first heading in an article without a title."""

_MOST_CHAPTERS = 255
"""Maximum size of an ID3 table of contents; the last chapter lasts to the end."""

Utter = Callable[[Sequence[Sequence[SpokenText]], CaseEndings], list[list[Utterance]]]
"""Vowels and phonemises spoken pieces, in one list per sentence, with these case endings."""


@dataclass(frozen=True, slots=True)
class VoiceProfile:
    """Everything except the words that determines a recording's sound."""

    voice: str
    voice_fingerprint: str
    latin: Speaker
    """The voice for Latin script; the same voice if there is no separate one."""
    longest: int
    """Maximum number of letters that the voice accepts in one piece."""
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
    """Those of these voices whose pitch can be changed."""
    case_endings: CaseEndings = CaseEndings.FULL


PRIVATE = "private-"
"""Prefix of private recordings' keys: public recording addresses do not accept such a key."""


def plan(article: Article, readings: Sequence[Reading], sound: VoiceProfile, seal: str | None = None) -> Plan:
    """Plan a recording, with a key derived from its sound.

    Args:
        article: the article to read.
        readings: the reading of each sentence.
        sound: voice, speed and other sound settings.
        seal: secret of a private recording, so that its key cannot be computed from its text.
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
        **_endings(sound.case_endings),
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
        case_endings=sound.case_endings,
    )


def record(article: Article, plan: Plan, request: Submission, created: float) -> ArticleRecord:
    """Return the article's record; without an id, one is derived from its text and how it was to be read.

    Not from the recording's key, which is known only after a long article has been read completely.
    """
    labels = [[label.name, label.at, label.ended] for label in article.script.labels]
    endings = _endings(plan.case_endings).values()
    asked = [request.locale] if request.locale else []
    said = repr([article.title, article.text, request.site, plan.voice, plan.speed, labels, *endings, *asked])
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
    """Return the parts into which headings divide a recording; the first is named by the title.

    Empty if there is only one part. Consecutive headings open one part together.
    """
    return parts([sentence.written for sentence in plan.sentences], plan.tags.title)


def parts(sentences: Sequence[SourceText | Sentence], title: str | None) -> tuple[PlannedChapter, ...]:
    """As ``chapters``, from an article's sentences and its title."""
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
    """Return the times of the chapters spoken so far; each lasts until the next begins."""
    begun = [chapter for chapter in chapters if chapter.sentence < len(timings.sentences)]
    starts = [timings.sentences[chapter.sentence].start for chapter in begun]
    ends = [*starts[1:], timings.duration]
    return tuple(
        Chapter(chapter.title, start, end) for chapter, start, end in zip(begun, starts, ends, strict=False)
    )


def explain(readings: Sequence[Reading], sound: VoiceProfile, utter: Utter) -> list[ReadingTrace]:
    """Return each sentence's reading with its vowelled and phonemised result.

    Raises:
        Unavailable: no worker vowelled it in time.
    """
    uttered = utter(spoken(readings), sound.case_endings)
    return [_explained(*pair, sound) for pair in zip(readings, uttered, strict=True)]


def spoken(readings: Sequence[Reading]) -> list[list[SpokenText]]:
    """Return the texts to be vowelled and phonemised, in one list per sentence."""
    return [
        [SpokenText(piece.spoken, piece.latin, _continues(piece)) for piece in reading.pieces]
        for reading in readings
    ]


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
        words=explained(reading, utterances),
        steps=tuple(replace(step, spoken=plain(step.spoken)) for step in reading.steps),
    )


def sentence_key(sentence: PlannedSentence, plan: Plan) -> str:
    """Return the key of a spoken sentence, derived from everything that determines its sound.

    Pauses are not included: they are inserted where the pieces are joined.
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
            # All pieces together, because a word is vowelled in the context of its sentence.
            "pieces": [_shape(piece) for piece in sentence.pieces],
            "latin": [plan.latin.voice, plan.latin.fingerprint] if _has_latin(sentence) else None,
            **_endings(plan.case_endings),
        }
    )


def _endings(case_endings: CaseEndings) -> dict[str, str]:
    """Return the case endings as an input of the sound; the default adds none."""
    return {} if case_endings is CaseEndings.FULL else {"case_endings": case_endings.value}


def _shape(piece: PlannedPiece) -> list[object]:
    """Return the inputs that determine a piece's sound; a default style and a written pause add none."""
    style = [] if piece.style == Prosody() else list(astuple(piece.style))
    return [piece.spoken, piece.latin, *style, *([Boundary.BREATH] if piece.continues else [])]


def _planned(
    reading: Reading, labels: tuple[PlacedLabel, ...], pauses: Mapping[Boundary, float]
) -> PlannedSentence:
    return PlannedSentence(
        pieces=tuple(
            PlannedPiece(piece.spoken, _pause(piece, pauses), piece.latin, piece.style, _continues(piece))
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
    """Return the seconds of pause after a piece: explicit breaks replace the boundary's pause."""
    if not piece.breaks:
        return pauses[piece.boundary]
    return sum(pauses[each.boundary] if each.seconds is None else each.seconds for each in piece.breaks)


def _continues(piece: Phrase) -> bool:
    return piece.boundary is Boundary.BREATH


def _has_latin(sentence: PlannedSentence) -> bool:
    return any(piece.latin for piece in sentence.pieces)
