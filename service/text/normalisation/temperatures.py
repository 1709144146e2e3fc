"""Degrees below zero: −5 °C, بين -4 و2 درجات, من -10 إلى -5 درجات مئوية: تحت الصفر.

Right before ``units``, which reads all other degrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.text.core.figures import Number
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.measures import Measure
from service.text.normalisation.quantities import DASHES, Quantity, case_of, signed
from service.text.normalisation.units import unit_at

_DEGREE = Measure("درجة", "درجات", Gender.FEMININE)
_BELOW = "تحت الصفر"
_LINKS = {"إلى": " إلى ", "الى": " إلى ", "و": " و", "أو": " أو ", **dict.fromkeys(DASHES, " إلى ")}


@dataclass(frozen=True, slots=True)
class _Degrees:
    number: Number
    below: bool
    length: int

    def said(self, measure: Measure, case: Case) -> str:
        words = Quantity(self.number, 0).said(measure, case)
        return f"{words} {_BELOW}" if self.below else words


@starts_at(Kind.NUMBER, Kind.SYMBOL, Kind.PUNCTUATION)
def _temperature(tokens: Sequence[Token], at: int) -> Replacement | None:
    low = _degrees(tokens, at)
    if low is None:
        return None
    end = at + low.length
    high = None
    link = _LINKS.get(tokens[end].text) if end + 1 < len(tokens) else None
    if link:
        high = _degrees(tokens, end + 1)
        end += 1 + high.length if high else 0
    if not (low.below or (high and high.below)):
        return None
    found = _measure(tokens, end)
    if found is None:
        return None
    measure, length = found
    case = case_of(tokens, at)
    if high is None or link is None:
        return Replacement(end + length - at, low.said(measure, case))
    if low.below and high.below:
        first = Quantity(low.number, 0).numeral(measure.gender, case)
    else:
        first = low.said(measure, case)
    second = high.said(measure, Case.GENITIVE if "إلى" in link else case)
    return Replacement(end + length - at, f"{first}{link}{second}")


def _degrees(tokens: Sequence[Token], at: int) -> _Degrees | None:
    found = signed(tokens, at)
    if found is None:
        return None
    sign, number, length = found
    after = at + length
    trailing = (
        not sign and after + 1 < len(tokens) and tokens[after].text in "-−" and not tokens[after].spaced
    )
    if trailing and tokens[after + 1].spaced and _measure(tokens, after + 1):  # «15- درجة»
        return _Degrees(number, below=True, length=length + 1)
    return _Degrees(number, sign == "ناقص", length)


def _measure(tokens: Sequence[Token], at: int) -> tuple[Measure, int] | None:
    """The degrees after the numbers, in letters or as a sign."""
    if at >= len(tokens):
        return None
    if tokens[at].text in {"درجة", "درجات"}:
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if after == "تحت":
            return None
        described = after == "مئوية"
        return replace(_DEGREE, adjective="مئوي" if described else ""), 1 + described
    found = unit_at(tokens, at)
    return found if found and found[0].singular == _DEGREE.singular else None


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """Right before units."""
    return (("temperature", _temperature),)
