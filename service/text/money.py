"""Money: $500, 3.5 مليون $, €12,50, 200 DH, MAD 500, 10 د.م., ‎$3-5bn, 12,50 درهما.

After ``codes`` and the dates of the number rules; before ``units`` and ``abbreviations``, which would take
the letters of د.م. apart, and before counted nouns, which take whole numbers before a currency's name.
The currencies are lines of ``currencies.tsv``. A code or a sign of letters says whose dirham it is, unless
it is that of the setting's own country.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from service.text.figures import parse
from service.text.grammar import Case, Gender
from service.text.measures import Measure, counted
from service.text.quantities import Quantity, case_of, quantity_at
from service.text.signs import Signs
from service.text.tables import rows
from service.text.tokens import Kind, Replacement, Rule, Token, tokenise
from service.text.wordlists import function_words

_FILS = 3
"""No minor unit has more digits that is said in everyday speech."""
_NUMBER_SIGNS = frozenset("+-−")
_SCALED = {"KDH": 10**3, "MDH": 10**6, "MDHS": 10**6, "MMDH": 10**9, "MMDHS": 10**9}
"""Moroccan signs of thousands, millions and milliards of dirhams."""
_DIRHAM = tuple(tokenise("DH"))
_LONG = 100_000
_GENDERS = {"m": Gender.MASCULINE, "f": Gender.FEMININE}
_NAMES = {("ar-MA", "EUR"): "أورو"}
_SPELLINGS = {"EUR": ("أورو", "اورو")}


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency and its minor unit."""

    major: Measure
    minor: Measure
    digits: int
    """Decimal digits that the minor unit takes."""

    def said(self, quantity: Quantity, case: Case) -> str:
        """An amount; decimals as minor units where they are no more than these."""
        if self.digits == _FILS and quantity.number.value < _LONG:
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
    """A line of the table, as a locale says it."""

    signs: tuple[str, ...]
    forms: tuple[str, ...]
    """Of its name, as a text may have them."""
    currency: Currency
    own: bool
    """The locale's own."""


@cache
def _lines(locale: str) -> tuple[_Line, ...]:
    lines = []
    for code, written, name, plural, gender, adjective, homes, *minor in rows("currencies.tsv"):
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
def _signs(locale: str) -> Signs[Currency]:
    return Signs((sign, line.currency) for line in _lines(locale) for sign in line.signs)


@cache
def _names(locale: str) -> dict[str, Currency]:
    """Currencies by a form of their name, where it tells the minor unit: whose dinar it is, none can say."""
    names: dict[str, Currency | None] = {}
    for line in sorted(_lines(locale), key=lambda line: not line.own):
        major = replace(line.currency.major, adjective="")
        currency = replace(line.currency, major=major)
        for form in line.forms:
            known = names.setdefault(form, currency)
            minor = (currency.minor, currency.digits)
            if (
                known
                and known is not currency
                and (known.minor, known.digits) != minor
                and not _own(locale, form)
            ):
                names[form] = None
    return {form: currency for form, currency in names.items() if currency}


def _own(locale: str, form: str) -> bool:
    return any(line.own and form in line.forms for line in _lines(locale))


def _amount(locale: str) -> Rule:
    signs, names = _signs(locale), _names(locale)

    def rule(tokens: Sequence[Token], at: int) -> Replacement | None:
        token = tokens[at]
        if token.kind is Kind.NUMBER or token.text in _NUMBER_SIGNS:
            return _sign_last(signs, tokens, at) or _named(names, tokens, at)
        return _sign_first(signs, tokens, at) if token.text in signs else None

    return rule


def _sign_last(signs: Signs[Currency], tokens: Sequence[Token], at: int) -> Replacement | None:
    quantity = quantity_at(tokens, at, latin=True)
    if quantity is None or at + quantity.length == len(tokens):
        return None
    if (scaled := _SCALED.get(tokens[at + quantity.length].text)) and quantity.scale == 1:
        quantity = replace(quantity, scale=scaled)
        dirham = next(currency for currency, _ in signs.at(_DIRHAM, 0))
        return Replacement(quantity.length + 1, dirham.said(quantity, case_of(tokens, at)))
    for currency, length in signs.at(tokens, at + quantity.length):
        return Replacement(quantity.length + length, currency.said(quantity, case_of(tokens, at)))
    return None


def _sign_first(signs: Signs[Currency], tokens: Sequence[Token], at: int) -> Replacement | None:
    for currency, length in signs.at(tokens, at):
        start = at + length
        quantity = quantity_at(tokens, start, latin=True) if start < len(tokens) else None
        if quantity:
            return Replacement(length + quantity.length, currency.said(quantity, case_of(tokens, at)))
    return None


def _named(names: Mapping[str, Currency], tokens: Sequence[Token], at: int) -> Replacement | None:
    """Decimals before a currency's name: minor units. Whole numbers are for counted nouns."""
    quantity = quantity_at(tokens, at)
    if quantity is None or at + quantity.length == len(tokens):
        return None
    end = at + quantity.length
    written = parse(tokens[end - 1].text) if tokens[end - 1].kind is Kind.NUMBER else None
    if written is None or not written.fraction:
        return None
    currency = names.get(tokens[end].text)
    if currency is None or quantity.scale > 1 or _described(tokens, end + 1):
        return None
    return Replacement(quantity.length + 1, currency.said(quantity, case_of(tokens, at)))


def _described(tokens: Sequence[Token], at: int) -> bool:
    """An adjective follows (دولارا أمريكيا), which must stay beside its noun."""
    if at == len(tokens) or tokens[at].text in function_words():
        return False
    return tokens[at].text.endswith(("ي", "يا", "ية"))


def _alone(locale: str) -> Rule:
    """A sign without digits: ملايين $, سعر الـ€."""
    signs = _signs(locale)

    def rule(tokens: Sequence[Token], at: int) -> Replacement | None:
        if tokens[at].kind is not Kind.SYMBOL or tokens[at].text not in signs:
            return None
        for currency, length in signs.at(tokens, at):
            return Replacement(length, currency.major.one(Case.NOMINATIVE))
        return None

    return rule


def rules(locale: str) -> tuple[tuple[str, Rule], ...]:
    """After codes and dates; before units, abbreviations and counted nouns."""
    return (("money", _amount(locale)), ("currency sign", _alone(locale)))
