"""A plus beside an amount: «100+ دولة», «$10+ مليون», «+10 ملايين دولار» are more than it; «18+» is «فأكثر».

The amount is read as if «أكثر من» stood before it instead of the plus, and so in the genitive.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.figures import number_at, whole_at
from service.text.core.rule_walker import starts_at
from service.text.core.tables import mapping
from service.text.core.tokens import Kind, Replacement, Rule, Token, tokenise
from service.text.grammar.governors import case_at
from service.text.grammar.grammar import Case
from service.text.grammar.nouns import known
from service.text.grammar.numerals import LIMIT, cardinal
from service.text.normalisation import counted, money, percent, units
from service.text.normalisation.currencies import signs

_PLUS = "+"
_LEAD = tuple(tokenise("أكثر من"))
_WINDOW, _REACH = 24, 6
"""Tokens before an amount that its case may depend on, and tokens of an amount."""
_AFTER = 16
_COMPARED = ("أكثر", "أزيد", "يزيد", "تزيد", "أعلى", "أكبر")
_EXCEEDS = frozenset(
    {"يفوق", "تفوق", "فاق", "فاقت", "يتجاوز", "تتجاوز", "تجاوز", "تجاوزت", "يتخطى", "تتخطى", "فوق"}
)
"""What says «more than» already, alone or before a preposition."""
_CHANGES = frozenset(
    {"زيادة", "ارتفاع", "فارق", "هامش", "تغير", "رصيد", "قدره", "قدرها", "مقداره", "مقدارها"}
)
"""Before a plus that says no more than the direction of a change."""
_POINTS = frozenset({"نقطة", "درجة", "هدف", "ساعة"})
"""«+5 نقاط», «+3 ساعات»: differences."""
_HUNDRED = 100
"""From here on a bare number is no age."""


def rules(locale: str) -> tuple[tuple[str, Rule], ...]:
    """Before ``codes`` and all number rules, which take the plus for a sign."""
    return (("more than", _more_than(locale)), ("or more", _or_more))


def _more_than(locale: str) -> Rule:
    currencies = signs(locale)
    of = dict((*money.rules(locale), *percent.rules(locale), *units.rules(locale)))
    counts = (of["money"], of["shorthand"], _counting)
    measures = (*counts, of["percentage"], of["unit"])

    @starts_at(Kind.NUMBER)
    @starts_at(text=lambda text: text == _PLUS or text in currencies)
    def rule(tokens: Sequence[Token], at: int) -> Replacement | None:
        if tokens[at].text == _PLUS:
            if not _is_leading(tokens, at):
                return None
            return _without(tokens, at, at, counts)
        plus = _trailing(tokens, at)
        return _without(tokens, at, plus, measures) if plus else None

    return rule


def _trailing(tokens: Sequence[Token], at: int) -> int | None:
    """The plus that ends or is within an amount: it touches what is before it, and no number after it."""
    for place in range(at + 1, min(at + _REACH, len(tokens))):
        token = tokens[place]
        if token.text == _PLUS:
            number = place + 1 < len(tokens) and tokens[place + 1].kind is Kind.NUMBER
            return None if token.spaced or number else place
    return None


def _is_leading(tokens: Sequence[Token], at: int) -> bool:
    """Whether a plus before a number says «more than»: «+10 ملايين», «+500 شخص», not «بفارق +5 نقاط»."""
    start = at + 1
    if start < len(tokens) and tokens[start].kind is Kind.SYMBOL:
        start += 1
    if (at and not tokens[at].spaced and tokens[at - 1].kind is not Kind.PUNCTUATION) or start >= len(tokens):
        return False
    if tokens[at + 1].spaced or (found := number_at(tokens, start)) is None:
        return False
    before = {token.text.lstrip("وبل") for token in tokens[max(at - 3, 0) : at]}
    if before & _CHANGES or start + found[1] >= len(tokens):
        return False
    word = tokens[start + found[1]].text
    if word in mapping("normalisation/scales.tsv"):
        return True
    return start == at + 1 and any(what.singular not in _POINTS for what, _ in known(word))


def _without(tokens: Sequence[Token], at: int, plus: int, readers: Sequence[Rule]) -> Replacement | None:
    """The amount read without its plus, after «أكثر من», which is not said twice."""
    said = _is_said(tokens, at)
    before = [*tokens[max(at - _WINDOW, 0) : at], *(() if said else _LEAD)]
    amount = [*tokens[at:plus], *tokens[plus + 1 : at + _AFTER]]
    for reader in readers:
        answer = reader([*before, *amount], len(before))
        if answer and answer.length >= max(plus - at, 1):
            return Replacement(answer.length + 1, answer.words if said else f"أكثر من {answer.words}")
    return None


def _is_said(tokens: Sequence[Token], at: int) -> bool:
    if not at:
        return False
    if tokens[at - 1].text in _EXCEEDS:
        return True
    return at > 1 and tokens[at - 1].text in ("من", "على", "عن") and tokens[at - 2].text.endswith(_COMPARED)


@starts_at(Kind.NUMBER)
def _counting(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A number before a noun that is known, so that «12+ فقط» counts nothing."""
    found = number_at(tokens, at)
    if found is None or (tokens[at].text.startswith("0") and not found[0].fraction):
        return None
    after = at + found[1]
    return counted.count(tokens, at) if after < len(tokens) and known(tokens[after].text) else None


@starts_at(Kind.NUMBER)
def _or_more(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«18+» is «فأكثر», «1000+» is «أكثر من ألف»: a number that counts nothing."""
    n = whole_at(tokens, at)
    plus = at + 1
    if n is None or n > LIMIT or plus >= len(tokens) or tokens[plus].text != _PLUS or tokens[plus].spaced:
        return None
    after = tokens[plus + 1] if plus + 1 < len(tokens) else None
    if after and not (after.spaced or after.kind is Kind.PUNCTUATION):
        return None
    said = _is_said(tokens, at)
    if said or n >= _HUNDRED:
        return Replacement(2, "أكثر من " * (not said) + cardinal(n, case=Case.GENITIVE))
    return Replacement(2, f"{cardinal(n, case=case_at(tokens, at))} فأكثر")
