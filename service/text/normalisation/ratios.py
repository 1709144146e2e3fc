"""Ratios and scales introduced by a word, and decimals written with the Arabic comma.

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text):
...     tokens = list(tokenise(text))
...     for name, rule in rules("ar-MA"):
...         tokens, _ = apply(name, rule, tokens)
...     return written(tokens)
>>> say("نسبة 1:3 بين المجموعتين"), say("مقياس 1/50.000")
('نسبة واحد إلى ثلاثة بين المجموعتين', 'مقياس واحد على خمسين ألفا')
>>> say("بلغت 3،5 في المئة"), say("الأرقام 3،5 و7")
('بلغت ثلاثة فاصلة خمسة في المئة', 'الأرقام 3،5 و7')
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.figures import number_at, run_at
from service.text.core.rule_walker import starts_at
from service.text.core.tables import cues
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.governors import case_at
from service.text.grammar.grammar import Case
from service.text.grammar.numerals import cardinal, decimal

_LINKS = {":": "إلى", "/": "على"}
_PAIR = 2
_LOWEST, _HIGHEST = 30, 300
"""Of blood pressure in millimetres of mercury."""
_HIGH = 70
"""The least upper value: what is less may be a date."""
_CENTIMETRES = range(4, 31)
"""Of blood pressure in centimetres: 14/9."""
_REACH = 6
_TIME = frozenset({"في", "يوم", "قبل", "منذ", "وفي", "ويوم", "وقبل", "ومنذ"})
_LIGHT = frozenset({"نحو", "حوالي", "إلى", "عند", ":"})
"""What may stand between the name of the pressure and centimetres."""
_SHARES = {"%": "في المئة", "٪": "في المئة"}


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After codes; before dates and times, which use the same signs, and percentages."""
    return (
        ("ratio", _ratio),
        ("blood pressure", _pressure),
        ("file number", _file),
        ("Arabic decimal comma", _comma),
    )


@starts_at(Kind.NUMBER)
def _ratio(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«نسبة 1:3», «مقياس 1/50.000»."""
    if not at or at + 2 >= len(tokens) or tokens[at - 1].text not in cues("ratio"):
        return None
    link = _LINKS.get(tokens[at + 1].text)
    first, second = number_at(tokens, at), number_at(tokens, at + 2)
    if link is None or first is None or second is None or first[0].fraction or second[0].fraction:
        return None
    if link == "على" and first[0].value > 1:
        return None  # a part: نسبة 2/3
    last = cardinal(second[0].value, case=Case.GENITIVE)
    return Replacement(2 + second[1], f"{cardinal(first[0].value, case=Case.GENITIVE)} {link} {last}")


@starts_at(Kind.NUMBER)
def _pressure(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«ضغط الدم 140/90»: the upper on the lower."""
    parts, length = run_at(tokens, at, "/")
    if len(parts) != _PAIR or not at or tokens[at - 1].text in _TIME:
        return None
    upper, lower = map(int, parts)
    if lower >= upper:
        return None
    if upper in _CENTIMETRES and lower in _CENTIMETRES:
        named = _names_pressure(tokens, at - 1 - (tokens[at - 1].text in _LIGHT))
    else:
        named = upper >= _HIGH and lower >= _LOWEST and upper <= _HIGHEST
        named = named and any(_names_pressure(tokens, back) for back in range(max(at - _REACH, 0), at))
    if not named:
        return None
    over = f"{cardinal(upper, case=case_at(tokens, at))} على {cardinal(lower, case=Case.GENITIVE)}"
    return Replacement(length, over)


def _names_pressure(tokens: Sequence[Token], at: int) -> bool:
    """Whether a token ends «ضغط الدم», «ضغط دمها», «ضغطه» or «الضغط» alone; not «ضغط الشارع»."""
    if at < 0:
        return False
    of_blood = at > 0 and tokens[at].text in cues("blood") and tokens[at - 1].text in cues("of blood")
    return of_blood or tokens[at].text in cues("pressure")


@starts_at(Kind.NUMBER)
def _file(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«القضية عدد 123/2024»: a case number and its year."""
    parts, length = run_at(tokens, at, "/")
    if len(parts) != _PAIR or not at or tokens[at - 1].text not in cues("file"):
        return None
    if len(parts[0]) <= _PAIR and len(parts[1]) <= _PAIR:
        return None  # a date
    first, second = (cardinal(int(part), case=Case.GENITIVE) for part in parts)
    return Replacement(length, f"{first} على {second}")


@starts_at(Kind.NUMBER)
def _comma(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«3،5 في المئة»: the Arabic comma as a decimal mark, if a percentage or a scale word follows."""
    if at + 3 >= len(tokens) or tokens[at + 1].text != "،" or tokens[at + 1].spaced or tokens[at + 2].spaced:
        return None
    whole, part = tokens[at], tokens[at + 2]
    if part.kind is not Kind.NUMBER:
        return None
    if not (whole.text.isdecimal() and part.text.isdecimal()):
        return None
    after = [token.text for token in tokens[at + 3 : at + 5]]
    share = after in (["في", "المئة"], ["في", "المائة"]) or after[0] in cues("after a decimal")
    sign = _SHARES.get(after[0], "")
    if not share and not sign:
        return None
    words = decimal(whole.text, part.text, case=case_at(tokens, at))
    return Replacement(3 + bool(sign), f"{words} {sign}".strip())
