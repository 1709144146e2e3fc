"""Marks that Arabic spelling rules out, whatever a model predicts.

Only rules that lower the error rates of ``benchmarks/text.py`` are included: the models already know, for
example, that definite words have no tanwīn, or that no nominative follows a preposition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from service.text.core.orthography import (
    DAMMA,
    DAMMATAN,
    FATHA,
    FATHATAN,
    KASRA,
    KASRATAN,
    LETTER,
    SHADDA,
    alternatives,
)
from service.text.diacritisation.vowels import CLASSES
from service.text.diacritisation.written_marks import Written

_WORD = re.compile(f"[{LETTER}]+")
_NOTHING = frozenset(("",))
_A = frozenset((FATHA, SHADDA + FATHA))
_AN = frozenset((FATHATAN, SHADDA + FATHATAN))
_BARE = frozenset("اآىل")
"""Letters that may have no mark in vowelled words: long ā, and lām, which has none in the article."""
_LENGTHENS = {"و": DAMMA, "ي": KASRA}
_SILENT = re.compile(".مائ[ةت]|[ال]لا")


_NOMINATIVE = frozenset((DAMMA, DAMMATAN))
_OBLIQUE = frozenset((FATHA, KASRA, FATHATAN, KASRATAN))
_UNIT_AND_TENS = re.compile(
    f"(?<![{LETTER}])[وفبلك]*(?:ال|لل)?(?P<unit>واحد|حادية|أحد|ثانية|ثالثة?|رابعة?|خامسة?|سادسة?|سابعة?|ثامنة?|تاسعة?"
    "|واحدة|ثلاثة?|أربعة?|خمسة?|ستة?|سبعة?|ثمانية|تسعة?) "
    f"و(?:ال)?(?P<tens>(?:عشر|ثلاث|أربع|خمس|ست|سبع|ثمان|تسع)(?:ون|ين))(?![{LETTER}])"
)
"""Both parts have one case: الخامسةُ والعشرون, خمسةٍ وعشرين. Wright, vol. I §§ 324, 328."""


def impossible(chars: str, written: Written) -> npt.NDArray[np.bool_]:
    """Which classes of marks (columns) are ruled out on which characters (rows).

    Args:
        chars: a text without its marks.
        written: its marks.
    """
    placed = written.placed
    ruled_out = np.tile(_all_but(_NOTHING), (len(chars), 1))
    for match in _WORD.finditer(chars):
        ruled_out[match.start() : match.end()] = False
        for at, possible in _places(match.group()):
            ruled_out[match.start() + at] = _all_but(possible)
        if match.span() not in written.sparse:
            for at in _long_vowels(match.group(), written.marks[match.start() : match.end()]):
                ruled_out[match.start() + at] = _all_but(_NOTHING)
    for match in _UNIT_AND_TENS.finditer(chars):
        nominative = match["tens"].endswith("ون")
        possible = _NOMINATIVE if nominative else _OBLIQUE
        doubled = SHADDA if match["unit"] == "ست" else ""
        ruled_out[match.end("unit") - 1] = _all_but(frozenset(doubled + mark for mark in possible))
    for at, (mark, open_) in enumerate(zip(placed, written.loose, strict=True)):
        if vowels := alternatives(mark):
            ruled_out[at] = _all_but(frozenset(SHADDA * (SHADDA in mark) + vowel for vowel in vowels))
        elif mark:
            ruled_out[at] = _all_but(_with(mark, loose=open_))
        elif chars[at] == "ا" and at and FATHA in placed[at - 1]:
            # A written fatḥa before alif: the alif is long, and no seat of a tanwīn.
            ruled_out[at] = _all_but(_NOTHING)
    return ruled_out


def _places(word: str) -> Iterator[tuple[int, frozenset[str]]]:
    """Places in a word, with the marks that are possible there.

    Alif and alif maqṣūra take tanwīn at most, madda nothing, and hamza below alif is i. Before tāʾ marbūṭa,
    alif maqṣūra and alif the vowel is a, except if the alif is silent (مائة، بالبيت، والاتحاد، قالوا).
    """
    last = len(word) - 1
    for at, letter in enumerate(word):
        ends = at + 1 == last
        following = word[at + 1] if at < last else ""
        if letter in "اى":
            yield at, _NOTHING | (_AN if at == last else _NOTHING)
        elif letter == "آ":
            yield at, _NOTHING
        elif letter == "إ":
            yield at, frozenset((KASRA,))
        elif following == "ى" and ends:
            yield at, _A | _AN
        elif following == "ة" and ends:
            yield at, _A
        elif following == "ا" and at > 1 and letter != "و" and not _SILENT.match(word, at - 1):
            yield at, _A | _NOTHING | (_AN if ends else _NOTHING)


def _long_vowels(word: str, marks: Sequence[str]) -> Iterator[int]:
    """The wāw and yāʾ that lengthen a written vowel, in a word whose other letters are all marked (تُوزَر).

    The last letter's mark is its case. In a word with fewer marks they may be consonants.
    """
    last = len(word) - 1
    long = []
    for at, letter in enumerate(word[:last]):
        if marks[at] or letter in _BARE:
            continue
        if letter not in _LENGTHENS or not at or _LENGTHENS[letter] not in marks[at - 1]:
            return
        long.append(at)
    if any(marks[:last]):
        yield from long


@cache
def _with(mark: str, *, loose: bool) -> frozenset[str]:
    """The classes that a written mark allows; all if none has it."""
    written = frozenset(mark)
    found = {each for each in CLASSES if written == frozenset(each)}
    if loose or mark == SHADDA:
        found |= {each for each in CLASSES if written < frozenset(each)}
    return frozenset(found or CLASSES)


@cache
def _all_but(possible: frozenset[str]) -> npt.NDArray[np.bool_]:
    return np.array([mark not in possible for mark in CLASSES])
