"""The likeliest marks of a word in which no two neighbours contradict each other.

A syllable has at most two consonants after its vowel, and a doubled letter is two: no letter with shadda
follows one with sukūn (Wright, vol. I §§ 11, 26).
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import numpy.typing as npt

from service.text.core.orthography import LETTER, SHADDA, SUKUN
from service.text.diacritisation.onnx import Floats
from service.text.diacritisation.vowels import CLASSES

Indices = npt.NDArray[np.int64]
_WORD = re.compile(f"[{LETTER}]+")
OPEN = frozenset("اآىوي")
"""Letters without a mark that may stand for a long vowel, which a doubled letter may follow (مادّة)."""
_SUKUN = CLASSES.index(SUKUN)
_DOUBLED = np.array([SHADDA in mark for mark in CLASSES])
RULED_OUT = -500.0
"""Logarithms below it are those of marks that spelling or the author excludes."""
_OPTIONS = 4
"""Classes that are tried on one letter."""
_PENALTY = 500.0
"""More than any difference of likelihoods, less than what rules a mark out."""


def likeliest(chars: str, likely: Floats) -> Indices:
    """Indices of the likeliest class of marks of each character.

    Args:
        chars: a text without its marks.
        likely: how likely each class (columns) is on each character (rows), as logarithms.
    """
    best: Indices = likely.argmax(axis=1)
    still = best == _SUKUN
    still |= (best == 0) & ~_may_be_long(chars)
    clashes = np.flatnonzero(still[:-1] & _DOUBLED[best[1:]])
    if clashes.size:
        for match in _WORD.finditer(chars):
            start, end = match.span()
            if ((clashes >= start) & (clashes < end - 1)).any():
                best[start:end] = _without_clash(chars[start:end], likely[start:end])
    return best


def _may_be_long(chars: str) -> npt.NDArray[np.bool_]:
    """Which characters may be followed by a doubled letter although they bear no mark."""
    found = np.fromiter((char in OPEN for char in chars), bool, len(chars))
    for match in re.finditer(r"(?:ا|ل)ل", chars):  # the article, also after «ل»
        found[match.end() - 1] = True
    return found


def _without_clash(word: str, likely: Floats) -> Indices:
    """Viterbi's algorithm over the letters of one word."""
    may_be_long = _may_be_long(word)
    total, origins = likely[0], []
    for at in range(1, len(word)):
        step = total[:, np.newaxis] - _PENALTY * _clash(bool(may_be_long[at - 1]))
        origins.append(step.argmax(axis=0))
        total = step.max(axis=0) + likely[at]
    path = [int(total.argmax())]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return np.array(path[::-1])


def n_best(word: str, likely: Floats, count: int) -> list[Indices]:
    """The likeliest sequences of classes of one word, without contradictions, the likeliest first.

    A beam search: sequences with more than a few unlikely letters may be missed.

    Args:
        word: its letters.
        likely: how likely each class (columns) is on each letter (rows), as logarithms.
        count: sequences at most.
    """
    may_be_long = _may_be_long(word)
    paths: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for at, row in enumerate(likely):
        options = [int(each) for each in row.argsort()[: -_OPTIONS - 1 : -1] if row[each] > RULED_OUT]
        clash = _clash(bool(at and may_be_long[at - 1]))
        grown = [
            (total + float(row[option]), (*path, option))
            for total, path in paths
            for option in options
            if not (path and clash[path[-1], option])
        ]
        paths = sorted(grown, reverse=True)[:count]
    return [np.array(path) for _, path in paths]


@cache
def _clash(may_be_long: bool) -> npt.NDArray[np.bool_]:  # noqa: FBT001
    """Which class (columns) may not follow which (rows)."""
    still = np.zeros(len(CLASSES), bool)
    still[_SUKUN] = True
    still[0] = not may_be_long
    found: npt.NDArray[np.bool_] = still[:, np.newaxis] & _DOUBLED
    return found
