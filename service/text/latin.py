"""Latin script in Arabic text: glosses, codes such as A320, and words that no lexicon knows.

Three rules with three places in the chain. ``latin-gloss`` comes first of all, before the lexicon would
speak the gloss. ``latin-code`` comes after the rules that know units, money, times and Roman numerals, and
before bare numbers are said. ``latin`` comes last of the three: whatever Latin is left is transliterated.

A gloss is Latin in brackets directly after Arabic words: «الويب المظلم (Dark Web)». It is taken for a
repetition of them and dropped, unless the word before merely announces a name («شبكة (CNN)», see
``latin/carriers.tsv``) or the brackets open with a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial

from service.text.clitics import Clitics, alone, attach, host
from service.text.entries import letters
from service.text.numerals import cardinal, decimal, digits
from service.text.tokens import Kind, Replacement, Rule, Token
from service.text.transliteration import language_of, table, transliterate

_ARTICLES = frozenset({"al", "el"})
"""In names; said as one with the next word."""
_OPENING, _CLOSING = frozenset("(["), frozenset(")]")
_HYPHENS = frozenset("-‑–")
_WITHIN_GLOSS = frozenset("-–‑&./,:+'’\"“”®™")
_LONGEST_GLOSS = 16
"""Tokens within the brackets."""
_SAID = {"&": "آند", "+": "بلس", ".": "دوت"}
_LONGEST_CARDINAL = 4
"""Digits; longer strings in a code are read digit by digit."""
_CODE_AFTER_ARABIC = 3
"""«إس-400» is a code, «مونديال-2030» is not."""


def rules(locale: str, *, keep_glosses: bool = False) -> tuple[tuple[str, Rule], ...]:
    """The rules in chain order.

    Args:
        locale: ``ar-MA``, ``ar-EG``, ``ar-SA``, ``ar-LB``.
        keep_glosses: say a Latin gloss in brackets although it repeats the Arabic before it.
    """
    gloss = () if keep_glosses else (("latin-gloss", _gloss),)
    return (*gloss, ("latin-code", partial(_code, locale)), ("latin", partial(_word, locale)))


def _gloss(tokens: Sequence[Token], at: int) -> Replacement | None:
    if tokens[at].text not in _OPENING or at == 0 or tokens[at - 1].kind is not Kind.WORD:
        return None
    if letters(tokens[at - 1].text) in _carriers():
        return None
    for end in range(at + 1, min(len(tokens), at + 2 + _LONGEST_GLOSS)):
        token = tokens[end]
        if token.text in _CLOSING:
            return Replacement(end + 1 - at, "") if end > at + 1 else None
        inner = token.kind is Kind.LATIN or (
            end > at + 1 and (token.kind is Kind.NUMBER or token.text in _WITHIN_GLOSS)
        )
        if not inner:
            return None
    return None


def _code(locale: str, tokens: Sequence[Token], at: int) -> Replacement | None:
    """Letters and digits written as one: A320, F-35, 4K, H1N1, COVID19, and «إف-16»."""
    clitics, start = _prefix(tokens, at)
    if tokens[start].kind is Kind.WORD:
        return _arabic_code(tokens, at)
    end = _code_end(tokens, start)
    parts = [token for token in tokens[start:end] if token.text not in _HYPHENS]
    if {token.kind for token in parts} != {Kind.LATIN, Kind.NUMBER} or _glued(tokens, start):
        return None
    words = " ".join(_code_part(token, locale) for token in parts)
    return Replacement(end - at, attach(clitics, words))


def _arabic_code(tokens: Sequence[Token], at: int) -> Replacement | None:
    if len(tokens) < at + 3 or tokens[at].text.endswith("ـ"):
        return None
    word, hyphen, number = tokens[at : at + 3]
    if hyphen.text not in _HYPHENS or hyphen.spaced or number.spaced or number.kind is not Kind.NUMBER:
        return None
    if len(word.text) == 1 or not number.text.isdigit() or len(number.text) > _CODE_AFTER_ARABIC:
        return None
    return Replacement(3, f"{word.text} {_number(number.text)}")


def _code_end(tokens: Sequence[Token], start: int) -> int:
    """Where a string of letters and digits ends that no space parts."""
    end = start
    while end < len(tokens) and tokens[end].kind in {Kind.LATIN, Kind.NUMBER}:
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


def _word(locale: str, tokens: Sequence[Token], at: int) -> Replacement | None:
    clitics, start = _prefix(tokens, at)
    if tokens[start].kind is not Kind.LATIN:
        return None
    end = _chain_end(tokens, start)
    words = " ".join(_said(tokens, start, end, locale))
    return Replacement(end - at, attach(clitics, words))


def _said(tokens: Sequence[Token], start: int, end: int, locale: str) -> Iterator[str]:
    run = [token.text for token in _run(tokens, start)]
    language = language_of(run, locale)
    article = ""
    shouted = any(word.isupper() and len(word) > _SHOUTED for word in run)
    for at in range(start, end):
        token = tokens[at]
        if token.kind is not Kind.LATIN:
            if token.text in _SAID and not _is_initial(tokens, at):
                yield _SAID[token.text]
            continue
        word = transliterate(token.text.lower() if shouted else token.text, locale=locale, language=language)
        if word == _ARTICLE and at + 1 < end:
            article = word
            continue
        yield article + word
        article = ""


_ARTICLE = "ال"
_SHOUTED = 5
"""A word of more capitals than an acronym has tells that its neighbours are words in capitals too."""


def _run(tokens: Sequence[Token], at: int) -> list[Token]:
    """The Latin words around a place, to tell their language by."""
    first, last = at, at
    while first > 0 and _is_latin(tokens[first - 1]):
        first -= 1
    while last + 1 < len(tokens) and _is_latin(tokens[last + 1]):
        last += 1
    return [token for token in tokens[first : last + 1] if token.kind is Kind.LATIN]


def _is_latin(token: Token) -> bool:
    return token.kind is Kind.LATIN or token.text in {"-", "&"}


def _chain_end(tokens: Sequence[Token], start: int) -> int:
    """Where a chain ends that signs hold together: Coca-Cola, H&M, Booking.com, U.S., Disney+."""
    end = start + 1
    if tokens[start].text.lower() in _ARTICLES and end < len(tokens) and tokens[end].kind is Kind.LATIN:
        end += 1
    while end < len(tokens) and not tokens[end].spaced:
        follows = end + 1 < len(tokens) and tokens[end + 1].kind is Kind.LATIN and not tokens[end + 1].spaced
        if tokens[end].text in {"-", "‑", "&", ".", "/", "'", "’"} and follows:
            end += 2
        elif tokens[end].text == "+" or (_is_initial(tokens, end) and end + 1 < len(tokens)):
            return end + 1
        else:
            break
    return end


def _is_initial(tokens: Sequence[Token], at: int) -> bool:
    """A dot after a single capital: J. K. Rowling, U.S."""
    before = tokens[at - 1].text
    return tokens[at].text == "." and len(before) == 1 and before.isupper()


def _prefix(tokens: Sequence[Token], at: int) -> tuple[Clitics, int]:
    """Clitics that stand in a token of their own («الـ», «ل"») and where the word stands."""
    clitics = alone(tokens[at].text) if tokens[at].kind is Kind.WORD else None
    start = host(tokens, at) if clitics else 0
    return (clitics, start) if clitics and start else (Clitics(), at)


@cache
def _carriers() -> frozenset[str]:
    return frozenset(row[0] for row in table("carriers"))
