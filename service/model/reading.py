"""The reading of an article: the spoken form of each written word, its vowels and its phonemes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

from service.model.document import Boundary, Break, Prosody, Sentence, Span

Locale = Literal["auto", "ar", "ar-MA", "ar-DZ", "ar-TN", "ar-EG", "ar-SA", "ar-LB"]
"""Regional variants; with ``auto`` the page and the text of each article decide, ``ar`` is neutral."""


class CaseEndings(StrEnum):
    """Which case endings of nouns and adjectives are said within a phrase."""

    FULL = "full"
    CAUTIOUS = "cautious"
    """Those of which the diacritiser is sure."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of a sentence that is said in one breath."""

    text: str
    span: Span | None
    spoken: str
    """The words of a newsreader, in Arabic letters, with vowel marks only where the author or the lexicon
    wrote them, and the punctuation that is heard as a pause."""
    boundary: Boundary
    words: tuple[Span | None, ...] = ()
    """For every word of ``spoken`` (split at white space), its source in ``Article.text``; words produced
    together by one rule share a span. ``None`` where the sentence itself has no span."""
    latin: bool = False
    """Whether ``spoken`` is unchanged Latin script, for the voice that reads it."""
    style: Prosody = Prosody()
    breaks: tuple[Break, ...] = ()
    """Pauses after it, which replace the boundary's pause."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change that a rule made from the written to the spoken form."""

    rule: str
    written: str
    spoken: str
    """Empty if the rule removed the words."""
    span: Span | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence and its spoken pieces, before vowels are restored."""

    sentence: Sentence
    pieces: tuple[Phrase, ...]
    """Empty if nothing in the sentence is speakable (for example, only an emoji)."""
    steps: tuple[Step, ...] = ()


class SpokenText(NamedTuple):
    """The spoken words of a piece, as sent to the diacritiser."""

    words: str
    latin: bool = False
    continues: bool = False
    """Whether it ends at ``Boundary.BREATH``."""


class Source(StrEnum):
    """What decided the vowels of a word."""

    AUTHOR = "author"
    """Marks in the article."""
    LEXICON = "lexicon"
    NAME = "name"
    """The tables of people's names, or a full name in the same article."""
    RULE = "rule"
    """Another rule, which replaced the written words by vowelled ones."""
    PHRASE = "phrase"
    """The list of phrases whose vowels are known."""
    VERB = "verb"
    """The verb table: the word is read as one of its forms."""
    STEM = "stem"
    """The table of stems of nouns and adjectives: the word is read with one of them."""
    MODELS = "models"
    """The vowel models alone."""
    VOICE = "voice"
    """The voice for Latin script, which reads the word as written."""


@dataclass(frozen=True, slots=True)
class Decision:
    """How the vowels of one word were decided."""

    source: str
    """A :class:`Source`."""
    margin: float | None = None
    """How much likelier the chosen reading is than the best one that sounds different: the natural logarithm
    of the ratio. 0: as likely, 0.7: twice, 2.3: ten times. ``None`` if the vowels were given."""
    alternatives: tuple[str, ...] = ()
    """Other readings, vowelled, the likeliest first: at most three, and none a hundred times less likely."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A piece ready for an engine."""

    spoken: str
    """The words without any vowel marks."""
    diacritised: str
    """Fully vowelled, in pausal form before every audible pause; Latin script unchanged."""
    phonemes: str
    """IPA, words separated by spaces, pauses as their punctuation; empty for Latin script, which engines
    phonemise themselves."""
    semitones: float = 0.0
    """Shift above the voice's own pitch; only for engines with adjustable pitch."""
    decisions: tuple[Decision, ...] = ()
    """For every word of ``diacritised`` (split at white space); empty if nobody asked for them."""
    before: str = ""
    """The words of the same sentence just before it, as in ``diacritised``; for voices that heed context."""
    after: str = ""
    """Those just after it."""


class Doubt(StrEnum):
    """Why an editor should look at the reading of a word."""

    MARGIN = "margin"
    """Another reading is nearly as likely."""
    NAME = "name"
    """It stands where a name stands, and is in no lexicon."""
    LATIN = "latin"
    """It is written in Latin script, in no lexicon, and read in Arabic by its letters."""
    HOMOGRAPH = "homograph"
    """Its letters are those of a name and of another word."""


@dataclass(frozen=True, slots=True)
class ExplainedWord:
    """One spoken word: how it is read, and why."""

    text: str
    """What is written; words that one rule produced together share it."""
    span: Span | None
    spoken: str
    """Without vowel marks and punctuation."""
    diacritised: str
    """The chosen reading, in pausal form before a pause."""
    source: str | None
    """A :class:`Source`; ``None`` if an older worker did not tell."""
    margin: float | None
    """As ``Decision.margin``."""
    alternatives: tuple[str, ...]
    """Other readings of the same letters."""
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedPiece:
    """One breath of a sentence on its way to the engine."""

    text: str
    span: Span | None
    voice: str
    """The voice that speaks it."""
    spoken: str
    diacritised: str
    phonemes: str


@dataclass(frozen=True, slots=True)
class ReadingTrace:
    """The reading of a sentence, with the result of each step."""

    text: str
    span: Span | None
    spoken: str
    diacritised: str
    phonemes: str
    """IPA."""
    pieces: tuple[ExplainedPiece, ...]
    words: tuple[ExplainedWord, ...]
    steps: tuple[Step, ...]
