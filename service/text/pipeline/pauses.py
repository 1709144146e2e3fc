"""Converts the final tokens to words with audible punctuation.

Engines receive five marks, ``، ؛ : . ؟``, and ``! …``. Quotation marks are silent; brackets and dashes
become a comma. Of several adjacent marks only the strongest stays.

>>> from service.text.core.tokens import tokenise
>>> [word.text for word in heard(list(tokenise('قال: "نعم" (أمس)...')))]
['قال:', 'نعم،', 'أمس…']
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from service.model.document import Span
from service.text.core.tokens import Kind, Token

_STRENGTH = "،؛:….!؟"
_HEARD = {
    **{mark: mark for mark in _STRENGTH},
    **dict.fromkeys(",()[]{}–—", "،"),
    ";": "؛",
    "?": "؟",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A spoken word and the span of its written text."""

    text: str
    """The word with its pause mark, if any."""
    span: Span
    """Span of the word and the marks after it."""
    foreign: bool = False
    """Whether it stays as written, for the voice of its language."""


def heard(tokens: Iterable[Token]) -> list[Word]:
    """Drop silent tokens and attach every pause mark to its word."""
    words: list[Word] = []
    for token in tokens:
        mark = _mark(token)
        if mark is None:
            if token.kind is not Kind.SYMBOL:
                words.append(Word(token.text, token.span, token.kind is Kind.FOREIGN))
        elif words and mark:
            words[-1] = _paused(words[-1], mark, token.span)
    if words and words[-1].text.endswith("،"):
        words[-1] = replace(words[-1], text=words[-1].text[:-1])  # the boundary makes the pause
    return words


def _mark(token: Token) -> str | None:
    """The pause mark of a token; empty for a silent mark, ``None`` for a word."""
    if token.kind is Kind.PUNCTUATION:
        if token.text.startswith(".."):
            return "…"
        return max((_HEARD.get(sign, "") for sign in token.text), key=_strength)
    if token.text in _STRENGTH:  # a rule inserted it
        return token.text
    return None


def _paused(word: Word, mark: str, span: Span) -> Word:
    span = Span(word.span.start, max(word.span.end, span.end))
    if word.text[-1] not in _STRENGTH:
        return replace(word, text=word.text + mark, span=span)
    stronger = max(word.text[-1], mark, key=_strength)
    return replace(word, text=word.text[:-1] + stronger, span=span)


def _strength(mark: str) -> int:
    return _STRENGTH.index(mark) if mark else -1
