"""Dates in English or French within Arabic: «May 3, 2024», «3 mai 2024», «1er janvier», «December 2023».

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text, locale="ar-EG"):
...     return written(apply("", rules(locale)[0][1], list(tokenise(text)))[0])
>>> say("في May 3, 2024"), say("December 2023", "ar-LB")
('في الثالث من مايو ألفين وأربعة وعشرين', 'كانون الأول ألفين وثلاثة وعشرين')
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from service.text.core.figures import whole_at
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.months import month_name
from service.text.grammar.numerals import ordinal
from service.text.normalisation.dates import date_case
from service.text.normalisation.years import say_year

_NAMES = (
    # in English or in both languages, in French alone
    ("january jan", "janvier janv"),
    ("february feb", "février fevrier févr"),
    ("march mar", "mars"),
    ("april apr", "avril avr"),
    ("may", "mai"),
    ("june jun", "juin"),
    ("july jul", "juillet juil"),
    ("august aug", "août aout"),
    ("september sep sept", "septembre"),
    ("october oct", "octobre"),
    ("november nov", "novembre"),
    ("december dec", "décembre decembre déc"),
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in " ".join(names).split()}
_FRENCH = frozenset(name for _, names in _NAMES for name in names.split())
_SUFFIXES = frozenset({"st", "nd", "rd", "th", "er"})
_DAYS = 31
_YEARS = range(1000, 2200)


def rules(locale: str) -> tuple[tuple[str, Rule], ...]:
    """After the voice of Latin script, which says dates of its own titles; before all other numbers."""
    return (("foreign date", partial(_date, locale)),)


def _month(tokens: Sequence[Token], at: int) -> int | None:
    if at >= len(tokens) or tokens[at].kind is not Kind.LATIN:
        return None
    name = tokens[at].text.lower()
    if _follows_day(tokens, at):
        return _MONTHS.get(name)
    capital, french = tokens[at].text[0].isupper(), name in _FRENCH
    # «Mars 2020» is a spacecraft, «mars 2020» a month; «may 2020» is neither language's spelling.
    return _MONTHS.get(name) if capital is not french else None


def _follows_day(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number, or the suffix of one, stands before a month."""
    return at > 0 and (tokens[at - 1].kind is Kind.NUMBER or tokens[at - 1].text in _SUFFIXES)


def _day(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """A day, and its number of tokens with its suffix."""
    day = whole_at(tokens, at)
    if day is None or not 1 <= day <= _DAYS:
        return None
    end = at + 1
    if end < len(tokens) and tokens[end].text in _SUFFIXES and not tokens[end].spaced:
        end += 1
    return day, end - at


@starts_at(Kind.NUMBER)
@starts_at(Kind.LATIN, text=lambda text: text.lower() in _MONTHS)
def _date(locale: str, tokens: Sequence[Token], at: int) -> Replacement | None:
    first = _day(tokens, at)
    month_at = at + first[1] if first else at
    number = _month(tokens, month_at)
    if number is None:
        return None
    end = month_at + 1
    if end < len(tokens) and tokens[end].text == "." and not tokens[end].spaced and end + 1 < len(tokens):
        end += 1  # «Sept. 11»
    day = first or _day(tokens, end)
    if first is None and day:
        end += day[1]
    comma = day and first is None and end < len(tokens) and tokens[end].text in {",", "،"}
    year = whole_at(tokens, end + bool(comma))
    if year is None or year not in _YEARS:
        year, comma = None, False
    if day is None and year is None:
        return None
    end += bool(comma) + bool(year)
    name = month_name(number, locale)
    words = f"{ordinal(day[0], case=date_case(tokens, at))} من {name}" if day else name
    return Replacement(end - at, f"{words} {say_year(year)}" if year else words)
