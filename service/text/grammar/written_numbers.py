"""Numbers in words that digits may continue: «ألفا و200 درهم», «مئتين و20 شخصا», «1.5 مليون و200 ألف»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from service.text.core.tokens import Kind, Token
from service.text.grammar.cardinals import cardinal
from service.text.grammar.grammar import Case, Gender

_LONGEST = 16
"""Maximum words of a number."""
_JOINED = re.compile(r"[وف]?(?P<preposition>[بلك]?)(?=..)")
_COUNTS = (*range(2, 20), *range(20, 100, 10), *range(100, 1000, 100))
_SCALES = ("ألف", "مليون", "مليار", "بليون", "تريليون")
_OTHER = frozenset({"آلاف", "ملايين", "مليارات", "بلايين", "تريليونات", "فاصلة"})
_ONE = frozenset({"واحد", "واحدا", "واحدة"})
_ACCUSATIVE = frozenset(scale + "ا" for scale in _SCALES)


def start_of_number(tokens: Sequence[Token], last: int) -> int | None:
    """The first word of the number in words that ends at a token; ``None`` if none does.

    >>> from service.text.core.tokens import tokenise
    >>> start_of_number(list(tokenise("بلغ خمسة وعشرين ألفا")), 3)
    1
    """
    start = last + 1
    while start and start > last - _LONGEST and _is_part(tokens, start - 1):
        start -= 1
        if _opens(tokens[start].text):
            break
    return start if start <= last else None


def shown_case(tokens: Sequence[Token], start: int, last: int) -> Case | None:
    """The case that the words of a number show: «ألفان», «مئتين», «بمليون»; ``None`` if they show none."""
    first = tokens[start].text
    clitic = _JOINED.match(first) if first not in _words() else None
    if clitic and clitic["preposition"]:
        return Case.GENITIVE
    if _bare(first) in _ACCUSATIVE:
        return Case.ACCUSATIVE
    texts = [token.text for token in tokens[start : last + 1]]
    if any(text.endswith(("ان", "ون")) and _bare(text) not in _SCALES for text in texts):
        return Case.NOMINATIVE
    oblique = any(text.endswith("ين") and _bare(text) not in _OTHER for text in texts)
    return Case.ACCUSATIVE if oblique else None


def is_number_word(word: str) -> bool:
    """Whether a word is part of a number, also after a clitic: «ألفين», «بمليون», «وعشرون»."""
    return _bare(word) in _words()


def _is_part(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if token.kind is Kind.NUMBER:
        return at + 1 < len(tokens) and tokens[at + 1].text in {*_SCALES, *_ACCUSATIVE, *_OTHER}
    if token.text == "و":
        return at > 0 and is_number_word(tokens[at - 1].text)
    if token.text in _ONE:  # «واحد وعشرون», not «شخص واحد»
        return at + 1 < len(tokens) and tokens[at + 1].text[0] == "و" and is_number_word(tokens[at + 1].text)
    return token.kind is Kind.WORD and is_number_word(token.text)


def _opens(word: str) -> bool:
    """Whether a word of a number has a preposition, so that nothing of the number stands before it."""
    found = _JOINED.match(word)
    return word not in _words() and bool(found and found["preposition"])


def _bare(word: str) -> str:
    return word if word in _words() else _JOINED.sub("", word, count=1)


@cache
def _words() -> frozenset[str]:
    """The words of all cardinals, also with مائة for مئة."""
    said = {
        word.removeprefix("و")
        for n in _COUNTS
        for gender in Gender
        for case in Case
        for construct in (False, True)
        for word in cardinal(n, gender=gender, case=case, construct=construct).split()
    }
    said |= {scale + ending for scale in _SCALES for ending in ("", "ا", "ان", "ين", "ي")}
    return frozenset(said | {word.replace("مئ", "مائ") for word in said} | _OTHER)
