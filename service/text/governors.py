"""The case that the words before a number ask of it."""

from __future__ import annotations

from collections.abc import Sequence

from service.text.grammar import Case
from service.text.tokens import Token


def case_at(tokens: Sequence[Token], at: int) -> Case:
    """The case of the number at a token, told by the word that governs it; nominative in doubt."""
    if at and tokens[at - 1].text in {"في", "من", "إلى", "على", "عن", "ب", "ل", "نحو", "حوالي", "منذ"}:
        return Case.GENITIVE
    return Case.NOMINATIVE
