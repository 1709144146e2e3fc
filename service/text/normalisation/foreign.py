"""Latin script for a voice of its own language: English titles, company names, quotations.

The rule ``latin-voice`` comes right before the lexicon and all number rules, since «Ocean's 11» is one name.
One voice speaks a whole run of Latin. The run is left to the Arabic voice, and to later rules, if

- its language is not the voice's, by ``language_of``, or Arabic has its own spelling of a name in it;
- it is a single word, which sounds better in the flow of the sentence; in quotation marks or brackets, where
  a pause is expected, a single word is enough. Acronyms and joined forms (Booking.com) count as one word at
  most;
- it joins letters and digits (A320);
- the lexicon knows it. Outside quotation marks it is enough that the lexicon knows a part of it, or that a
  number touches it, which may count the next noun.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from service.text.core.tokens import Kind, Replacement, Rule, Token, begins_word, written
from service.text.grammar.clitics import QUOTES, prefix, standing
from service.text.normalisation.transliteration import Language, is_acronym, is_arabic_name, language_of

_MEMBERS = frozenset({Kind.LATIN, Kind.NUMBER})
_OPENING, _CLOSING = QUOTES | frozenset("(["), QUOTES | frozenset(")]")
_HYPHENS = frozenset("-‑")
_STOPS = frozenset(".,:!?")
"""Within a title, or after an initial: «Mission: Impossible», J. K. Rowling."""
_FINAL = frozenset(".,!?؟،…")
"""Punctuation that may end a quotation before its closing mark."""


def rules(locale: str, language: Language, known: Rule) -> tuple[tuple[str, Rule], ...]:
    """The one rule.

    Args:
        locale: decides the language of text that does not show its own.
        language: the voice's language.
        known: the lexicon rule that comes next.
    """
    return (("latin-voice", partial(_run, locale, language, known)),)


def _run(
    locale: str, language: Language, known: Rule, tokens: Sequence[Token], at: int
) -> Replacement | None:
    clitics, start = prefix(tokens, at)
    if tokens[start].kind not in _MEMBERS or _is_amid(tokens, start):
        return None
    end = _end(tokens, start)
    run = tokens[start:end]
    quoted = _is_quoted(tokens, start, end)
    if _count(run) < (1 if quoted else 2) or any(map(_is_code, run, run[1:])):
        return None
    if _is_known(tokens, start, end, known) if quoted else _is_torn(tokens, start, end, known):
        return None
    words = [token.text for token in run if token.kind is Kind.LATIN]
    if language_of(words, locale) is not language or any(map(is_arabic_name, words)):
        return None
    return (
        Replacement(1, standing(clitics)) if start > at else Replacement(end - at, written(run), foreign=True)
    )


def _end(tokens: Sequence[Token], start: int) -> int:
    """The end of the run that begins here."""
    at = start
    while step := _step(tokens, at):
        at += step
    return at + 1


def _is_amid(tokens: Sequence[Token], at: int) -> bool:
    """Whether a run continues here that began before."""
    return any(
        before >= 0 and tokens[before].kind in _MEMBERS and before + _step(tokens, before) == at
        for before in (at - 1, at - 2)
    )


def _step(tokens: Sequence[Token], at: int) -> int:
    """The distance to the next word or number of a run; 0 after the last."""
    kinds = [token.kind for token in tokens[at + 1 : at + 3]]
    if kinds and kinds[0] in _MEMBERS:
        return 1
    if len(kinds) < 2 or kinds[1] not in _MEMBERS:
        return 0
    sign, after = tokens[at + 1 : at + 3]
    touching = not sign.spaced and not after.spaced
    joins = sign.text == "&" or (sign.text in _HYPHENS and touching)
    return 2 if joins or (sign.text in _STOPS and after.kind is Kind.LATIN) else 0


def _count(run: Sequence[Token]) -> int:
    """The number of words that justify another voice: joined forms count once, acronyms and letters never."""
    number, counted = 0, set()
    for before, token in zip((run[0], *run), run, strict=False):
        number += begins_word(before, token)
        if token.kind is Kind.LATIN and len(token.text) > 1 and not is_acronym(token.text):
            counted.add(number)
    return len(counted)


def _is_quoted(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether it is in quotation marks or brackets; the ends of the sentence count as either."""
    while end < len(tokens) and tokens[end].text[0] in _FINAL:
        end += 1
    opened = start == 0 or tokens[start - 1].text in _OPENING
    return opened and (end == len(tokens) or tokens[end].text in _CLOSING)


def _is_code(one: Token, other: Token) -> bool:
    """Whether a number is joined to letters."""
    glued = {one.kind, other.kind} == _MEMBERS or not _HYPHENS.isdisjoint({one.text, other.text})
    return glued and not other.spaced and Kind.NUMBER in {one.kind, other.kind}


def _is_known(tokens: Sequence[Token], start: int, end: int, known: Rule) -> bool:
    """Whether the lexicon knows the whole of it."""
    at = start
    while at < end and (answer := known(tokens, at)):
        at += answer.length
    return at >= end


def _is_torn(tokens: Sequence[Token], start: int, end: int, known: Rule) -> bool:
    """Whether the lexicon or the number rules may replace a part of it."""
    if Kind.NUMBER in {tokens[start].kind, tokens[end - 1].kind}:
        return True
    return any(known(tokens, at) for at in range(start, end))
