"""Money: $500, 3.5 مليون $, €12,50, 200 DH, MAD 500, 10 د.م., $3-5bn, 12,50 درهما.

After ``codes`` and the dates of the number rules; before ``units`` and ``abbreviations``, which would take
the letters of د.م. apart, and before counted nouns, which take whole numbers before a currency's name.
A code or a sign of letters is read with the currency's country, except the locale's own currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from service.text.core.figures import parse
from service.text.core.rule_walker import starts_at
from service.text.core.signs import Signs
from service.text.core.tokens import Kind, Replacement, Rule, Token, tokenise
from service.text.core.wordlists import function_words
from service.text.grammar.grammar import Case
from service.text.normalisation.currencies import Currency, names, signs
from service.text.normalisation.quantities import case_of, quantity_at

_NUMBER_SIGNS = frozenset("+-−")
_SCALED = {"KDH": 10**3, "MDH": 10**6, "MDHS": 10**6, "MMDH": 10**9, "MMDHS": 10**9}
"""Moroccan signs of thousands, millions and billions of dirhams."""
_DIRHAM = tuple(tokenise("DH"))


def _amount(locale: str) -> Rule:
    by_sign, by_name = signs(locale), names(locale)

    @starts_at(Kind.NUMBER)
    @starts_at(text=lambda text: text in _NUMBER_SIGNS or text in by_sign)
    def rule(tokens: Sequence[Token], at: int) -> Replacement | None:
        token = tokens[at]
        if token.kind is Kind.NUMBER or token.text in _NUMBER_SIGNS:
            return _sign_last(by_sign, tokens, at) or _named(by_name, tokens, at)
        return _sign_first(by_sign, tokens, at)

    return rule


def _sign_last(by_sign: Signs[Currency], tokens: Sequence[Token], at: int) -> Replacement | None:
    quantity = quantity_at(tokens, at, latin=True)
    if quantity is None or at + quantity.length == len(tokens):
        return None
    if (scaled := _SCALED.get(tokens[at + quantity.length].text)) and quantity.scale == 1:
        quantity = replace(quantity, scale=scaled)
        dirham = next(currency for currency, _ in by_sign.at(_DIRHAM, 0))
        return Replacement(quantity.length + 1, dirham.said(quantity, case_of(tokens, at)))
    for currency, length in by_sign.at(tokens, at + quantity.length):
        return Replacement(quantity.length + length, currency.said(quantity, case_of(tokens, at)))
    return None


def _sign_first(by_sign: Signs[Currency], tokens: Sequence[Token], at: int) -> Replacement | None:
    for currency, length in by_sign.at(tokens, at):
        start = at + length
        quantity = quantity_at(tokens, start, latin=True) if start < len(tokens) else None
        if quantity:
            return Replacement(length + quantity.length, currency.said(quantity, case_of(tokens, at)))
    return None


def _named(by_name: Mapping[str, Currency], tokens: Sequence[Token], at: int) -> Replacement | None:
    """Decimals before a currency's name: minor units. Whole numbers are for counted nouns.

    «2,500 دينار» are millimes where the currency at home has them.
    """
    quantity = quantity_at(tokens, at)
    if quantity is None or at + quantity.length == len(tokens):
        return None
    end = at + quantity.length
    written = parse(tokens[end - 1].text) if tokens[end - 1].kind is Kind.NUMBER else None
    currency = by_name.get(tokens[end].text)
    if written is None or currency is None or quantity.scale > 1 or _described(tokens, end + 1):
        return None
    millimes = currency.in_thousandths and written.ambiguous and "," in tokens[end - 1].text
    if not (written.fraction or millimes):
        return None
    return Replacement(quantity.length + 1, currency.said(quantity, case_of(tokens, at)))


def _described(tokens: Sequence[Token], at: int) -> bool:
    """Whether an adjective follows (دولارا أمريكيا), which must stay beside its noun."""
    if at == len(tokens) or tokens[at].text in function_words():
        return False
    return tokens[at].text.endswith(("ي", "يا", "ية"))


def _alone(locale: str) -> Rule:
    """A sign without digits: ملايين $, سعر الـ€."""
    by_sign = signs(locale)

    @starts_at(Kind.SYMBOL, text=by_sign.__contains__)
    def rule(tokens: Sequence[Token], at: int) -> Replacement | None:
        for currency, length in by_sign.at(tokens, at):
            return Replacement(length, currency.major.one(Case.NOMINATIVE))
        return None

    return rule


def rules(locale: str) -> tuple[tuple[str, Rule], ...]:
    """After codes and dates; before units, abbreviations and counted nouns."""
    return (("money", _amount(locale)), ("currency sign", _alone(locale)))
