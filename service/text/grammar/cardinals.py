"""Cardinals in words, and single digits.

Letters only, no vowels; but every letter that depends on grammar is right (مئتان، مئتي، ثلاثا، ألفا).
Rules: Wright, *A Grammar of the Arabic Language*, I §§ 318-328 and II §§ 92-109.
"""

from __future__ import annotations

from service.text.grammar.grammar import Case, Gender

LIMIT = 10**15
"""The largest number that is read as one; larger ones are read digit by digit."""

_STEMS = ("", "واحد", "اثن", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر")
_TENS = ("", "عشر", "عشر", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع")
_HUNDREDS = ("", "مئة", "", "ثلاثمئة", "أربعمئة", "خمسمئة", "ستمئة", "سبعمئة", "ثمانمئة", "تسعمئة")
_SCALES = (
    (10**12, "تريليون", "تريليونات"),
    (10**9, "مليار", "مليارات"),
    (10**6, "مليون", "ملايين"),
    (10**3, "ألف", "آلاف"),
)
_DIGITS = ("صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة")


def cardinal(
    n: int,
    *,
    gender: Gender = Gender.MASCULINE,
    case: Case = Case.NOMINATIVE,
    construct: bool = False,
) -> str:
    """A number in words.

    Args:
        n: any integer; beyond ``LIMIT`` it is read digit by digit.
        gender: the counted noun's gender; the numeral's own form (reversed from 3 to 10) follows from it.
        case: the case that the governing word requires.
        construct: the counted noun follows in iḍāfa, so that a dual drops its nūn and a tanwīn is lost.

    >>> cardinal(103, gender=Gender.FEMININE)
    'مئة وثلاث'
    >>> cardinal(2500, case=Case.GENITIVE, construct=True)
    'ألفين وخمسمئة'
    >>> cardinal(200, construct=True)
    'مئتا'
    """
    if n < 0:
        return "ناقص " + cardinal(-n, gender=gender, case=Case.GENITIVE, construct=construct)
    if n == 0:
        return _DIGITS[0]
    if n > LIMIT:
        return digits(str(n))
    terms: list[tuple[int, tuple[str, str] | None]] = []
    rest = n
    for value, one, many in _SCALES:
        count, rest = divmod(rest, value)
        terms.extend((part, (one, many)) for part in _thousandfold(count))
    if rest >= 100:
        terms.append((rest - rest % 100, None))
    if rest % 100:
        terms.append((rest % 100, None))
    last = len(terms) - 1
    return " و".join(
        _scaled(part, scale, case, construct=construct and at == last)
        if scale
        else _small(part, gender, case, construct=construct and at == last)
        for at, (part, scale) in enumerate(terms)
    )


def digits(text: str) -> str:
    """Each digit of a string separately, as in a code or a telephone number; other characters are skipped.

    >>> digits("0612")
    'صفر ستة واحد اثنان'
    """
    return " ".join(_DIGITS[int(sign)] for sign in text if sign.isdecimal())


def dictated(text: str) -> str:
    """Each digit with a pause after it, and so in its pausal form, as a listener writes it down.

    >>> dictated("0612")
    'صفر ، ستة ، واحد ، اثنان'
    """
    return digits(text).replace(" ", " ، ")


def _thousandfold(count: int) -> tuple[int, ...]:
    """Part 101, 102, 201 … of a scale: «مئة وألفان» would be 2100, so it is «مئة ألف وألفان»."""
    if count > 100 and count % 100 in (1, 2):
        return (count - count % 100, count % 100)
    return (count,) if count else ()


def _scaled(count: int, scale: tuple[str, str], case: Case, *, construct: bool) -> str:
    """A count of thousands, millions …: the scale word is itself a counted noun, masculine."""
    one, many = scale
    loose = "" if construct else "ا"
    if count == 1:
        return one + (loose if case is Case.ACCUSATIVE else "")
    if count == 2:
        return one + _dual_ending(case, construct=construct)
    number = cardinal(count, case=case, construct=True)
    if 3 <= count % 100 <= 10:
        return f"{number} {many}"
    if count % 100:
        return f"{number} {one}{loose}"  # tamyīz
    return f"{number} {one}"


def _small(n: int, gender: Gender, case: Case, *, construct: bool) -> str:
    """1 to 99, and the round hundreds."""
    if n == 200:
        return "مئت" + _dual_ending(case, construct=construct)
    if n >= 100:
        return _HUNDREDS[n // 100]
    if n <= 10:
        return _unit(n, gender, case, construct=construct)
    return _teen(n - 10, gender, case) if n < 20 else _tens(n, gender, case)


def _tens(n: int, gender: Gender, case: Case) -> str:
    """20 to 99."""
    tens, unit = divmod(n, 10)
    round_ten = _TENS[tens] + _plural_ending(case)
    if not unit:
        return round_ten
    if unit == 1 and gender is Gender.FEMININE:
        return f"إحدى و{round_ten}"
    return f"{_unit(unit, gender, case, construct=False)} و{round_ten}"


def _unit(n: int, gender: Gender, case: Case, *, construct: bool) -> str:
    feminine = gender is Gender.FEMININE
    tanwin = "ا" if case is Case.ACCUSATIVE and not construct else ""
    if n == 1:
        return "واحدة" if feminine else "واحد" + tanwin
    if n == 2:
        return "اثن" + ("ت" if feminine else "") + _dual_ending(case, construct=construct)
    if not feminine:
        return _STEMS[n] + "ة"
    if n == 8 and not construct and not tanwin:
        return "ثمان"  # ثمانٍ: a defective noun without its yāʾ
    return _STEMS[n] + tanwin


def _teen(unit: int, gender: Gender, case: Case) -> str:
    """11 to 19: both halves are indeclinable, except in 12, whose first half is a construct dual."""
    if gender is Gender.MASCULINE:
        first = ("عشر", "أحد", "اثن" + _dual_ending(case, construct=True))
        return f"{first[unit] if unit <= 2 else _STEMS[unit] + 'ة'} عشر"
    first = ("عشر", "إحدى", "اثنت" + _dual_ending(case, construct=True))
    return f"{first[unit] if unit <= 2 else _STEMS[unit]} عشرة"


def _dual_ending(case: Case, *, construct: bool) -> str:
    ending = "ا" if case is Case.NOMINATIVE else "ي"
    return ending if construct else ending + "ن"


def _plural_ending(case: Case) -> str:
    return "ون" if case is Case.NOMINATIVE else "ين"
