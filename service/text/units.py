"""Units of measure: 15 كم, 120 م², 90 km/h, 3.5 GB, −5 °C (تحت الصفر), 10-15 كغ.

Two places in the chain. :func:`rules` comes after ``codes``, ``money`` and the dates and times of the number
rules (8 م), before ``abbreviations``, years, ranges and counted nouns. :func:`leftovers` comes after all
number rules. The units are lines of ``units.tsv``. Units that are spelt out
(هكتارات) are nouns like others and left to the number rules, save for degrees below zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from service.text.grammar import Case, Gender
from service.text.measures import Measure
from service.text.prefixes import joined
from service.text.quantities import Quantity, case_of, quantity_at
from service.text.signs import Signs
from service.text.tables import cues, rows
from service.text.tokens import Kind, Replacement, Rule, Token

_NUMBER_SIGNS = frozenset("+-−–")
_AMBIGUOUS = frozenset({"ل", "in", "ch"})
"""Units that are words or prefixes too: only where no word follows."""
_UNMISTAKABLE = frozenset({"كلم", "كغ", "كلغ", "كجم", "كغم", "ملغ", "ملغم", "℃", "℉"})
_WORDS = frozenset({Kind.WORD, Kind.LATIN, Kind.NUMBER})
_YEARS = range(1000, 2200)
_BELOW = "تحت الصفر"


@cache
def _units() -> Signs[tuple[str, Measure]]:
    pairs: list[tuple[str, tuple[str, Measure]]] = []
    for written, singular, plural, gender, adjective, tail in rows("units.tsv"):
        measure = Measure(
            singular,
            plural,
            Gender.FEMININE if gender == "f" else Gender.MASCULINE,
            adjective.strip("-"),
            tail.strip("-"),
        )
        pairs += [(sign, (sign, measure)) for sign in written.split()]
    return Signs(pairs)


def _measurement(tokens: Sequence[Token], at: int) -> Replacement | None:
    if tokens[at].kind is not Kind.NUMBER and tokens[at].text not in _NUMBER_SIGNS:
        return None
    quantity = quantity_at(tokens, at)
    if quantity is None:
        return None
    end = at + quantity.length
    if end == len(tokens):
        return None
    for (sign, measure), length in _units().at(tokens, end):
        if _plausible(sign, quantity, tokens, (end, end + length)):
            words = _said(quantity, measure, case_of(tokens, at))
            return Replacement(quantity.length + length, words)
    return _spelt_degrees(quantity, tokens, at)


def _plausible(sign: str, quantity: Quantity, tokens: Sequence[Token], place: tuple[int, int]) -> bool:
    """Whether the sign at a place is a unit, and not an era, an hour, a prefix or a part of a word."""
    start, end = place
    after = tokens[end] if end < len(tokens) else None
    if after is not None and not after.spaced and after.kind in _WORDS:
        return False
    if sign == "م" and not _metres(quantity, tokens, start - quantity.length):
        return False
    return sign not in _AMBIGUOUS or after is None or after.kind not in _WORDS


def _metres(quantity: Quantity, tokens: Sequence[Token], at: int) -> bool:
    """Not an hour (الساعة 8 م) nor a year of our era (1912 م), unless a length is spoken of."""
    before = {token.text for token in tokens[max(at - 3, 0) : at]}
    if not before.isdisjoint(cues("length")):
        return True
    year = not quantity.number.fraction and quantity.number.value in _YEARS
    return not year and before.isdisjoint(cues("time or year"))


def _said(quantity: Quantity, measure: Measure, case: Case) -> str:
    if quantity.sign == "ناقص" and measure.singular == "درجة" and quantity.low is None:
        return f"{replace(quantity, sign='').said(measure, case)} {_BELOW}"
    return quantity.said(measure, case)


def _spelt_degrees(quantity: Quantity, tokens: Sequence[Token], at: int) -> Replacement | None:
    """-5 درجات: five degrees below zero."""
    end = at + quantity.length
    if quantity.sign != "ناقص" or tokens[end].text not in {"درجة", "درجات"}:
        return None
    described = end + 1 < len(tokens) and tokens[end + 1].text == "مئوية"
    if end + 1 < len(tokens) and tokens[end + 1].text == "تحت":
        return None
    degree = Measure("درجة", "درجات", Gender.FEMININE, "مئوي" if described else "")
    words = replace(quantity, sign="").said(degree, case_of(tokens, at))
    return Replacement(quantity.length + 1 + described, f"{words} {_BELOW}")


def _alone(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A unit that no digits precede and that is no word: آلاف كلم, سعر م²."""
    for (sign, measure), length in _units().at(tokens, at):
        after_fraction = at > 0 and tokens[at - 1].rule == "fraction"
        if length == 1 and sign not in _UNMISTAKABLE and not after_fraction:
            continue
        touched = at + length < len(tokens) and not tokens[at + length].spaced
        if touched and tokens[at + length].kind in _WORDS:
            continue
        return Replacement(length, measure.one(Case.NOMINATIVE))
    return None


def _per(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«12 درهما/كلغ», «دولار/برميل»: a price for each."""
    if tokens[at].text != "/" or not 0 < at < len(tokens) - 1 or tokens[at - 1].kind is not Kind.WORD:
        return None
    money = tokens[at - 1].rule == "money" or tokens[at - 1].text in cues("priced")
    if not money:
        return None
    for (_, measure), length in _units().at(tokens, at + 1):
        return Replacement(1 + length, joined("ل", "ال" + measure.singular))
    noun = tokens[at + 1]
    if noun.kind is Kind.WORD and not noun.spaced and not noun.text.startswith("ال"):
        return Replacement(2, joined("ل", "ال" + noun.text))
    return None


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After money, dates, times and eras; before abbreviations and the plain number rules."""
    return (("price for each", _per), ("unit", _measurement))


def leftovers(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After all number rules: ½ كم, آلاف كلم."""
    return (("unit sign", _alone),)
