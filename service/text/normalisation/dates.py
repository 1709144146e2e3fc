"""Dates with the month in words: «8 مارس 2024», «14 و15 مارس», «فبراير/شباط», «10 رمضان 1445 هـ».

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text, locale="ar-MA"):
...     tokens = list(tokenise(text))
...     for name, rule in rules(locale):
...         tokens, _ = apply(name, rule, tokens)
...     return written(tokens)
>>> say("في 8 مارس 2024")
'في الثامن من مارس ألفين وأربعة وعشرين'
>>> say("فبراير/شباط", "ar-LB")
'شباط'
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from service.text.core.figures import whole_at
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.clitics import is_article
from service.text.grammar.eras import era
from service.text.grammar.governors import case_at
from service.text.grammar.grammar import Case
from service.text.grammar.months import begins_month, month_at
from service.text.grammar.numerals import ordinal
from service.text.normalisation.years import say_year

_DAYS, _MONTHS = 31, 12
_EARLIEST, _LATEST = 1000, 2199
_WEEKDAYS = frozenset({"الاثنين", "الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"})
_PRONOUNS = frozenset({"هو", "هي", "وهو", "وهي"})
_LIST = 24
"""Maximum tokens in a list of days before their month."""
_JOINTS = frozenset({"و", "أو", "إلى", "حتى", "،", ","})
_OPENED = frozenset({"من", "ومن", "بين", "وبين", "أيام", "يومي", "ليلتي", "ليلة"})


def rules(locale: str) -> tuple[tuple[str, Rule], ...]:
    """First of the number rules: no other number looks like a date."""
    return (
        ("day and month", partial(named, locale)),
        ("month", partial(month, locale)),
    )


@starts_at(Kind.NUMBER)
@starts_at(Kind.WORD, text=is_article)
def named(locale: str, tokens: Sequence[Token], at: int) -> Replacement | None:
    """«8 مارس 2024», «14 و15 مارس», «من 3 إلى 10 رمضان 1445 هـ»."""
    place = at + (tokens[at].kind is Kind.WORD)
    day = whole_at(tokens, place)
    if day is None or not 1 <= day <= _DAYS or len(tokens[place].text) > 2:
        return None
    after = place + 1
    if after < len(tokens) and tokens[after].text == "من":
        after += 1
    case = date_case(tokens, at)
    found = month_at(tokens, after, locale)
    this_month = [token.text for token in tokens[after : after + 2]]
    if (
        found is None
        and after > place + 1
        and (this_month[:1] == ["الشهر"] or this_month == ["هذا", "الشهر"])
    ):
        return Replacement(place + 1 - at, _day(day, case)) if place == at else None
    if found is None:
        return _first_of_two(locale, tokens, place, case) if place == at else None
    name, length, _ = found
    end = after + length
    year, more = _year_after(tokens, end)
    end += more
    if end + 2 < len(tokens) and tokens[end].text in "-–" and _is_day(tokens, end + 1, locale):
        opening = "" if place and tokens[at - 1].text in _OPENED else "من "
        words = f"{opening}{_day(day, Case.GENITIVE)} من {_governed(name)}{year} إلى"
        return Replacement(end + 1 - at, words)
    return Replacement(end - at, f"{_day(day, case)} من {_governed(name)}{year}")


def _is_day(tokens: Sequence[Token], at: int, locale: str) -> bool:
    """Whether a day and its month start here."""
    return whole_at(tokens, at) is not None and month_at(tokens, at + 1, locale) is not None


@starts_at(Kind.WORD, text=begins_month)
def month(locale: str, tokens: Sequence[Token], at: int) -> Replacement | None:
    """«مارس 2024», «فبراير/شباط»."""
    found = month_at(tokens, at, locale)
    if found is None:
        return None
    name, length, _ = found
    words, more = _year_after(tokens, at + length)
    end = at + length + more
    if end < len(tokens) and tokens[end].text in "-–" and month_at(tokens, end + 1, locale):
        opening = "" if at and tokens[at - 1].text in _OPENED else "من "
        return Replacement(end + 1 - at, f"{opening}{name}{words} إلى")
    if not words and length == len(name.split()):
        return None
    return Replacement(length + more, name + words)


def _governed(month: str) -> str:
    """«ذو الحجة» after «من»."""
    return "ذي" + month.removeprefix("ذو") if month.startswith("ذو") else month


def _first_of_two(locale: str, tokens: Sequence[Token], at: int, case: Case) -> Replacement | None:
    """The «14» of «14 و15 مارس», the whole of «14-15 مارس»."""
    if at + 2 >= len(tokens):
        return None
    if at and tokens[at - 1].text in _WEEKDAYS and tokens[at + 1].text in _JOINTS:
        later = next((i for i in range(at + 2, min(at + 5, len(tokens))) if whole_at(tokens, i)), 0)
        if later and _is_day(tokens, later, locale) and tokens[later - 1].text in _WEEKDAYS:
            return Replacement(1, _day(int(tokens[at].text), case))
    joint, last = tokens[at + 1].text, whole_at(tokens, at + 2)
    if last is None or not 1 <= last <= _DAYS:
        return None
    first = _day(int(tokens[at].text), case)
    if joint in _JOINTS:
        end = at + 2
        last_end = min(len(tokens), at + _LIST)
        while end + 2 < last_end and tokens[end + 1].text in _JOINTS and whole_at(tokens, end + 2):
            end += 2
        return Replacement(1, first) if month_at(tokens, end + 1, locale) else None
    found = month_at(tokens, at + 3, locale) if joint in "-–/" else None
    if found is None:
        return None
    name, length, _ = found
    year, more = _year_after(tokens, at + 3 + length)
    before = tokens[at - 1].text if at else ""
    opening = "" if before in _OPENED else "من "
    link = "و" if before.endswith("بين") or (before.startswith("يوم") and before != "يوم") else "إلى "
    first = _day(int(tokens[at].text), Case.GENITIVE)
    words = f"{'' if link == 'و' else opening}{first} {link}{_day(last, Case.GENITIVE)} من {name}{year}"
    return Replacement(3 + length + more, words)


def _year_after(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """The year after a month, ready to append, and its number of tokens."""
    if at < len(tokens) and tokens[at].text in ("سنة", "عام", "لسنة", "لعام"):
        return "", 0
    year = whole_at(tokens, at)
    if year is None or not _EARLIEST <= year <= _LATEST:
        return "", 0
    ending, more = era(tokens, at + 1)
    return f" {say_year(year)} {ending}".rstrip(), 1 + more


def _day(day: int, case: Case) -> str:
    return ordinal(day, case=case)


def date_case(tokens: Sequence[Token], at: int) -> Case:
    """A date is usually adverbial, in the accusative, or in the genitive: the same letters."""
    case = case_at(tokens, at)
    starts = not at or tokens[at - 1].kind is Kind.PUNCTUATION or tokens[at - 1].text in _PRONOUNS
    return Case.NOMINATIVE if case is Case.NOMINATIVE and starts else Case.GENITIVE
