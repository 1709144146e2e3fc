"""The names of people, and their look-up in a stream of tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from service.text.core.spelling import letters
from service.text.core.tables import rows
from service.text.core.tokens import Kind, Token
from service.text.grammar.clitics import Clitics, cuts
from service.text.grammar.nouns import known as is_noun
from service.text.lexicon.patterns import fold

_NO_ALIF = "ءةوي\u0651"
"""Last letters after which tanwīn has no alif, or which stand for a case already."""
_REMEMBERED = 1 << 16
"""Maximum number of words whose names are cached."""


@dataclass(frozen=True, slots=True)
class Name:
    """A given name or a surname."""

    reading: str
    """One or more words with their vowels; the last letter is left open for its case."""
    gender: str
    """``m``, ``f``, or ``b`` for both; empty for a surname."""
    word: str
    """``noun`` or ``verb`` if the same letters are an everyday word, else empty."""


class Found(NamedTuple):
    """What the tokens at a place may be the name of."""

    clitics: Clitics
    given: Name | None
    surname: Name | None
    length: int
    """In tokens."""

    @property
    def certain(self) -> Name | None:
        """The name whose letters are no everyday word, or ``None``."""
        return next((name for name in (self.given, self.surname) if name and not name.word), None)

    @property
    def verbal(self) -> bool:
        """Whether the letters may be a verb."""
        return any(name is not None and name.word == "verb" for name in (self.given, self.surname))


class _Spelling(NamedTuple):
    """A written form of a name."""

    words: tuple[str, ...]
    name: Name


_Candidates = tuple[tuple[Clitics, str, tuple[_Spelling, ...]], ...]
_known: dict[str, _Candidates] = {}


def begins(text: str) -> bool:
    """Whether a word may begin a name, with or without clitics."""
    return bool(_candidates(text))


def find(tokens: Sequence[Token], at: int) -> Found | None:
    """The longest name whose letters begin at a token; the fewest clitics first.

    >>> from service.text.core.tokens import tokenise
    >>> found = find(list(tokenise("وعبد الله")), 0)
    >>> found.given.reading, found.clitics.conjunction, found.length
    ('عَبْد اللَّه', 'و', 2)
    """
    if not 0 <= at < len(tokens) or tokens[at].kind is not Kind.WORD:
        return None
    for clitics, first, spellings in _candidates(tokens[at].text):
        fitting = [each for each in spellings if _fits(clitics, each.words, first, tokens, at)]
        if fitting:
            length = max(len(each.words) for each in fitting)
            names = [each.name for each in fitting if len(each.words) == length]
            given = next((name for name in names if name.gender), None)
            return Found(clitics, given, next((name for name in names if not name.gender), None), length)
    return None


def _candidates(text: str) -> _Candidates:
    known = _known.get(text)
    if known is None:
        heads, plain = _heads(), letters(text)
        known = tuple(
            (clitics, rest, heads[fold(rest)])
            for clitics, rest in cuts(plain)
            if fold(rest) in heads and _may_be_cut(clitics, plain)
        )
        if len(_known) >= _REMEMBERED:
            _known.clear()
        _known[text] = known
    return known


def _may_be_cut(clitics: Clitics, word: str) -> bool:
    """Whether a name may follow these clitics: no article, no س; «برقية» is a noun, not «رقية» after ب."""
    if clitics.article or clitics.particle == "س":
        return False
    return not clitics or not (
        is_noun(word) or (clitics.particle and is_noun(word[len(clitics.conjunction) :]))
    )


def _fits(clitics: Clitics, words: tuple[str, ...], first: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether the tokens are these words."""
    rest = tokens[at + 1 : at + len(words)]
    written = (first, *(letters(token.text) for token in rest))
    if len(written) != len(words) or (clitics and first != words[0]):
        return False
    return all(map(_same, words, written))


def _same(ours: str, written: str) -> bool:
    """Whether a word is spelt so, but for the hamza of its first alif; «الين» is no name in أل."""
    return ours == written or (
        written[0] == "ا"
        and fold(ours[0]) == "ا"
        and ours[1:] == written[1:]
        and not written.startswith("ال")
    )


@cache
def _heads() -> dict[str, tuple[_Spelling, ...]]:
    heads: dict[str, list[_Spelling]] = defaultdict(list)
    for name in (*all_names(), *_accusatives()):
        words = tuple(letters(name.reading).split())
        heads[fold(words[0])].append(_Spelling(words, name))
        if len(words) > 1 and words[1].startswith("ال"):  # «عبدالله», «نورالدين»
            joined = "".join(words)
            heads[fold(joined)].append(_Spelling((joined,), name))
    return {key: tuple(spellings) for key, spellings in heads.items()}


def all_names() -> Iterator[Name]:
    """Every name of ``given_names.tsv`` and ``surnames.tsv``."""
    for reading, gender, _ending, *word in rows("names/given_names.tsv"):
        yield Name(reading, gender, *word or ("",))
    for reading, _ending, *word in rows("names/surnames.tsv"):
        yield Name(reading, "", *word or ("",))


def _accusatives() -> Iterator[Name]:
    """«محمدا»: the accusative of a triptote, whose tanwīn is written with alif."""
    for reading, gender, ending, *word in rows("names/given_names.tsv"):
        if ending == "triptote" and not word and " " not in reading and reading[-1] not in _NO_ALIF:
            yield Name(reading + "\u064bا", gender, "")
