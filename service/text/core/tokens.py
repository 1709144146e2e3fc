"""Tokens with their spans, and the only way in which a rule may change them.

A text is tokenised once. Then each rule, in the order of ``rule_chain.py``, walks over the tokens
(``rule_walker.py``) and may replace a run of them. A replacement has the span of the tokens it replaces, so
that every spoken word can be traced to the written text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.model.document import Span


class Kind(StrEnum):
    """The kind of a token."""

    WORD = "word"
    """Arabic letters with the author's marks, or words that a rule has produced."""
    NUMBER = "number"
    """Digits, converted to Western ones, with their inner ``. , ٬ ٫`` as written."""
    LATIN = "latin"
    FOREIGN = "foreign"
    """A word in Latin script as written, for a foreign voice; no other rule changes it."""
    ADDRESS = "address"
    """A URL or an e-mail address."""
    SYMBOL = "symbol"
    """One character that may be read aloud: ``% $ + = # @ / - –`` and the like."""
    PUNCTUATION = "punctuation"
    """One character (or a run of the same stop) that is heard as a pause or not at all."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign."""

    text: str
    span: Span
    kind: Kind
    spaced: bool
    """Whether white space precedes it."""
    rule: str = ""
    """The rule that produced it; empty if it is as written."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A rule's replacement for the next ``length`` tokens."""

    length: int
    words: str
    """Spoken words separated by spaces, in Arabic letters; empty to drop the tokens."""
    foreign: bool = False
    """Whether the words are the tokens as written, each with its own span."""


Rule = Callable[[Sequence[Token], int], Replacement | None]
"""Examines ``tokens[at:]`` (and, for context, before ``at``); returns ``None`` to leave them unchanged."""

MARKS = "ً-ْٰ"
"""Character class body: tanwīn, short vowels, shadda, sukūn, dagger alif."""
LETTERS = "ء-غـ-يٱ-ۓەۮۯۺ-ۼۿݐ-ݿﭐ-ﮱﯓ-ﴽ\ufd40-\ufdcfﷰ-ﷻ\ufdfd-\ufdffﹰ-ﻼ"
"""Character class body: Arabic letters, Persian ones, presentation forms and ligatures, tatweel.

The ornate brackets ﴾ ﴿ and the rial sign ﷼ lie among the presentation forms and are not letters."""
SIGNS = "\u0610-\u061a\u0653-\u065f\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff"
"""Character class body: Koranic and other marks that combine with a letter and so never split a word."""
INVISIBLE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
"""Character class body: bidi and zero-width marks, soft hyphen, and the annotation characters that
``annotation.py`` reserves. They split no token and are never spoken."""

_DIGIT = "0-9٠-٩۰-۹\uff10-\uff19₀-₉"
"""Subscripts, too: CO₂ is written CO2 as well."""
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_NOT_IN_URL = r'\s<>«»"“”،؛؟'
_TOKEN = re.compile(
    rf"""
    (?P<address>(?:[Hh][Tt][Tt][Pp][Ss]?://|[Ww][Ww][Ww]\.)[^{_NOT_IN_URL}]*[^{_NOT_IN_URL}.,:;!?()\[\]{{}}'’…*]
      | [A-Za-z0-9_.+-]{{1,64}}@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{1,4}})
  | (?P<number>[{_DIGIT}](?:[{INVISIBLE}]*(?:[.,٬٫][{INVISIBLE}]*)?[{_DIGIT}])*)
  | (?P<word>[{LETTERS}](?:[{LETTERS}{MARKS}{SIGNS}{INVISIBLE}]*[{LETTERS}{MARKS}{SIGNS}])?)
  | (?P<latin>[{_LATIN}][{_LATIN}\u0300-\u036f]*(?:['’][{_LATIN}][{_LATIN}\u0300-\u036f]*)*)
  | (?P<punctuation>\.+|…+|[!?؟]+|[،؛,;:()\[\]{{}}«»"“”„‟'‘’‹›﴾﴿–—])
  | (?P<symbol>\S)
    """,
    re.VERBOSE,
)
_WESTERN = {
    ord(digit): str(value)
    for first in "٠۰\uff10₀"
    for value, digit in enumerate(map(chr, range(ord(first), ord(first) + 10)))
}
_KINDS = {kind.value: kind for kind in Kind}
_HIDDEN = re.compile(f"[{INVISIBLE}]+")


def tokenise(text: str, offset: int = 0) -> Iterator[Token]:
    """Split a text into tokens.

    Args:
        text: at most a few sentences.
        offset: position of the text in the article; added to every span.
    """
    end = 0
    for match in _TOKEN.finditer(text):
        kind = _KINDS[match.lastgroup or "symbol"]
        said = _HIDDEN.sub("", match.group())
        between = text[end : match.start()]
        end = match.end()
        if not said:
            continue
        if kind is Kind.NUMBER:
            said = said.translate(_WESTERN)
        span = Span(offset + match.start(), offset + match.end())
        yield Token(said, span, kind, spaced=any(map(str.isspace, between)))


def written(tokens: Iterable[Token]) -> str:
    """The tokens as one string, spaced as in the text."""
    return "".join((" " if token.spaced else "") + token.text for token in tokens).strip()


def begins_word(before: Token, token: Token) -> bool:
    """Whether a word begins with a token, in a script that separates words by spaces."""
    # A dropped sign may have stood between two words: Black_Friday.
    return (token.spaced and token.kind is not Kind.PUNCTUATION) or before.kind is token.kind is Kind.LATIN


def cover(tokens: Sequence[Token]) -> Span:
    """The span from the first token to the last."""
    return Span(tokens[0].span.start, tokens[-1].span.end)
