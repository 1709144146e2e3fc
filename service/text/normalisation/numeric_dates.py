"""Dates in digits, in every order and with every separator.

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text, locale="ar-MA"):
...     return written(apply("", rules(locale)[0][1], list(tokenise(text)))[0])
>>> say("يوم 2026-11-23", "ar-EG"), say("في 5/3/2024")
('يوم الثالث والعشرين من نوفمبر ألفين وستة وعشرين', 'في الخامس من مارس ألفين وأربعة وعشرين')
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from service.text.core.figures import run_at
from service.text.core.rule_walker import starts_at
from service.text.core.tables import cues
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.eras import era
from service.text.grammar.months import month_name
from service.text.grammar.nouns import known
from service.text.grammar.numerals import ordinal
from service.text.normalisation.dates import date_case
from service.text.normalisation.units import unit_at
from service.text.normalisation.years import say_year

_DAYS, _MONTHS = 31, 12
_EARLIEST, _LATEST = 1000, 2199
HIJRI = range(1300, 1500)
"""Hijri years of the present: years that the press writes in digits are recent."""
PIVOT = 50
"""Two-digit years from this one on are of the twentieth century."""
_DATE_WORDS = frozenset(
    {"يوم", "بتاريخ", "تاريخ", "ليوم", "اليوم", "مؤرخ", "المؤرخ"}
    | {"الاثنين", "الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"}
)


_IN = frozenset({"في", "وفي", "منذ", "ومنذ"})
_RELATIVE = frozenset({"الماضي", "المقبل", "القادم", "الجاري", "الحالي", "الفائت", "المنصرم"})
_NINE_ELEVEN = ["9", "11"]
_SIGNS = frozenset("%٪‰$€£°")
_PARTS = frozenset({"1/2", "1/3", "2/3", "1/4", "3/4"})
"""Fractions, wherever they stand."""


def rules(locale: str) -> tuple[tuple[str, Rule], ...]:
    """First of the number rules: no other number looks like a date."""
    return (("date", partial(numeric, locale)),)


@starts_at(Kind.NUMBER)
def numeric(locale: str, tokens: Sequence[Token], at: int) -> Replacement | None:
    """«23/11/2026», «2026-11-23», «23.11.2026»; without a year only after a word that introduces a date."""
    parts, length = run_at(tokens, at, "/-–")
    if len(parts) == 1 and tokens[at].text.count(".") == 0:
        return None
    if not parts and tokens[at].kind is Kind.NUMBER and tokens[at].text.count(".") == 2:
        parts, length = tokens[at].text.split("."), 1
    if not all(map(str.isdecimal, parts)):
        return None
    asked = bool(at) and (tokens[at - 1].text in _DATE_WORDS or _is_named(tokens, at, length))
    if asked and parts == _NINE_ELEVEN and tokens[at - 1].text in cues("attacks"):
        parts = parts[::-1]  # the American order
    date = _date(parts, asked=asked)
    if date is None:
        return None
    day, number, year = date
    ending, more = era(tokens, at + length)
    hijri = ending == "للهجرة" or year in HIJRI
    words = f"{ordinal(day, case=date_case(tokens, at))} من {month_name(number, locale, hijri=hijri)}"
    if not year:
        return Replacement(length, words)
    return Replacement(length + more, f"{words} {say_year(year)} {ending}".strip())


def _is_named(tokens: Sequence[Token], at: int, length: int) -> bool:
    """«في 21-6», «هجمات 11/9»: a day and a month, unless something is counted or divided by them."""
    before = tokens[at - 1].text
    if before not in _IN and before not in cues("attacks"):
        return False
    if "".join(token.text for token in tokens[at : at + length]) in _PARTS:
        return False
    after = tokens[at + length] if at + length < len(tokens) else None
    if after is None or after.text in _RELATIVE or after.kind is Kind.PUNCTUATION:
        return True
    counts = bool(known(after.text)) or after.text.startswith("ال") or after.text in _SIGNS
    return after.kind is Kind.WORD and not counts and unit_at(tokens, at + length) is None


def _date(parts: Sequence[str], *, asked: bool) -> tuple[int, int, int] | None:
    """Day, month and year (0 if none) from the parts of a numeric date."""
    if len(parts) == 2 and asked and all(len(part) <= 2 for part in parts):
        return _checked(int(parts[0]), int(parts[1]), 0)
    if len(parts) != 3:
        return None
    first, second, third = map(int, parts)
    if len(parts[0]) == 4:
        return _checked(third, second, first)
    if len(parts[0]) > 2 or len(parts[1]) > 2:
        return None
    if len(parts[2]) == 2:
        third += 1900 if third >= PIVOT else 2000
    return _checked(first, second, third) if len(parts[2]) in (2, 4) else None


def _checked(day: int, month: int, year: int) -> tuple[int, int, int] | None:
    if month > _MONTHS >= day:
        day, month = month, day
    if not (1 <= day <= _DAYS and 1 <= month <= _MONTHS) or (year and not _EARLIEST <= year <= _LATEST):
        return None
    return day, month, year
