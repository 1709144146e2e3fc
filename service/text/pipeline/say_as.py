"""A publisher's ``say-as`` of SSML 1.1, § 3.1.9, applied by our own normalisation rules.

The values are those of the W3C's note *SSML 1.0 say-as attribute values*, with ``currency`` besides. Case and
gender come from the surrounding words, as for numbers without ``say-as``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from service.text.core.figures import whole_at
from service.text.core.tables import mapping, rows
from service.text.core.tokens import Replacement, Token, written
from service.text.grammar.governors import case_at
from service.text.grammar.grammar import Gender
from service.text.grammar.months import month_name
from service.text.grammar.nouns import known
from service.text.grammar.numerals import LIMIT, decimal, digits, ordinal
from service.text.normalisation import (
    codes,
    counted,
    dates,
    definite_numbers,
    money,
    numeric_dates,
    ordinals,
    times,
)
from service.text.normalisation.currencies import names
from service.text.normalisation.quantities import signed
from service.text.normalisation.transliteration import home_language, spell
from service.text.normalisation.years import say_year

FORMATS = {
    "date": frozenset({"dmy", "mdy", "ymd", "dm", "md", "my", "ym", "d", "m", "y"}),
    "time": frozenset({"hms12", "hms24"}),
}
"""Values of ``format``, besides empty."""

_DATE = re.compile(r"\d+(?:[-./–]\d+)*")
_TELEPHONE = re.compile(r"\+? ?[\d .()–-]*\d[\d .()–-]*")
_BOUNDS = {"d": range(1, 32), "m": range(1, 13), "y": range(1, 2200)}
_CENTURY = 100
_LETTERS = {
    **dict.fromkeys("إآٱ", "ألف"), "ء": "همزة", "ؤ": "همزة على واو", "ئ": "همزة على ياء", "ة": "تاء مربوطة",
    "ى": "ألف مقصورة", "پ": "باء", "ڤ": "فاء", "گ": "غين", "چ": "تشيم", "ژ": "جيم",
}  # fmt: skip
_SIGNS = {
    ".": "نقطة", "-": "شرطة", "–": "شرطة", "_": "شرطة سفلية", "/": "شرطة مائلة", ":": "نقطتان", "،": "فاصلة",
    ",": "فاصلة", "#": "مربع", "*": "نجمة", "&": "آند", "%": "في المئة", "(": "قوس", ")": "قوس",
}  # fmt: skip


class Stretch(NamedTuple):
    """An element's tokens within its sentence."""

    tokens: Sequence[Token]
    at: int
    length: int

    @property
    def own(self) -> Sequence[Token]:
        """The element's own tokens."""
        return self.tokens[self.at : self.at + self.length]

    @property
    def text(self) -> str:
        """The text as written, with Western digits."""
        return written(self.own)

    def whole(self, answer: Replacement | None) -> Replacement | None:
        """A rule's replacement, if it covers the whole element."""
        return answer if answer and answer.length >= self.length else None


def said(kind: str, form: str, stretch: Stretch, locale: str) -> Replacement | None:
    """The reading of an element as its declared kind; ``None`` if it is not of that kind.

    The replacement may include the next tokens: «12» with the noun that it counts.

    Args:
        kind: one of ``KINDS``.
        form: one of the kind's ``FORMATS``, or empty.
        stretch: the element's tokens.
        locale: regional variant for month names and currencies.
    """
    if not stretch.length:
        return None
    return KINDS[kind](stretch, form, locale)


def _cardinal(stretch: Stretch, _form: str, _locale: str) -> Replacement | None:
    found = signed(stretch.tokens, stretch.at)
    if found is None or found[2] != stretch.length:
        return None
    sign, number, length = found
    if not sign and (answer := stretch.whole(counted.count(stretch.tokens, stretch.at))):
        return answer
    case = case_at(stretch.tokens, stretch.at)
    words = decimal(number.whole, number.fraction, case=case)
    return Replacement(length, f"{sign} {words}".strip())


