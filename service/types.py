"""The nouns, frozen, in the order in which an article passes through them.

Places in a text are counted in code points of ``Article.text``. Times are in seconds. Audio is mono,
16-bit signed, little-endian PCM.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of ``Article.text``: ``text[start:end]``."""

    start: int
    end: int


class Role(StrEnum):
    """What a paragraph is on the page."""

    TITLE = "title"
    HEADING = "heading"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of text that is to be read."""

    text: str
    span: Span | None
    """Where it stands in ``Article.text``; ``None`` for a title that was sent beside the text."""
    role: Role = Role.BODY


@dataclass(frozen=True, slots=True)
class Article:
    """What a publisher sent, with its page chrome left out of ``paragraphs``."""

    text: str
    """The text that all spans count in: as sent, or as extracted from HTML."""
    paragraphs: tuple[Paragraph, ...]
    title: str | None = None
    author: str | None = None
    url: str | None = None
    site: str | None = None
    published: str | None = None
    """ISO 8601 date, where the page told it."""


class Boundary(StrEnum):
    """What ends a stretch of speech, and so how long the pause after it is."""

    CLAUSE = "clause"
    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Sentence:
    """The unit of work: one sentence of the article as it is written."""

    text: str
    span: Span | None
    boundary: Boundary
    role: Role = Role.BODY


@dataclass(frozen=True, slots=True)
class Piece:
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
    pieces: tuple[Piece, ...]
    """Empty when nothing of the sentence is speakable (only an emoji, say)."""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Utterance:
    """A piece ready for an engine."""

    spoken: str
    diacritised: str
    """Fully vowelled, in pausal form wherever a pause is heard."""
    phonemes: str
    """IPA, words parted by spaces, pauses written as the punctuation that makes them."""


@dataclass(frozen=True, slots=True)
class WordTiming:
    """When a word of ``Utterance.diacritised`` sounds, counted within its clip."""

    word: int
    """Index among the words (split at white space)."""
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Clip:
    """What an engine said."""

    pcm: bytes
    sample_rate: int
    words: tuple[WordTiming, ...] = ()
    """Empty where the engine cannot tell."""

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.pcm) / 2 / self.sample_rate


@dataclass(frozen=True, slots=True)
class WordMark:
    """A word in the audio and in the original text."""

    start: float
    end: float
    span: Span


@dataclass(frozen=True, slots=True)
class Mark:
    """A sentence in the audio and in the original text."""

    text: str
    start: float
    end: float
    span: Span | None
    role: Role = Role.BODY
    words: tuple[WordMark, ...] = ()
