"""Responses of the service. Fields added by a newer service are ignored.

Times are in seconds; positions are ``(start, end)`` in code points of the submitted text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Message:
    """The same message in two languages."""

    ar: str
    en: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Finished sentences, and their total."""

    sentences_done: int
    sentences_total: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an article could not be synthesised."""

    code: str
    message: Message


@dataclass(frozen=True, slots=True)
class Article:
    """An article and its recording."""

    id: str
    status: Literal["queued", "speaking", "ready", "failed"]
    progress: Progress
    key: str | None
    """SHA-256 of everything that affects the audio; ``None`` while a long article is being read."""
    voice: str
    speed: float
    title: str | None
    duration_seconds: float | None
    """Known when it is ready."""
    audio_url: str
    marks_url: str
    captions_url: str
    player_url: str
    error: Fault | None
    """Set if it has failed."""


@dataclass(frozen=True, slots=True)
class WordMark:
    """A word in the audio and in the text."""

    start: float
    end: float
    span: Place


@dataclass(frozen=True, slots=True)
class Mark:
    """A sentence in the audio and in the text."""

    text: str
    start: float
    end: float
    span: Place | None
    """``None`` for a title that was sent beside the text."""
    role: Literal["title", "heading", "body"]
    words: tuple[WordMark, ...]
    """Empty if the voice reports no word times."""


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place named by ``mark`` in SSML, and its time."""

    name: str
    time: float


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks of a recording."""

    duration: float
    complete: bool
    """False during synthesis."""
    sentences: tuple[Mark, ...]
    marks: tuple[NamedPlace, ...] = ()
    """None in articles that were not sent as SSML."""


@dataclass(frozen=True, slots=True)
class Voice:
    """An available voice."""

    id: str
    name: Message
    engine: str
    language: str
    dialect: str
    gender: str
    sample_rate: int
    licence: str
    commercial_use: Literal["yes", "no", "unknown"]
    data_licence: str
    evidence: str | None
    attribution: str


@dataclass(frozen=True, slots=True)
class Voices:
    """All installed voices."""

    voices: tuple[Voice, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change by a rule between the written and the spoken text."""

    rule: str
    written: str
    spoken: str
    span: Place | None


@dataclass(frozen=True, slots=True)
class ExplainedPiece:
    """One breath of a sentence, as given to the voice."""

    text: str
    span: Place | None
    voice: str
    """The voice that speaks it."""
    spoken: str
    diacritised: str
    phonemes: str
    """IPA."""


@dataclass(frozen=True, slots=True)
class ExplainedWord:
    """One spoken word: how its vowels were decided, and what else it could be."""

    text: str
    """As written; words that one rule produced together share it."""
    span: Place | None
    spoken: str
    diacritised: str
    source: str | None
    """``author``, ``lexicon``, ``name``, ``rule``, ``phrase``, ``verb``, ``stem``, ``models``, ``voice``."""
    margin: float | None
    """Natural logarithm of how many times likelier it is than the next reading; ``None``: it is given."""
    alternatives: tuple[str, ...]
    """Other readings of the same letters, the likeliest first."""
    doubts: tuple[str, ...]
    """Why an editor should look at it: ``margin``, ``name``, ``latin``, ``homograph``."""


@dataclass(frozen=True, slots=True)
class ExplainedSentence:
    """How a sentence will be read."""

    text: str
    span: Place | None
    spoken: str
    diacritised: str
    phonemes: str
    """IPA."""
    pieces: tuple[ExplainedPiece, ...]
    steps: tuple[Step, ...]
    words: tuple[ExplainedWord, ...] = ()
    """Empty from an older service."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How each sentence will be read."""

    sentences: tuple[ExplainedSentence, ...]
