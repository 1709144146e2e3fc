"""Joined letters and digits: A320, F-35, 4K, H1N1, COVID19, and «إف-16»."""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.tokens import Kind, Replacement, Token
from service.text.grammar.clitics import attach, closed, prefix
from service.text.grammar.numerals import cardinal, decimal, digits
from service.text.normalisation.transliteration import transliterate

_HYPHENS = frozenset("-‑–")
_LONGEST_CARDINAL = 4
"""Digits; longer strings in a code are read digit by digit."""
_RANKS = frozenset({"er", "re", "ère", "e", "ème", "eme", "nd", "nde", "st", "rd", "th"})
"""French and English ordinal suffixes of a figure; only the figure is spoken."""
_CODE_AFTER_ARABIC = 3
"""«إس-400» is a code, «مونديال-2030» is not."""
_LONGEST_CODE = 128
"""Tokens; a hash of 512 bits has about sixty. Longer runs are not codes: searching for the end from each
token would take quadratic time."""


def designation(locale: str, tokens: Sequence[Token], at: int) -> Replacement | None:
    """The rule for one locale.

    Args:
        locale: determines the names of the letters.
        tokens: tokens of the sentence.
        at: index of the first token.
    """
    clitics, start = prefix(tokens, at)
    if tokens[start].kind is Kind.WORD:
        return _arabic_code(tokens, at)
    end = None if _glued(tokens, start) else _code_end(tokens, start)
    if end is None:
        return None
    parts = [token for token in tokens[start:end] if token.text not in _HYPHENS]
    if {token.kind for token in parts} != {Kind.LATIN, Kind.NUMBER}:
        return None
    words = " ".join(
        _code_part(part, locale)
        for before, part in zip((None, *parts), parts, strict=False)
        if not (before and before.kind is Kind.NUMBER and part.text.lower() in _RANKS)
    )
    return Replacement(closed(tokens, at, start, end) - at, attach(clitics, words))


def _arabic_code(tokens: Sequence[Token], at: int) -> Replacement | None:
    if len(tokens) < at + 3 or tokens[at].text.endswith("ـ"):
        return None
    word, hyphen, number = tokens[at : at + 3]
    if hyphen.text not in _HYPHENS or hyphen.spaced or number.spaced or number.kind is not Kind.NUMBER:
        return None
    if len(word.text) == 1 or not number.text.isdigit() or len(number.text) > _CODE_AFTER_ARABIC:
        return None
    return Replacement(3, f"{word.text} {_number(number.text)}")


def _code_end(tokens: Sequence[Token], start: int) -> int | None:
    """Return the end of an unspaced run of letters and digits; ``None`` if it is not a code."""
    end = start
    while end < len(tokens) and tokens[end].kind in {Kind.LATIN, Kind.NUMBER}:
        if end - start > _LONGEST_CODE:
            return None
        end += 1
        if end < len(tokens) and tokens[end].spaced:
            break
        joins = end + 1 < len(tokens) and tokens[end].text in _HYPHENS and not tokens[end + 1].spaced
        if joins and tokens[end + 1].kind in {Kind.LATIN, Kind.NUMBER}:
            end += 1
    return end


def _glued(tokens: Sequence[Token], start: int) -> bool:
    return start > 0 and not tokens[start].spaced and tokens[start - 1].kind in {Kind.LATIN, Kind.NUMBER}


def _code_part(token: Token, locale: str) -> str:
    return _number(token.text) if token.kind is Kind.NUMBER else transliterate(token.text, locale=locale)


def _number(text: str) -> str:
    whole, point, fraction = text.partition(".")
    if point and whole.isdigit() and fraction.isdigit():
        return decimal(whole, fraction)
    if not text.isdigit() or len(text) > _LONGEST_CARDINAL or (text[0] == "0" and len(text) > 1):
        return digits(text)
    return cardinal(int(text))
