"""Numbers as words: cardinals and ordinals that agree in gender and case, decimals, single digits.

Letters only, no vowels; but every letter that depends on grammar is right (مئتان، مئتي، ثلاثا، ألفا).
The spelling مئة and the ordinals above a hundred («الثالثة بعد المئة») follow the Academy of the Arabic
Language in Cairo.
"""

from __future__ import annotations

from service.text.grammar.cardinals import LIMIT, cardinal, dictated, digits
from service.text.grammar.grammar import Case, Gender

__all__ = ["LIMIT", "cardinal", "deciding", "decimal", "dictated", "digits", "ordinal"]

_ORDINALS = ("", "أول", "ثاني", "ثالث", "رابع", "خامس", "سادس", "سابع", "ثامن", "تاسع", "عاشر")
_SPELT_OUT = 3
_FEW = range(3, 11)


def ordinal(
    n: int,
    *,
    gender: Gender = Gender.MASCULINE,
    case: Case = Case.NOMINATIVE,
    definite: bool = True,
) -> str:
    """An ordinal in words; 0 and numbers above 999 that are not round are read as cardinals.

    >>> ordinal(12, gender=Gender.FEMININE), ordinal(79, case=Case.GENITIVE)
    ('الثانية عشرة', 'التاسع والسبعين')
    >>> ordinal(103, gender=Gender.FEMININE)
    'الثالثة بعد المئة'
    """
    above, rest = n - n % 100, n % 100
    if n < 1 or (n > 1000 and rest and above % 1000) or n > LIMIT:
        return cardinal(n, gender=gender, case=case)
    the = "ال" if definite else ""
    if definite and case is Case.ACCUSATIVE:
        case = Case.GENITIVE  # the same letters, except the alif that only an indefinite noun takes
    if not rest:
        return the + cardinal(above, case=case)
    if above:
        return f"{ordinal(rest, gender=gender, case=case)} بعد ال{cardinal(above, case=Case.GENITIVE)}"
    return _ordinal_below_hundred(rest, gender, case, definite=definite)


def decimal(
    whole: str,
    fraction: str,
    *,
    gender: Gender = Gender.MASCULINE,
    case: Case = Case.NOMINATIVE,
    counting: bool = False,
) -> str:
    """A number with decimals, from its digits as written; four or more decimals are read digit by digit.

    Args:
        whole: the digits before the decimal mark.
        fraction: those after it; may be empty.
        gender: the gender of the counted noun; both parts agree with it.
        case: the case that the governing word requires.
        counting: whether the counted noun follows, in the form that :func:`deciding` tells.

    >>> decimal("3", "5"), decimal("12", "05")
    ('ثلاثة فاصلة خمسة', 'اثنا عشر فاصلة صفر خمسة')
    >>> decimal("37", "8", gender=Gender.FEMININE, counting=True)
    'سبع وثلاثون فاصلة ثماني'
    """
    before = cardinal(int(whole), gender=gender, case=case)
    if not fraction:
        return before
    value = fraction.lstrip("0")
    if not value or len(fraction) > _SPELT_OUT:
        return f"{before} فاصلة {digits(fraction)}"
    zeros = digits("0" * (len(fraction) - len(value)))
    construct = counting and (int(value) % 100 in _FEW or not int(value) % 100)
    last = cardinal(int(value), gender=gender, case=case, construct=construct)
    return " ".join(filter(None, (before, "فاصلة", zeros, last)))


def deciding(fraction: str) -> int:
    """The number that decides the form of the noun after decimals: the last that is said.

    >>> deciding("75"), deciding("05"), deciding("1416")
    (75, 5, 6)
    """
    return int(fraction if len(fraction) <= _SPELT_OUT else fraction[-1])


def _ordinal_below_hundred(n: int, gender: Gender, case: Case, *, definite: bool) -> str:
    the = "ال" if definite else ""
    tens, unit = divmod(n, 10)
    if n <= 10:
        return the + _rank(n, gender, case, bare=not definite)
    if tens == 1:
        ten = "عشرة" if gender is Gender.FEMININE else "عشر"
        return f"{the}{_rank(unit, gender, case, compound=True)} {ten}"
    round_ten = cardinal(tens * 10, case=case)
    if not unit:
        return the + round_ten
    return f"{the}{_rank(unit, gender, case, compound=True, bare=not definite)} و{the}{round_ten}"


def _rank(n: int, gender: Gender, case: Case, *, compound: bool = False, bare: bool = False) -> str:
    """The ordinal of 1 to 10 without its article."""
    feminine = gender is Gender.FEMININE
    if n == 1:
        masculine, other = ("حادي", "حادية") if compound else ("أول", "أولى")
        stem = other if feminine else masculine
    else:
        stem = _ORDINALS[n] + ("ة" if feminine else "")
    if not bare or feminine:
        return stem
    if case is Case.ACCUSATIVE:
        return stem + "ا"
    return stem.removesuffix("ي")
