"""Counted nouns: their dual and plural, their gender, and their recognition in text.

The lexicon is ``nouns.tsv``, where a noun has vowels if it has the letters of another (سَنْتين, سَنَتين). An
unlisted noun is analysed by its form, and then never rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files

from service.model.borrowed import plain
from service.text.core.spelling import letters
from service.text.grammar.grammar import Case, Gender


class Form(IntEnum):
    """The form of a noun in the text."""

    SINGULAR = 1
    ACCUSATIVE = 2
    DUAL = 3
    PLURAL = 4


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun in the forms that numbers require, without vowels."""

    singular: str
    dual: str
    """In the genitive: «كتابين»."""
    plural: str
    """In the genitive: «كتب», «لاعبين»."""
    gender: Gender
    accusative: str
    """The singular as tamyīz: «كتابا»."""
    known: bool = True
    """Whether it is in the lexicon; else it is guessed, and only its gender and written form are certain."""

    def one(self, case: Case) -> str:
        """The singular, indefinite."""
        return self.accusative if case is Case.ACCUSATIVE else self.singular

    def two(self, case: Case, *, construct: bool = False) -> str:
        """The dual.

        >>> known("جزء")[0][0].two(Case.NOMINATIVE), known("سنة")[0][0].two(Case.GENITIVE, construct=True)
        ('جزآن', 'سنتي')
        """
        stem = self.dual[:-2]
        if case is not Case.NOMINATIVE:
            dual = self.dual
        elif stem.endswith("أ"):
            dual = stem[:-1] + "آن"
        else:
            dual = stem + "ان"
        return dual[:-1] if construct else dual


SCALES = frozenset({"ألف", "مليون", "مليار", "بليون", "تريليون"})
"""Number words of scale, which are counted and count other nouns."""
_TANWIN_ON_ALIF = re.compile(r"(?:[^ةىاأو]|[^ا]ء|[^ا]ئ|عضو|عدو|دلو|غزو|نحو|ضوء|لواء)$")
_VERBAL_NOUN = re.compile(r"(?:إ[^ا]{2}|(?!ال|است)ا[^ا]{3}|است[^ا]{3})ا.|استماع|استلام|ت..ي.")
_SOUND_PLURAL = re.compile(r"(.{3,})(?:ين|ون)")
_BROKEN = re.compile(
    r"أ..ا.|أ..?.ة|أ..?ع|.{2,3}ا[ءئ]|[^اويت][^ا]ا[^اة][^اة]|[^اوي][^ا]ا[^اة]ي[^اة]|[^اويت]{2}و[^اوي]|.{2,3}لاء|..[^ا]ى"
)


def noun(word: str) -> Noun | None:
    """The noun of a written word in any form: known, or guessed by its form.

    >>> noun("الأشخاص").singular, noun("شخصا").plural, noun("سنتين").gender.value
    ('شخص', 'أشخاص', 'مؤنث')
    >>> noun("ملوخية").gender.value, noun("منظومات").singular, noun("اعتصامات").singular
    ('مؤنث', 'منظومة', 'اعتصام')
    """
    bare = word.removeprefix("ال") if len(word) > 4 else word
    found = known(word) or known(bare)
    return found[0][0] if found else guess(bare)


def is_verbal_noun(word: str) -> bool:
    """Whether a word has the form of a verbal noun: «امتناع», «استقبال», «تفكيك»."""
    return _VERBAL_NOUN.fullmatch(word) is not None


def known(word: str) -> tuple[tuple[Noun, Form], ...]:
    """Every reading of a written word in the lexicon, singular ones first."""
    return _index().get(plain(word), ())


def guess(word: str) -> Noun | None:
    """Analyse an unknown noun by its form; ``None`` if the form is inconclusive."""
    if len(word) < 4:
        return None
    if word.endswith("ات") and not word.endswith("وهات") and not _VERBAL_NOUN.fullmatch(word[:-2]):
        return _build(word[:-2] + "ة", word, Gender.FEMININE)
    if word.endswith("ة") and not _BROKEN.fullmatch(word):
        return _build(word, word[:-1] + "ات", Gender.FEMININE)
    singular = _masculine_singular(word)
    return _build(singular, word, Gender.MASCULINE) if singular else None


def _masculine_singular(word: str) -> str | None:
    if plural := _SOUND_PLURAL.fullmatch(word):
        return plural[1]
    if word.endswith("ات"):
        return word[: -3 if word.endswith("وهات") else -2]
    if _BROKEN.fullmatch(word):
        return word
    return word[:-1] if word.endswith("ا") and word[-2] not in "اوى" else None


def _build(singular: str, plural: str, gender: Gender) -> Noun:
    return Noun(singular, _dual(singular), plural, gender, _accusative(singular), known=False)


def _accusative(singular: str) -> str:
    """The tanwīn of the accusative and its seat: «شخصا، شيئا، جزءا», none on «سنة، لقاء، مستشفى، مبدأ»."""
    if singular.endswith("يء"):
        return singular[:-1] + "ئا"
    return singular + "ا" if _TANWIN_ON_ALIF.search(singular) and not singular.endswith("اء") else singular


def _dual(singular: str) -> str:
    if singular.endswith("ة"):
        return singular[:-1] + "تين"
    if singular.endswith("ى"):
        return singular[:-1] + "يين"
    if singular.endswith("يء"):
        return singular[:-1] + "ئين"
    return singular + "ين"


@cache
def _index() -> dict[str, tuple[tuple[Noun, Form], ...]]:
    index: dict[str, tuple[tuple[Noun, Form], ...]] = {}
    for line in files("service.text.grammar").joinpath("nouns.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        singular, plurals, gender, dual, accusative = [*line.split("\t"), "", ""][:5]
        many = plurals.split()
        entry = Noun(
            singular,
            dual or _dual(singular),
            many[0],
            Gender.MASCULINE if gender == "m" else Gender.FEMININE,
            accusative or _accusative(singular),
        )
        for form, kind in _forms(entry, many, defective=bool(accusative)):
            written = letters(form)
            index[written] = (*index.get(written, ()), (entry, kind))
    return {form: tuple(sorted(found, key=lambda reading: reading[1])) for form, found in index.items()}


def _forms(noun: Noun, plurals: Sequence[str], *, defective: bool) -> Iterator[tuple[str, Form]]:
    """Every written form of a noun, once for each of its meanings."""
    yield noun.singular, Form.SINGULAR
    if defective:  # «قاض», also written «قاضي»
        yield noun.singular + "ي", Form.SINGULAR
    if noun.accusative != noun.singular:
        yield noun.accusative, Form.ACCUSATIVE
    for case in (Case.NOMINATIVE, Case.GENITIVE):
        yield noun.two(case), Form.DUAL
        if noun.singular in SCALES:
            yield noun.two(case, construct=True), Form.DUAL
    for plural in plurals:
        yield plural, Form.PLURAL
        if plural.endswith("ين"):
            yield plural[:-2] + "ون", Form.PLURAL
