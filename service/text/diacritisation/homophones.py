"""Marks that sound alike in their place: sukūn or none, a vowel or none before its long letter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from service.text.core.orthography import DAMMA, FATHA, KASRA, SUKUN
from service.text.diacritisation.onnx import Floats
from service.text.diacritisation.sequences import Indices
from service.text.diacritisation.vowels import CLASSES

NUMBERS = {mark: number for number, mark in enumerate(CLASSES)}
"""The number of each class of marks."""
_SUKUN = NUMBERS[SUKUN]
LONG = (("اى", NUMBERS[FATHA]), ("و", NUMBERS[DAMMA]), ("ي", NUMBERS[KASRA]))
"""Long vowels: their letters, and the class of the short vowel that they lengthen."""


def heard(chars: str, likely: Floats) -> Floats:
    """Return likelihoods that are equal for marks that sound alike.

    Args:
        chars: a text without its marks.
        likely: how likely each class (columns) is on each character (rows), as logarithms.
    """
    found = likely.copy()
    still = np.maximum(likely[:, 0], likely[:, _SUKUN])
    for at, following in enumerate(chars[1:]):
        for long, vowel in LONG:
            if following in long:
                found[at, vowel] = max(likely[at, vowel], likely[at, 0])
    found[:, 0] = found[:, _SUKUN] = still
    return found


def sounds(classes: Sequence[int] | Indices, word: str) -> list[int]:
    """Return a word's classes, with equal numbers for marks that sound alike."""
    found = [0 if each == _SUKUN else int(each) for each in classes]
    for at, following in enumerate(word[1:]):
        for long, vowel in LONG:
            if following in long and found[at] == vowel and not found[at + 1]:
                found[at] = 0
    return [0 if letter == "ا" else each for letter, each in zip(word, found, strict=True)]
