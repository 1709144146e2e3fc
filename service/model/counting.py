"""Counted nouns of Arabic messages: a noun's form depends on its number.

>>> [counted(number, CHARACTER) for number in (1, 2, 5, 11, 100)]
['محرف واحد', 'محرفين', '5 محارف', '11 محرفًا', '100 محرف']
"""

from __future__ import annotations

from typing import NamedTuple

_DECIMALS = 3
_FEW, _MANY = range(3, 11), range(11, 100)
"""Last two digits: 103 counts as 3, 111 as 11."""


class Noun(NamedTuple):
    """A noun's forms after a preposition: put the number there (``لا يزيد على``, not ``لا يتجاوز``)."""

    one: str
    """With the word for one."""
    two: str
    few: str
    """Plural, after 3 to 10."""
    many: str
    """Accusative singular, after 11 to 99."""
    other: str
    """Singular, after a fraction, none, and hundreds with less than 3 over."""


CHARACTER = Noun("محرف واحد", "محرفين", "محارف", "محرفًا", "محرف")
NEW_PAGE = Noun("صفحة جديدة واحدة", "صفحتين جديدتين", "صفحات جديدة", "صفحة جديدة", "صفحة جديدة")
SECOND = Noun("ثانية واحدة", "ثانيتين", "ثوانٍ", "ثانية", "ثانية")


def counted(number: float, noun: Noun) -> str:
    """Return a number, not negative, with its noun; one and two are words alone."""
    rounded = round(number, _DECIMALS)
    whole = int(rounded)
    if rounded != whole:
        return f"{rounded} {noun.other}"
    match whole:
        case 1:
            return noun.one
        case 2:
            return noun.two
    last = whole % 100
    form = noun.few if last in _FEW else noun.many if last in _MANY else noun.other
    return f"{whole} {form}"
