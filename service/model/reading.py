"""How an article is said: what stands for each written word, its vowels and its phonemes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from service.model.document import Boundary, Break, Prosody, Sentence, Span


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of a sentence that is said in one breath."""

    text: str
    span: Span | None
    spoken: str
    """What a newsreader would say: words in Arabic letters, marks only where the author or the lexicon
    wrote them, and the punctuation that is heard as a pause."""
    boundary: Boundary
    words: tuple[Span | None, ...] = ()
    """For every word of ``spoken`` (split at white space), what it reads in ``Article.text``; words that
    one rule made together share a span. ``None`` where the sentence has no span itself."""
    latin: bool = False
    """``spoken`` is Latin script as it is written, for the voice that reads it."""
    style: Prosody = Prosody()
    breaks: tuple[Break, ...] = ()
    """What is paused behind it, instead of what the boundary asks for."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change that a rule made on the way from what is written to what is said."""

    rule: str
    written: str
    spoken: str
    """Empty where the rule dropped the words."""
    span: Span | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence and how it is to be read, before its vowels are restored."""

    sentence: Sentence
    pieces: tuple[Phrase, ...]
    """Empty when nothing of the sentence is speakable (only an emoji, say)."""
    steps: tuple[Step, ...] = ()


class SpokenText(NamedTuple):
    """What is said of a piece, as it travels to whoever restores its vowels."""

    words: str
    latin: bool = False


@dataclass(frozen=True, slots=True)
class Utterance:
    """A piece ready for an engine."""

    spoken: str
    """The words without vowel marks, whoever wrote them."""
    diacritised: str
    """Fully vowelled, in pausal form wherever a pause is heard; Latin script as it is written."""
    phonemes: str
    """IPA, words parted by spaces, pauses written as the punctuation that makes them; empty for Latin script,
    of which engines make their own."""
    semitones: float = 0.0
    """How much higher than the voice's own pitch; for engines that have a pitch alone."""


@dataclass(frozen=True, slots=True)
class ExplainedPiece:
    """One breath of a sentence on its way to the engine."""

    text: str
    span: Span | None
    voice: str
    """Whose breath it is."""
    spoken: str
    diacritised: str
    phonemes: str


@dataclass(frozen=True, slots=True)
class ReadingTrace:
    """How a sentence will be read: what each step made of it."""

    text: str
    span: Span | None
    spoken: str
    diacritised: str
    phonemes: str
    """IPA."""
    pieces: tuple[ExplainedPiece, ...]
    steps: tuple[Step, ...]
