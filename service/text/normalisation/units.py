"""Units of measure: 15 كم, 120 م², 90 km/h, 3.5 GB, 10-15 كغ.

In the chain after ``codes``, ``money`` and the dates and times of the number rules (8 م), before
``abbreviations``, years, ranges and counted nouns. Units without a number are in ``unit_signs``. The units
are lines of ``units.tsv``. Spelt-out units (هكتارات) are ordinary nouns, which the number rules handle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from service.text.core.rule_walker import starts_at
from service.text.core.signs import Signs
from service.text.core.tables import cues, rows
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.measures import Measure, counted
from service.text.grammar.numerals import cardinal
from service.text.normalisation.quantities import Quantity, case_of, quantity_at

_NUMBER_SIGNS = frozenset("+-−–")
_DASHES = frozenset("-–—−")
_METRES = frozenset({"م", "متر", "مترا", "أمتار"})
_LITRE = "ل"
"""Also a prefix: not a unit if a word follows, except words that continue after an amount."""
_GOING_ON = frozenset({"من", "في", "يوميا", "سنويا", "فقط", "لكل", "كل"})
WORDS = frozenset({Kind.WORD, Kind.LATIN, Kind.NUMBER})
_YEARS = range(1000, 2200)
_CENTIMETRE = Measure("سنتيمتر", "سنتيمترات", Gender.MASCULINE)
_CENTI, _TALL = 2, 10
_SHORTHAND = {
    "K": Measure("ألف", "آلاف", Gender.MASCULINE),
    "k": Measure("ألف", "آلاف", Gender.MASCULINE),
    "م": Measure("مليون", "ملايين", Gender.MASCULINE),
    "M": Measure("مليون", "ملايين", Gender.MASCULINE),
}
_FACTORS = {"ألف": 1000, "مليون": 1_000_000}
POWERS = {"2": "مربع", "3": "مكعب"}


@cache
def units() -> Signs[tuple[str, Measure]]:
    """Every sign with its unit, longest first."""
    pairs: list[tuple[str, tuple[str, Measure]]] = []
    for written, singular, plural, gender, adjective, tail in rows("normalisation/units.tsv"):
        measure = Measure(
            singular,
            plural,
            Gender.FEMININE if gender == "f" else Gender.MASCULINE,
            adjective.strip("-"),
            tail.strip("-"),
        )
        pairs += [(sign, (sign, measure)) for sign in written.split()]
    return Signs(pairs)


def unit_at(tokens: Sequence[Token], at: int) -> tuple[Measure, int] | None:
    """The unit whose sign starts at a token, and its number of tokens."""
    return next(((measure, length) for (_, measure), length in units().at(tokens, at)), None)


@starts_at(Kind.NUMBER)
@starts_at(text=_NUMBER_SIGNS.__contains__)
def _measurement(tokens: Sequence[Token], at: int) -> Replacement | None:
    quantity = quantity_at(tokens, at)
    if quantity is None:
        return None
    end = at + quantity.length
    if end == len(tokens):
        return None
    for (sign, measure), length in units().at(tokens, end):
        if _plausible(sign, quantity, tokens, (end, end + length)):
            more = _power_apart(sign, tokens, end + length)
            if more:
                measure = replace(measure, adjective=POWERS[tokens[end + length].text])  # noqa: PLW2901 (with its power)
            if "ماراثون" in "".join(token.text for token in tokens[max(at - 3, 0) : at]):
                quantity = replace(quantity, number=quantity.number.as_decimal())
            words = _said(quantity, measure, case_of(tokens, at))
            return Replacement(quantity.length + length + more, words)
    return None


def _power_apart(sign: str, tokens: Sequence[Token], at: int) -> int:
    """1 for the 2 of «65 م 2», if it does not belong to the next token."""
    if sign not in cues("squared") or at >= len(tokens) or tokens[at].text not in POWERS:
        return 0
    last = at + 1 == len(tokens) or tokens[at + 1].kind is Kind.PUNCTUATION
    return int(last or tokens[at + 1].text in _GOING_ON)


def _plausible(sign: str, quantity: Quantity, tokens: Sequence[Token], place: tuple[int, int]) -> bool:
    """Whether the sign at a place is a unit, and not an era, an hour, a prefix or a part of a word."""
    start, end = place
    after = tokens[end] if end < len(tokens) else None
    if after is not None and not after.spaced and after.kind in WORDS:
        return False
    if len(sign) == 1 and after is not None and after.text == "." and _dotted(tokens, end):
        return False
    if sign == "م" and not _metres(quantity, tokens, start - quantity.length):
        return False
    return sign != _LITRE or after is None or after.kind not in WORDS or after.text in _GOING_ON


def _dotted(tokens: Sequence[Token], dot: int) -> bool:
    """Whether they are initials, not a unit: 120 م.د."""
    return dot + 1 < len(tokens) and not tokens[dot + 1].spaced and tokens[dot + 1].kind is Kind.WORD


def _metres(quantity: Quantity, tokens: Sequence[Token], at: int) -> bool:
    """Whether م means metres, not an hour (الساعة 8 م) or a year CE (1912 م); a mention of length decides."""
    before = {token.text for token in tokens[max(at - 3, 0) : at]}
    after = at + quantity.length + 1
    if after < len(tokens) and tokens[after].text in {"من", "عن", "فوق", "تحت", "طولا", "عرضا"}:
        return True
    if not before.isdisjoint(cues("length")) or _in_range(tokens, at, after):
        return True
    year = not quantity.number.fraction and quantity.number.value in _YEARS
    return not year and before.isdisjoint(cues("time or year"))


def _in_range(tokens: Sequence[Token], at: int, after: int) -> bool:
    """Whether it is an end of «1600م - 2000م»; ranges of years have been said before."""
    last = [token.text for token in tokens[after : after + 3]]
    if len(last) == 3 and last[0] in _DASHES and last[1].isdecimal() and last[2] == "م":
        return True
    return at > 1 and tokens[at - 1].text in _DASHES and tokens[at - 2].text.split()[-1] in _METRES


@starts_at(Kind.NUMBER)
def _shorthand(tokens: Sequence[Token], at: int) -> Replacement | None:
    """1.5M مشاهدة, 10K متابع, 2م دولار: abbreviated thousands and millions, before an Arabic noun."""
    quantity = quantity_at(tokens, at)
    if quantity is None or quantity.scale > 1 or at + quantity.length + 1 >= len(tokens):
        return None
    sign, noun = tokens[at + quantity.length : at + quantity.length + 2]
    scale = _SHORTHAND.get(sign.text)
    if sign.text == "م" and noun.text not in cues("priced"):
        return None
    if scale is None or sign.spaced or not noun.spaced or noun.kind is not Kind.WORD:
        return None
    case = case_of(tokens, at)
    if quantity.number.fraction:  # scale words stay singular after decimals
        scale = replace(scale, plural=scale.singular)
    elif not quantity.sign and quantity.low is None:  # the scale word is a first term: «مليونا مشاهدة»
        n = quantity.number.value * _FACTORS[scale.singular]
        return Replacement(quantity.length + 1, cardinal(n, case=case, construct=True))
    return Replacement(quantity.length + 1, quantity.said(scale, case))


def _said(quantity: Quantity, measure: Measure, case: Case) -> str:
    number = quantity.number
    if measure.singular == "متر" and not measure.adjective and not measure.tail and _in_centimetres(quantity):
        parts = [counted(number.value, measure, case)] * (number.value > 1)
        parts += [measure.one(case)] * (number.value == 1)
        return " و".join([*parts, counted(int(number.fraction), _CENTIMETRE, case)])
    return quantity.said(measure, case)


def _in_centimetres(quantity: Quantity) -> bool:
    """1,80 م is a height: a metre and eighty centimetres."""
    number = quantity.number
    plain = not quantity.sign and quantity.low is None and quantity.scale == 1
    return plain and len(number.fraction) == _CENTI and 0 < number.value < _TALL and int(number.fraction) > 0


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After money, dates, times and eras; before abbreviations and the plain number rules."""
    return (
        ("shorthand", _shorthand),
        ("unit", _measurement),
    )
