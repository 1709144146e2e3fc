"""Ranges: «10-15 سنة», «بين 3 و5 أيام», «3 أو 4 أشخاص».

The noun follows the second number, but the first must agree with it too. So this rule verbalises only the
first number; the rules for nouns, units and money handle the second, governed by the «إلى» before it.

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text):
...     tokens = list(tokenise(text))
...     for name, rule in rules("ar-MA"):
...         tokens, _ = apply(name, rule, tokens)
...     return written(tokens)
>>> say("10-15 سنة"), say("بين 3 و5 أيام"), say("منذ 10–12 سنة")
('من عشر إلى15 سنة', 'بين ثلاثة و5 أيام', 'منذ عشر إلى12 سنة')
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from service.text.core.figures import Number, number_at
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.core.wordlists import function_words
from service.text.grammar.governors import case_at
from service.text.grammar.grammar import Case
from service.text.grammar.nouns import Noun, guess, known
from service.text.grammar.numerals import cardinal, decimal
from service.text.normalisation.counted import counted

_TWO, _FEW = 2, 10
_DASHES = "-–—−"
_JOINTS = frozenset({"و", "أو", "إلى", "حتى"})


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After scores and years; before nouns, percentages, units and money."""
    return (("range", dashed), ("pair", paired))


@starts_at(Kind.NUMBER)
def dashed(tokens: Sequence[Token], at: int) -> Replacement | None:
    """An ascending pair joined by a dash."""
    pair = _pair(tokens, at, lambda token: token.text in _DASHES)
    if pair is None:
        return None
    first, second, length, noun = pair
    if not _rises(first, second) or _in_longer_run(tokens, at, at + length):
        return None
    before = tokens[at - 1].text if at else ""
    case = case_at(tokens, at)
    if before.endswith("بين"):
        return Replacement(length, f"{_say(first, second, noun, Case.GENITIVE)} و")
    opening = "" if case is Case.GENITIVE else "من "
    return Replacement(length, f"{opening}{_say(first, second, noun, Case.GENITIVE)} إلى")


@starts_at(Kind.NUMBER)
def paired(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The first of two numbers that count one noun together."""
    pair = _pair(tokens, at, lambda token: token.text in _JOINTS)
    if pair is None or pair[3] is None:
        return None
    first, second, length, noun = pair
    return Replacement(length - 1, _say(first, second, noun, case_at(tokens, at)))


def _pair(
    tokens: Sequence[Token], at: int, joins: Callable[[Token], bool]
) -> tuple[Number, Number, int, Noun | None] | None:
    """Both numbers, the tokens up to the second, and the noun after it."""
    found = number_at(tokens, at)
    if found is None or at + found[1] + 1 >= len(tokens) or not joins(tokens[at + found[1]]):
        return None
    first, length = found
    second = number_at(tokens, at + length + 1)
    if second is None:
        return None
    return first, second[0], length + 1, _noun(tokens, at + length + 1 + second[1])


def _noun(tokens: Sequence[Token], at: int) -> Noun | None:
    if at >= len(tokens) or tokens[at].kind is not Kind.WORD or tokens[at].text in function_words():
        return None
    if tokens[at].text.startswith("ال"):
        return None
    options = known(tokens[at].text)
    return options[0][0] if options else guess(tokens[at].text)


def _in_longer_run(tokens: Sequence[Token], first: int, second: int) -> bool:
    """«212-6-12» is a code."""
    before = first > 1 and tokens[first - 1].text in _DASHES and tokens[first - 2].kind is Kind.NUMBER
    after = second + 2 < len(tokens) and tokens[second + 1].text in _DASHES
    return before or (after and tokens[second + 2].kind is Kind.NUMBER)


def _rises(first: Number, second: Number) -> bool:
    return (first.value, float("0." + (first.fraction or "0"))) < (
        second.value,
        float("0." + (second.fraction or "0")),
    )


def _say(number: Number, second: Number, noun: Noun | None, case: Case) -> str:
    """The first number, in the gender of the noun; with the noun itself before a dual: «يوم أو يومين»."""
    if noun is None:
        words = decimal(number.whole, number.fraction, case=case)
    elif noun.known and not number.fraction and number.value == _TWO and second.value <= _FEW:
        words = noun.two(case)
    elif second.value in (1, 2) and noun.known:
        whole = noun.one(case) if number.value == 1 else counted(number.value, noun, case=case)
        words = f"{_broken(number, noun, case)} {noun.singular}" if number.fraction else whole
    elif number.fraction:
        words = _broken(number, noun, case)
    else:
        words = cardinal(number.value, gender=noun.gender, case=case)
    return words


def _broken(number: Number, noun: Noun, case: Case) -> str:
    return decimal(number.whole, number.fraction, gender=noun.gender, case=case)
