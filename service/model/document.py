"""A publisher's article: its paragraphs and sentences, and instructions how to say parts of it.

Positions are counted in code points of ``Article.text``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

RESERVED = "~"
"""Prefix of ids that istami creates itself (demo, pages, speech); publishers cannot use it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of ``Article.text``: ``text[start:end]``."""

    start: int
    end: int


class Role(StrEnum):
    """Role of a paragraph on the page."""

    TITLE = "title"
    HEADING = "heading"
    BODY = "body"


class Boundary(StrEnum):
    """End of a stretch of speech; determines the pause after it."""

    BREATH = "breath"
    """Between two phrases, where no pause is written: the word before it has no pausal form."""
    VOICE = "voice"
    """Change of voice or style without a written pause."""
    CLAUSE = "clause"
    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of text to be read."""

    text: str
    span: Span | None
    """Position in ``Article.text``; ``None`` for a title sent separately from the text."""
    role: Role = Role.BODY
    boundary: Boundary = Boundary.PARAGRAPH
    """Its end; a title always ends as one."""
    is_sentence: bool = False
    """Whether the publisher marked it as one sentence, which is not split further."""


class Way(StrEnum):
    """Kind of instruction to read a stretch of text differently from its spelling."""

    SAY_AS = "say-as"
    SUB = "sub"
    PHONEME = "phoneme"
    LANG = "lang"


@dataclass(frozen=True, slots=True)
class Instruction:
    """A publisher's instruction how to read a stretch of text."""

    span: Span
    way: Way
    value: str
    """Depending on ``way``: its type, its replacement, its phones (IPA), or its language (``en``, ``fr``)."""
    format: str = ""
    """The order of a date's parts."""


@dataclass(frozen=True, slots=True)
class Prosody:
    """Deviation of a stretch from the voice's own style."""

    rate: float = 1.0
    """Factor of the article's speed."""
    semitones: float = 0.0
    """Above the voice's own pitch."""
    decibels: float = 0.0
    """Above the recording's loudness."""


@dataclass(frozen=True, slots=True)
class Styled:
    """A stretch of text with a style."""

    span: Span
    style: Prosody


@dataclass(frozen=True, slots=True)
class Break:
    """A pause requested by the publisher at a position in the text."""

    at: int
    seconds: float | None = None
    boundary: Boundary = Boundary.SENTENCE
    """Boundary whose pause applies if ``seconds`` is ``None``."""


@dataclass(frozen=True, slots=True)
class NamedMark:
    """A position in the text whose time the publisher wants to know."""

    at: int
    name: str
    ended: bool
    """Whether it means the end of the text before it; else the beginning of the text after it."""


class LexiconEntry(NamedTuple):
    """A word with the publisher's own reading."""

    grapheme: str
    reading: str
    ipa: str
    role: str


@dataclass(frozen=True, slots=True)
class Script:
    """A publisher's markup of a text: each kind in text order, without overlaps."""

    instructions: tuple[Instruction, ...] = ()
    styles: tuple[Styled, ...] = ()
    breaks: tuple[Break, ...] = ()
    labels: tuple[NamedMark, ...] = ()
    words: tuple[LexiconEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A publisher's article; ``paragraphs`` exclude the page's chrome."""

    text: str
    """The text that all spans refer to: as sent, or as extracted from HTML."""
    paragraphs: tuple[Paragraph, ...]
    title: str | None = None
    author: str | None = None
    url: str | None = None
    site: str | None = None
    published: str | None = None
    """ISO 8601 date, if the page has one."""
    language: str | None = None
    """Language of the page, a BCP 47 tag as written there: ``ar-EG``."""
    script: Script = Script()
    section: str | None = None
    """The part of the site that the page names."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """The unit of work: one written sentence of the article."""

    text: str
    span: Span | None
    boundary: Boundary
    role: Role = Role.BODY
    script: Script = Script()
    """The part of the article's script for this sentence; breaks are those after a word of it."""
