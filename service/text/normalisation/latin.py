"""Latin script in Arabic text: glosses, codes such as A320, and words in no lexicon.

Three rules with three places in the chain. ``latin-gloss`` comes first, before the lexicon would replace the
gloss. ``latin-code`` comes after the rules for units, money, times and Roman numerals, and before the rule
for bare numbers. ``latin`` comes last of the three: it transliterates all remaining Latin.

A gloss is Latin in brackets directly after Arabic words: «الويب المظلم (Dark Web)». It is treated as a
repetition of them and dropped, unless the word before merely introduces a name («شبكة (CNN)», see
``latin/carriers.tsv``) or the brackets open with a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial

from service.text.core.rule_walker import starts_at
from service.text.core.spelling import letters
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.clitics import alone, attach, closed, prefix
from service.text.normalisation.model_codes import designation
from service.text.normalisation.transliteration import (
    Language,
    is_acronym,
    language_of,
    spell,
    table,
    transliterate,
)

_ARTICLES = frozenset({"al", "el"})
"""In names; joined to the next word."""
RULE, CODE = "latin", "latin-code"
"""The rule that transliterates, and the one that spells codes."""
_OPENING, _CLOSING = frozenset("(["), frozenset(")]")
_WITHIN_GLOSS = frozenset("-–‑&./,:+'’\"“”®™")
_LONGEST_GLOSS = 16
"""Tokens within the brackets."""
_ARTICLE = "ال"
_SHOUTED = 5
"""A word of more capitals than an acronym shows that its neighbours are capitalised words too."""
_HEARD = 8
"""Tokens on each side that help to detect the language."""
_SAID = {"&": "آند", "+": "بلس", ".": "دوت"}


def rules(locale: str, *, keep_glosses: bool = False) -> tuple[tuple[str, Rule], ...]:
    """The rules in chain order.

    Args:
        locale: one of ``service.model.reading.Locale``, ``auto`` resolved.
        keep_glosses: read a Latin gloss in brackets although it repeats the Arabic before it.
    """
    gloss = () if keep_glosses else (("latin-gloss", _gloss),)
    return (*gloss, (CODE, partial(designation, locale)), (RULE, partial(_word, locale)))


@starts_at(text=_OPENING.__contains__)
def _gloss(tokens: Sequence[Token], at: int) -> Replacement | None:
    if at == 0 or tokens[at - 1].kind is not Kind.WORD:
        return None
    if letters(tokens[at - 1].text) in _carriers():
        return None
    if _is_unit(tokens, at + 1):
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


def _is_unit(tokens: Sequence[Token], at: int) -> bool:
    """Whether it is a single unit in brackets: «km»."""
    alone = at + 1 < len(tokens) and tokens[at + 1].text in _CLOSING
    return alone and tokens[at].text.islower() and is_acronym(tokens[at].text)


@starts_at(Kind.LATIN)
@starts_at(Kind.WORD, text=alone)
def _word(locale: str, tokens: Sequence[Token], at: int) -> Replacement | None:
    clitics, start = prefix(tokens, at)
    if tokens[start].kind is not Kind.LATIN:
        return None
    end = _chain_end(tokens, start)
    words = " ".join(_said(tokens, start, end, locale))
    return Replacement(closed(tokens, at, start, end) - at, attach(clitics, words))


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
        if len(run) == len(token.text) == 1 and not _touches_number(tokens, at):
            # A variable, a grade or a generation has its English name in every country.
            yield spell(token.text, Language.ENGLISH)
            continue
        word = transliterate(token.text.lower() if shouted else token.text, locale=locale, language=language)
        if word == _ARTICLE and at + 1 < end:
            article = word
            continue
        yield article + word
        article = ""


def _touches_number(tokens: Sequence[Token], at: int) -> bool:
    """Whether a letter is part of a code: Z900550, whose number another rule may have said already."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    return after is not None and after.kind in {Kind.NUMBER, Kind.WORD} and not after.spaced


def _run(tokens: Sequence[Token], at: int) -> list[Token]:
    """The Latin words around a token, for language detection."""
    first, last = at, at
    while first > max(0, at - _HEARD) and _is_latin(tokens[first - 1]):
        first -= 1
    while last + 1 < min(len(tokens), at + _HEARD) and _is_latin(tokens[last + 1]):
        last += 1
    return [token for token in tokens[first : last + 1] if token.kind is Kind.LATIN]


def _is_latin(token: Token) -> bool:
    return token.kind is Kind.LATIN or token.text in {"-", "&", "."}


def _chain_end(tokens: Sequence[Token], start: int) -> int:
    """The end of a chain of words joined by signs: Coca-Cola, H&M, Booking.com, U.S., Disney+."""
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
    """Whether the token is a dot after a single capital: J. K. Rowling, U.S."""
    before = tokens[at - 1].text
    return tokens[at].text == "." and len(before) == 1 and before.isupper()


@cache
def _carriers() -> frozenset[str]:
    return frozenset(row[0] for row in table("carriers"))
