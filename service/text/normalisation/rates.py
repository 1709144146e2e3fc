"""Rates per unit: 12 درهما/كلغ, دولار/برميل, 5 ل/100 كم.

Two places in the chain. :func:`rules` comes after ``money`` and before ``units``, which would take a unit
for the counted thing; :func:`leftovers` comes right after ``units``.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.rule_walker import starts_at
from service.text.core.spelling import joined
from service.text.core.tables import cues
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.normalisation.units import unit_at

_AMOUNTS = frozenset({"unit", "money"})


_SPELT = frozenset({"لتر", "لترا", "لترات", "كيلوغرام", "كيلوغراما", "كيلوغرامات"})
_EACH = (
    dict.fromkeys(("mois", "month"), "في الشهر")
    | dict.fromkeys(("an", "year"), "في السنة")
    | dict.fromkeys(("jour", "day"), "في اليوم")
    | {"litre": "للتر"}
)
"""French and English words after a price."""


@starts_at(text="/".__eq__)
def _per(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«12 درهما/كلغ», «دولار/برميل»: a price per unit."""
    if not 0 < at < len(tokens) - 1 or tokens[at - 1].kind is not Kind.WORD:
        return None
    money = tokens[at - 1].rule == "money" or tokens[at - 1].text in cues("priced")
    if not money:
        return None
    if unit := unit_at(tokens, at + 1):
        measure, length = unit
        return Replacement(1 + length, measure.each())
    noun = tokens[at + 1]
    if each := _EACH.get(noun.text.lower()):
        return Replacement(2, each)
    if noun.kind is Kind.WORD and not noun.spaced and not noun.text.startswith("ال"):
        return Replacement(2, joined("ل", "ال" + noun.text))
    return None


@starts_at(text="/".__eq__)
def _for_each(tokens: Sequence[Token], at: int) -> Replacement | None:
    """5 ل/100 كم: لكل."""
    if not 0 < at < len(tokens) - 1:
        return None
    amounts = (tokens[at - 1].rule in _AMOUNTS or tokens[at - 1].text in _SPELT) and tokens[
        at + 1
    ].rule in _AMOUNTS
    return Replacement(1, "لكل") if amounts else None


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After money, before units."""
    return (("price for each", _per),)


def leftovers(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After units."""
    return (("for each", _for_each),)
