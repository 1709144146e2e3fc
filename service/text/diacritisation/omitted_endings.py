"""Leaves out case endings: those that the models are unsure of, or all.

A wrong ending is heard more than a missing one: in the careful everyday standard many newsreaders say none
within a phrase. A word whose ending is left out has no mark on its last letter, which tells it from one that
ends in sukūn; its shadda stays. Tāʾ marbūṭa keeps its t in the construct state (madīnat ar-ribāṭ), and has
sukūn elsewhere, as in pause (madīna kabīra): Ryding, A Reference Grammar of Modern Standard Arabic (2005),
chapter 2.

Only nouns and adjectives have such endings. Kept are therefore those of verbs, of function words and of words
whose last vowel belongs to the word (``fixed_endings.txt``), pronouns, marks that the author or the lexicon
has written, and the tanwīn of adverbs (``adverbs.txt``) and before alif. Before a pause nothing is left out:
the pausal form follows from the ending.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from service.model.reading import CaseEndings
from service.text.core.orthography import (
    ARTICLE,
    DAMMA,
    DAMMATAN,
    FATHA,
    FATHATAN,
    KASRA,
    KASRATAN,
    LETTER,
    PAUSES,
    SHADDA,
    SHORT,
    SUKUN,
    TANWIN,
    alternatives,
)
from service.text.core.wordlists import function_words, words
from service.text.diacritisation.onnx import Floats
from service.text.diacritisation.sequences import Indices
from service.text.diacritisation.verb_readings import is_verb
from service.text.diacritisation.vowels import CLASSES

LEAST_MARGIN = {CaseEndings.FULL: -math.inf, CaseEndings.CAUTIOUS: 4.0, CaseEndings.NONE: math.inf}
"""The margin from which an ending is said. ``benchmarks/text.py`` shows what others would do."""

_ENDINGS = SHORT | TANWIN
_CASES = ((DAMMA, DAMMATAN), (FATHA, FATHATAN), (KASRA, KASRATAN))
_OF_CASE = np.array([[any(mark in each for mark in case) for each in CLASSES] for case in _CASES])
"""Which classes of marks (columns) are endings of which case (rows)."""
_WORD = re.compile(f"[{LETTER}]+")
_PAUSE = re.compile(rf"[^{LETTER}\w]*(?:[{re.escape(''.join(PAUSES))}]|\Z)")
_DEFINITE = re.compile(f"(?P<article>{ARTICLE})..")
_CLITICS = re.compile("[وفأ]?[بكل]?")
_UNIT = "(?:أحد|إحدى|اثن[ايت]+|ثلاث|أربع|خمس|ست|سبع|ثماني|تسع)ة?"
_TEEN = re.compile(f"(?<![{LETTER}])[وفبلك]*(?P<unit>{_UNIT}) عشرة?(?![{LETTER}])")
"""A numeral from 11 to 19, both of whose parts end in fatḥa (Wright, vol. I § 322)."""
_WITHOUT_CASE = frozenset("اىآ")
_FIRST_OF_GENITIVES = frozenset(
    {"هذا", "هذه", "ذلك", "تلك", "هؤلاء", "أولئك", "كل", "جميع", "بعض", "أي", "غير", "ما"}
)
"""Function words that may follow a noun in the construct state: «زيارة هذا البلد», «دراسة كل الملفات»."""


def margins(likely: Floats, best: Indices) -> Floats:
    """How much likelier the chosen case is on each character than any other, as natural logarithms.

    Infinite where the chosen marks are those of no case.

    Args:
        likely: how likely each class of marks (columns) is on each character (rows), as logarithms.
        best: the class chosen for each character.
    """
    by_case = np.stack([likely[:, of_case].max(axis=1) for of_case in _OF_CASE])
    chosen = _OF_CASE[:, best]
    own = np.where(chosen, by_case, -np.inf).max(axis=0)
    others = np.where(chosen, -np.inf, by_case).max(axis=0)
    found: Floats = np.where(chosen.any(axis=0), own - others, np.inf)
    return found


def without(
    chars: str, written: Sequence[str], said: Sequence[str], sure: Sequence[float], least: float
) -> list[str]:
    """The marks of a text without the endings that are not said.

    Args:
        chars: a text without its marks.
        written: the marks on each character that were there before.
        said: the marks on each character.
        sure: the margin of the ending on each character.
        least: the margin from which an ending is said.
    """
    kept = list(said)
    teens = {end for match in _TEEN.finditer(chars) for end in (match.end("unit"), match.end())}
    spans = [match.span() for match in _WORD.finditer(chars)]
    for number, (start, end) in enumerate(spans):
        last, word = end - 1, chars[start:end]
        if written[last].strip(SHADDA) and not alternatives(written[last]):
            continue
        vowel = said[last].strip(SHADDA)
        shadda = SHADDA if SHADDA in said[last] else ""
        if vowel in _ENDINGS:
            if sure[last] >= least or end in teens or _PAUSE.match(chars, end):
                continue
            if _is_kept(word, said[start:end]):
                continue
            is_construct = word[-1] == "ة" and _is_construct(chars, written, said, spans, number)
            kept[last] = shadda + (SUKUN if word[-1] == "ة" and not is_construct else "")
        elif word[-1] == "ة" and not vowel:
            kept[last] = SUKUN  # a bare one would be said with its t
    return kept


def _is_kept(word: str, said: Sequence[str]) -> bool:
    """Whether the last vowel of a word is not its case, or is said although it is."""
    if len(word) == 1 or word[-1] in _WITHOUT_CASE or any(stem in _fixed() for stem in _stems(word)):
        return True
    if FATHATAN in said[-1] and any(stem in words("diacritisation/adverbs") for stem in _stems(word)):
        return True
    return _has_pronoun(word, said) or is_verb(word, said)


def _is_construct(
    chars: str, written: Sequence[str], said: Sequence[str], spans: Sequence[tuple[int, int]], number: int
) -> bool:
    """Whether a noun governs the next word: neither has it tanwīn nor the article, and a genitive follows."""
    start, end = spans[number]
    if set(said[end - 1]) & TANWIN or _is_definite(chars[start:end], said[start:end]):
        return False
    if chars[end : end + 1] != " ":
        return False
    if number + 1 == len(spans) or spans[number + 1][0] != end + 1:
        return chars[end + 1 : end + 2].isalnum()  # a name in Latin script
    first, last = spans[number + 1][0], spans[number + 1][1] - 1
    following, vowel = chars[first : last + 1], said[last].strip(SHADDA)
    if following in function_words() and not any(written[first : last + 1]):
        return following in _FIRST_OF_GENITIVES
    if vowel in {KASRA, KASRATAN}:
        return True
    if vowel not in {"", SUKUN, FATHA} or is_verb(following, said[first : last + 1]):
        return False
    # A diptote has fatḥa in the genitive. A name comes vowelled, and lacks tanwīn even if it governs nothing.
    is_name = any(written[start : end - 1])
    return vowel != FATHA or bool(alternatives(written[last])) or not is_name


def _is_definite(word: str, said: Sequence[str]) -> bool:
    """Whether a word has the article, whose lām has no vowel but before alif (الِاتحاد; not وَالِدة)."""
    found = _DEFINITE.match(word)
    if found is None:
        return False
    lam = found.end("article") - 1
    return said[lam] in {"", SUKUN} or word[lam + 1] == "ا"


def _has_pronoun(word: str, said: Sequence[str]) -> bool:
    """Whether the last vowel of a word may be that of a pronoun: -hu, -hi, -ka, -hunna.

    Words with the article or tanwīn have none.
    """
    vowel = said[-1].strip(SHADDA)
    if _is_definite(word, said) or vowel in TANWIN:
        return False
    if word[-1] == "ه":
        return vowel in {DAMMA, KASRA}
    return (word[-1] == "ك" and vowel == FATHA) or (word.endswith(("هن", "كن")) and SHADDA in said[-1])


@cache
def _fixed() -> frozenset[str]:
    return function_words() | words("diacritisation/fixed_endings")


def _stems(word: str) -> Iterator[str]:
    """The word, and what it would be without its clitics."""
    clitics = _CLITICS.match(word)
    for cut in range((clitics.end() if clitics else 0) + 1):
        yield word[cut:]
