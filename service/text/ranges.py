"""From one number to another: «10-15 سنة», «بين 3 و5 أيام», «3 أو 4 أشخاص».

The noun stands after the second number, but the first must agree with it too. So this rule says the first
number only; the second is left for the rules of nouns, units and money, governed by the «إلى» before it.

>>> from service.text.tokens import apply, tokenise, written
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

from service.text.counted import SCALES, function_words
from service.text.figures import Number, number_at
from service.text.governors import case_at
from service.text.grammar import Case, Gender
from service.text.nouns import guess, known
from service.text.numerals import cardinal, decimal
from service.text.tokens import Kind, Replacement, Rule, Token

_DASHES = "-–—−"
_JOINTS = frozenset({"و", "أو", "إلى", "حتى"})


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After scores and years; before nouns, percentages, units and money."""
    return (("range", dashed), ("pair", paired))


def dashed(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A rising pair joined by a dash."""
    pair = _pair(tokens, at, lambda token: token.text in _DASHES)
    if pair is None:
        return None
    first, second, length, gender = pair
    if not _rises(first, second):
        return None
    before = tokens[at - 1].text if at else ""
    case = case_at(tokens, at)
    if before.endswith("بين"):
        return Replacement(length, f"{_say(first, gender, Case.GENITIVE)} و")
    opening = "" if case is Case.GENITIVE else "من "
    return Replacement(length, f"{opening}{_say(first, gender, Case.GENITIVE)} إلى")


def paired(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The first of two numbers that count one noun together."""
    pair = _pair(tokens, at, lambda token: token.text in _JOINTS)
    if pair is None or pair[3] is None:
        return None
    first, _, length, gender = pair
    return Replacement(length - 1, _say(first, gender, case_at(tokens, at)))


def _pair(
    tokens: Sequence[Token], at: int, joins: Callable[[Token], bool]
) -> tuple[Number, Number, int, Gender | None] | None:
    """Both numbers, the tokens up to the second, and the gender of the noun after it."""
    found = number_at(tokens, at)
    if found is None or at + found[1] + 1 >= len(tokens) or not joins(tokens[at + found[1]]):
        return None
    first, length = found
    second = number_at(tokens, at + length + 1)
    if second is None:
        return None
    return first, second[0], length + 1, _gender(tokens, at + length + 1 + second[1])


def _gender(tokens: Sequence[Token], at: int) -> Gender | None:
    if at >= len(tokens) or tokens[at].kind is not Kind.WORD or tokens[at].text in function_words():
        return None
    if tokens[at].text.startswith("ال"):
        return None
    options = known(tokens[at].text)
    if options and options[0][0].singular in SCALES:
        return Gender.MASCULINE
    noun = options[0][0] if options else guess(tokens[at].text)
    return noun.gender if noun else None


def _rises(first: Number, second: Number) -> bool:
    return (first.value, float("0." + (first.fraction or "0"))) < (
        second.value,
        float("0." + (second.fraction or "0")),
    )


def _say(number: Number, gender: Gender | None, case: Case) -> str:
    if number.fraction:
        return decimal(number.whole, number.fraction, case=case)
    return cardinal(number.value, gender=gender or Gender.MASCULINE, case=case)
