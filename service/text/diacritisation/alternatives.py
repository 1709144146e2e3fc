"""The endings of names, where the models are trained on words that have tanwīn and all three cases.

A noun in the construct state has no tanwīn. Nor has a diptote, whose genitive ends in fatḥa as its accusative
does: Wright, A Grammar of the Arabic Language, vol. I §§ 308 f., 315.
"""

from __future__ import annotations

import numpy as np

from service.text.core.orthography import DAMMA, DAMMATAN, FATHA, FATHATAN, KASRA, KASRATAN, SHADDA
from service.text.diacritisation.onnx import Floats
from service.text.diacritisation.vowels import CLASSES

_TANWIN = {DAMMA: DAMMATAN, FATHA: FATHATAN, KASRA: KASRATAN}
_DIPTOTE = {DAMMA, FATHA}


def by_case(likely: Floats, vowels: frozenset[str]) -> Floats:
    """The probabilities of one letter's marks, with each case's added up in the ending that it has here.

    Args:
        likely: logarithms, by the classes of ``vowels.py``.
        vowels: short vowels, one of which the letter bears.
    """
    said = np.full_like(likely, -1000)
    for vowel in vowels:
        same = [vowel, _TANWIN[vowel]] if vowel in _TANWIN else [vowel]
        if vowel == FATHA and vowels == _DIPTOTE:
            same += [KASRA, KASRATAN]
        for shadda in ("", SHADDA):
            columns = [CLASSES.index(shadda + mark) for mark in same]
            said[CLASSES.index(shadda + vowel)] = np.logaddexp.reduce(likely[columns])
    return said