def _ordinal(stretch: Stretch, _form: str, _locale: str) -> Replacement | None:
    n = whole_at(stretch.tokens, stretch.at) or ordinals.roman_value(stretch.text)
    if stretch.length != 1 or n is None or not 1 <= n <= LIMIT:
        return None
    if answer := ordinals.ranked(stretch.tokens, stretch.at):
        return answer
    before = stretch.at - 1
    ranked = known(ordinals.bare(stretch.tokens[before].text)) if before >= 0 else ()
    if ranked:
        case = ordinals.noun_case(stretch.tokens, before)
        return Replacement(1, ordinal(n, gender=ranked[0][0].gender, case=case))
    if before >= 0 and (rank := definite_numbers.rank_of_possessed(stretch.tokens, before, n)):
        return Replacement(1, rank)
    return Replacement(1, ordinal(n, gender=Gender.MASCULINE, case=case_at(stretch.tokens, stretch.at)))


def _date(stretch: Stretch, form: str, locale: str) -> Replacement | None:
    text = stretch.text.replace(" ", "")
    if not _DATE.fullmatch(text):
        return stretch.whole(dates.named(locale, stretch.tokens, stretch.at)) or stretch.whole(
            dates.month(locale, stretch.tokens, stretch.at)
        )
    parts = re.findall(r"\d+", text)
    order = form or _order(parts)
    if len(order) != len(parts) or any(len(part) > 4 for part in parts):
        return None
    values = dict(zip(order, map(int, parts), strict=True))
    if any(value not in _BOUNDS[name] for name, value in values.items()):
        return None
    year = values.get("y", 0)
    if year < _CENTURY and "y" in values:
        year += 1900 if year >= numeric_dates.PIVOT else 2000
    words = []
    if "d" in values:
        words.append(ordinal(values["d"], case=dates.date_case(stretch.tokens, stretch.at)))
    if "m" in values:
        words += ["من"] * bool(words)
        words.append(month_name(values["m"], locale, hijri=year in numeric_dates.HIJRI))
    if year:
        words.append(say_year(year))
    return Replacement(stretch.length, " ".join(words))


def _order(parts: Sequence[str]) -> str:
    """The order of a date's parts, by their form; day before month, as usual in Arabic."""
    years = [len(part) > 2 for part in parts]
    match len(parts):
        case 1:
            return "y" if years[0] else "d"
        case 2:
            return "ym" if years[0] else "my" if years[1] else "dm"
        case _:
            return "ymd" if years[0] else "dmy"


def _time(stretch: Stretch, _form: str, _locale: str) -> Replacement | None:
    return stretch.whole(times.time(stretch.tokens, stretch.at))


def _telephone(stretch: Stretch, _form: str, _locale: str) -> Replacement | None:
    if not _TELEPHONE.fullmatch(stretch.text):
        return None
    words = codes.said_groups(re.findall(r"\d+", stretch.text))
    return Replacement(stretch.length, ("زائد " if stretch.text[0] == "+" else "") + words)


def _characters(stretch: Stretch, _form: str, locale: str) -> Replacement | None:
    names = [_name(char, locale) for char in stretch.text if not char.isspace()]
    if not all(names):
        return None
    return Replacement(stretch.length, " ".join(filter(None, names)))


def _name(char: str, locale: str) -> str:
    """The name of a character; empty if it has none here."""
    if char.isdecimal():
        return digits(str(int(char)))
    signs = {sign: words for sign, words, _ in rows("normalisation/symbols.tsv")}
    for table in (mapping("core/letters.tsv"), _LETTERS, _SIGNS, signs):
        if char in table:
            return table[char]
    return spell(char, home_language(locale))


def _currency(stretch: Stretch, _form: str, locale: str) -> Replacement | None:
    for _, rule in money.rules(locale):
        if answer := stretch.whole(rule(stretch.tokens, stretch.at)):
            return answer
    if stretch.own[-1].text not in names(locale):
        return None
    return stretch.whole(counted.count(stretch.tokens, stretch.at))


KINDS: dict[str, Callable[[Stretch, str, str], Replacement | None]] = {
    "cardinal": _cardinal,
    "ordinal": _ordinal,
    "date": _date,
    "time": _time,
    "telephone": _telephone,
    "characters": _characters,
    "currency": _currency,
}
"""Values of ``interpret-as``."""
