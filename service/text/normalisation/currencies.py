"""The currencies of ``currencies.tsv``, in a locale's wording."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from service.text.core.signs import Signs
from service.text.core.tables import rows
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.measures import Measure, counted
from service.text.normalisation.quantities import Quantity

_FILS = 3
"""Maximum digits of a minor unit in everyday speech."""
_LONG = 100_000
"""From this amount on, three digits after a separator are thousands, even of a dinar."""
_GENDERS = {"m": Gender.MASCULINE, "f": Gender.FEMININE}
_NAMES = dict.fromkeys((("ar-MA", "EUR"), ("ar-DZ", "EUR"), ("ar-TN", "EUR")), "أورو")
_SPELLINGS = {"EUR": ("أورو", "اورو")}


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency and its minor unit."""

    major: Measure
    minor: Measure
    digits: int
    """Decimal digits of the minor unit."""

    @property
    def in_thousandths(self) -> bool:
        """Whether three digits after a separator are its minor unit: 2,750 dinars."""
        return self.digits == _FILS

    def said(self, quantity: Quantity, case: Case) -> str:
        """An amount; decimals as minor units if their number permits."""
        if self.in_thousandths and quantity.number.value < _LONG:
            quantity = replace(quantity, number=quantity.number.as_decimal())  # 2.750 dinars, not thousands
        number = quantity.number
        short = 0 < len(number.fraction) <= self.digits
        if not short or self.digits > _FILS or quantity.scale > 1 or quantity.low:
            return quantity.said(self.major, case)
        minor = int(number.fraction.ljust(self.digits, "0"))
        sign = f"{quantity.sign} " if quantity.sign else ""
        parts = [counted(number.value, self.major, case)] * (number.value > 0)
        parts += [counted(minor, self.minor, case)] * (minor > 0)
        return sign + (" و".join(parts) or counted(0, self.major, case))


class _Line(NamedTuple):
    """A line of the table, in a locale's wording."""

    signs: tuple[str, ...]
    forms: tuple[str, ...]
    """Forms of its name in text."""
    currency: Currency
    own: bool
    """Whether it is the locale's own."""


@cache
def _lines(locale: str) -> tuple[_Line, ...]:
    lines = []
    for code, written, name, plural, gender, adjective, homes, *minor in rows("normalisation/currencies.tsv"):
        spoken = _NAMES.get((locale, code), name)
        own = locale in homes.split()
        major = Measure(
            spoken,
            spoken if plural == name else plural,
            _GENDERS[gender],
            "" if own or adjective == "-" else adjective,
        )
        small = Measure(minor[0], minor[1], _GENDERS[minor[2]])
        signs = (code, *(sign for sign in written.split() if sign != "-"))
        forms = (name, name + "ا", plural, *_SPELLINGS.get(code, ()))
        lines.append(_Line(signs, forms, Currency(major, small, int(minor[3])), own))
    return tuple(lines)


@cache
def signs(locale: str) -> Signs[Currency]:
    """Currencies by their signs and ISO codes."""
    return Signs((sign, line.currency) for line in _lines(locale) for sign in line.signs)


@cache
def names(locale: str) -> dict[str, Currency]:
    """Currencies by a form of their name, if it determines the minor unit: a bare «dinar» does not."""
    found: dict[str, Currency | None] = {}
    for line in sorted(_lines(locale), key=lambda line: not line.own):
        major = replace(line.currency.major, adjective="")
        currency = replace(line.currency, major=major)
        for form in line.forms:
            known = found.setdefault(form, currency)
            minor = (currency.minor, currency.digits)
            if (
                known
                and known is not currency
                and (known.minor, known.digits) != minor
                and not _own(locale, form)
            ):
                found[form] = None
    return {form: currency for form, currency in found.items() if currency}


def _own(locale: str, form: str) -> bool:
    return any(line.own and form in line.forms for line in _lines(locale))
