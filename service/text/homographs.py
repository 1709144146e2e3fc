"""Plurals whose noun is told by the words around: «فرق موسيقية» are troupes, «فرق كرة القدم» are teams.

>>> from service.text.tokens import tokenise
>>> by_neighbours(list(tokenise("10 فرق موسيقية")), 1).singular
'فرقة'
>>> by_neighbours(list(tokenise("فندق 5 نجوم")), 2).gender.value
'مؤنث'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.text.grammar import Gender
from service.text.nouns import Noun, known
from service.text.tables import cues
from service.text.tokens import Token


def by_neighbours(tokens: Sequence[Token], at: int) -> Noun | None:
    """The noun of a plural right after its number, where its neighbours tell."""
    word = tokens[at].text
    if word == "فرق" and at + 1 < len(tokens) and tokens[at + 1].text in cues("troupe"):
        return known("فرقة")[0][0]
    if word == "نجوم" and at > 1 and tokens[at - 2].text in cues("hotel"):
        # The class of a hotel is «خمس نجوم» to all who say it.
        return replace(known("نجم")[0][0], gender=Gender.FEMININE)
    return None
