"""Latitudes and longitudes: «33°34′», «33°34′12″ ش», «7.5°W».

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text):
...     return written(apply("", rules("ar-EG")[0][1], list(tokenise(text)))[0])
>>> say("33°34′12″ ش")
'ثلاث وثلاثون درجة وأربع وثلاثون دقيقة واثنتا عشرة ثانية شمالا'
>>> say("7.5°W")
'سبع فاصلة خمس درجات غربا'
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.figures import parse
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.measures import Measure
from service.text.normalisation.quantities import Quantity, case_of

_DEGREES = frozenset("°º")
_SIGNS = (frozenset("'′’‘"), frozenset('"″”“'))
_PARTS = (Measure("دقيقة", "دقائق", Gender.FEMININE), Measure("ثانية", "ثوان", Gender.FEMININE))
_DEGREE = Measure("درجة", "درجات", Gender.FEMININE)
_POINTS = {
    **dict.fromkeys(("N", "ش"), "شمالا"),
    **dict.fromkeys(("S", "ج"), "جنوبا"),
    **dict.fromkeys(("E", "ق"), "شرقا"),
    **dict.fromkeys(("W", "O", "غ"), "غربا"),
}


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """Before minutes of a match, which have the prime too, and before degrees of temperature."""
    return (("coordinate", _coordinate),)


@starts_at(Kind.NUMBER)
def _coordinate(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Degrees with minutes, or with a point of the compass; others are a temperature or an angle."""
    number = parse(tokens[at].text)
    if number is None or at + 1 >= len(tokens) or tokens[at + 1].text not in _DEGREES:
        return None
    case = case_of(tokens, at)
    said, end = [_said(tokens[at], _DEGREE, case)], at + 2
    for signs, measure in zip(_SIGNS, _PARTS, strict=True):
        doubled = measure is _PARTS[1] and _is_doubled(tokens, end + 1)
        if end + 1 >= len(tokens) or not (doubled or tokens[end + 1].text in signs):
            break
        if tokens[end].kind is not Kind.NUMBER or parse(tokens[end].text) is None:
            break
        said.append(_said(tokens[end], measure, case))
        end += 2 + doubled
    point = _POINTS.get(tokens[end].text, "") if end < len(tokens) else ""
    if point and end + 1 < len(tokens) and tokens[end + 1].kind is Kind.WORD and not tokens[end + 1].spaced:
        point = ""
    if len(said) == 1 and not point:
        return None
    return Replacement(end + bool(point) - at, f"{' و'.join(said)} {point}".rstrip())


def _is_doubled(tokens: Sequence[Token], at: int) -> bool:
    """Two primes for one sign of seconds."""
    return all(token.text in _SIGNS[0] for token in tokens[at : at + 2]) and at + 1 < len(tokens)


def _said(token: Token, measure: Measure, case: Case) -> str:
    number = parse(token.text)
    if number is None:
        return ""
    words = Quantity(number.as_decimal(), 1).said(measure, case)
    return measure.one(case) if words.endswith(" واحدة") and not number.fraction else words
