"""What a publisher sent: an article, its paragraphs and sentences, and how parts of it are to be said.

Places in a text are counted in code points of ``Article.text``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

RESERVED = "~"
"""What ids begin with that istami makes for readers (demo, pages, speech); a publisher can send none such."""


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


class Boundary(StrEnum):
    """What ends a stretch of speech, and so how long the pause after it is."""

    VOICE = "voice"
    """Another voice or manner goes on, where nothing that is written makes a pause."""
    CLAUSE = "clause"
    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of text that is to be read."""

    text: str
    span: Span | None
    """Where it stands in ``Article.text``; ``None`` for a title that was sent beside the text."""
    role: Role = Role.BODY
    boundary: Boundary = Boundary.PARAGRAPH
    """What ends it; a title is always ended as one."""
    is_sentence: bool = False
    """The publisher says that it is one sentence: it is cut no further."""


class Way(StrEnum):
    """How a stretch of text is to be read otherwise than as it is written."""

    SAY_AS = "say-as"
    SUB = "sub"
    PHONEME = "phoneme"
    LANG = "lang"


@dataclass(frozen=True, slots=True)
class Instruction:
    """How the publisher wants a stretch of text read."""

    span: Span
    way: Way
    value: str
    """What it is said as, what is said instead, its phones (IPA), or its language (``en``, ``fr``)."""
    format: str = ""
    """The order of a date's parts."""


@dataclass(frozen=True, slots=True)
class Prosody:
    """How a stretch is said, beside the voice's own way."""

    rate: float = 1.0
    """Times the article's speed."""
    semitones: float = 0.0
    """Above the voice's own pitch."""
    decibels: float = 0.0
    """Above the recording's loudness."""


@dataclass(frozen=True, slots=True)
class Styled:
    """A stretch of text that has a style."""

    span: Span
    style: Prosody


@dataclass(frozen=True, slots=True)
class Break:
    """A pause that the publisher wants at a place in the text."""

    at: int
    seconds: float | None = None
    boundary: Boundary = Boundary.SENTENCE
    """As long as the pause that this makes, where no seconds are told."""


@dataclass(frozen=True, slots=True)
class NamedMark:
    """A place in the text whose time the publisher wants to know."""

    at: int
    name: str
    ended: bool
    """When the text before it has ended; else when the text after it begins."""


class LexiconEntry(NamedTuple):
    """A word whose reading the publisher sent along."""

    grapheme: str
    reading: str
    ipa: str
    role: str


@dataclass(frozen=True, slots=True)
class Script:
    """What a publisher says of a text beside the text: each in the order of the text, none overlapping."""

    instructions: tuple[Instruction, ...] = ()
    styles: tuple[Styled, ...] = ()
    breaks: tuple[Break, ...] = ()
    labels: tuple[NamedMark, ...] = ()
    words: tuple[LexiconEntry, ...] = ()


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
    script: Script = Script()


@dataclass(frozen=True, slots=True)
class Sentence:
    """The unit of work: one sentence of the article as it is written."""

    text: str
    span: Span | None
    boundary: Boundary
    role: Role = Role.BODY
    script: Script = Script()
    """What of the article's holds here; breaks are those behind a word of this sentence."""
