"""Percentages: 15%, ٪15, 2.5 ٪, 10-15%, 3‰, with the sign on either side.

After ``codes`` and the dates of the number rules, before their plain numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.grammar import Case
from service.text.normalisation.quantities import DASHES, case_of, quantity_at

_SIGNS = {
    "%": "في المئة",
    "٪": "في المئة",
    "‰": "في الألف",
    "؉": "في الألف",
    "﹪": "في المئة",
    "％": "في المئة",
}


@starts_at(Kind.NUMBER)
@starts_at(text={*"+-−–", *_SIGNS}.__contains__)
def _percentage(tokens: Sequence[Token], at: int) -> Replacement | None:
    token = tokens[at]
    if token.text in _SIGNS:
        return _sign_first(tokens, at)
    case = case_of(tokens, at)
    first = _sign_last(tokens, at, case)
    if first is None:
        return None
    middle = at + first.length
    if middle + 1 < len(tokens) and tokens[middle].text in DASHES and tokens[middle + 1].kind is Kind.NUMBER:
        return _both_signed(tokens, at, middle, case) or first
    return first


def _both_signed(tokens: Sequence[Token], at: int, dash: int, case: Case) -> Replacement | None:
    """5%-10%."""
    low, high = (_sign_last(tokens, place, Case.GENITIVE) for place in (at, dash + 1))
    if low is None or high is None:
        return None
    opening = "" if case is Case.GENITIVE else "من "
    return Replacement(low.length + 1 + high.length, f"{opening}{low.words} إلى {high.words}")


def _sign_last(tokens: Sequence[Token], at: int, case: Case) -> Replacement | None:
    quantity = quantity_at(tokens, at)
    if quantity is None or quantity.scale > 1:
        return None
    end = at + quantity.length
    if end == len(tokens) or tokens[end].text not in _SIGNS:
        return None
    return Replacement(quantity.length + 1, f"{quantity.alone(case)} {_SIGNS[tokens[end].text]}")


def _sign_first(tokens: Sequence[Token], at: int) -> Replacement | None:
    """%15, the order that right-to-left typing produces."""
    if at + 1 == len(tokens) or tokens[at + 1].spaced:
        return None
    quantity = quantity_at(tokens, at + 1)
    if quantity is None:
        return None
    return Replacement(
        1 + quantity.length, f"{quantity.alone(case_of(tokens, at))} {_SIGNS[tokens[at].text]}"
    )


@starts_at(text=_SIGNS.__contains__)
def _alone(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The sign after a number in words: خمسون %."""
    if at and tokens[at - 1].text.endswith("ـ"):
        return None
    return Replacement(1, _SIGNS[tokens[at].text])


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After codes and dates, before the plain number rules."""
    return (("percentage", _percentage), ("percent sign", _alone))
