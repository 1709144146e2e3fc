"""Numbers below zero.

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text):
...     return written(apply("", negative, list(tokenise(text)))[0])
>>> say("إلى -5 درجات"), say("-12"), say("كوفيد-19")
('إلى خمس درجات تحت الصفر', 'ناقص12', 'كوفيد-19')
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.figures import number_at
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.governors import case_at
from service.text.grammar.nouns import known
from service.text.normalisation.counted import counted

_SIGNS = "-−–"
_OPENING = frozenset('([«"“')
_TWO = 2
_BELOW = ("تحت", "الصفر")


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After ranges and scores, which also use the dash; before nouns."""
    return (("negative", negative),)


@starts_at(text=_SIGNS.__contains__)
def negative(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A minus sign right before a number and after a space: degrees below zero, else «ناقص»."""
    if at + 1 >= len(tokens) or tokens[at + 1].spaced:
        return None
    if at and not (tokens[at].spaced or tokens[at - 1].text in _OPENING):
        return None
    found = number_at(tokens, at + 1)
    if found is None or (at and tokens[at - 1].kind is Kind.NUMBER):
        return None
    number, length = found
    after = at + 1 + length
    options = known(tokens[after].text) if after < len(tokens) else ()
    if options and options[0][0].singular == "درجة" and not number.fraction:
        words = counted(number.value, options[0][0], case=case_at(tokens, at))
        if after + 1 < len(tokens) and tokens[after + 1].text == "مئوية":
            after += 1
            words += " مئوية" if number.value != _TWO else " مئويتان" if words.endswith("ان") else " مئويتين"
        if tuple(token.text for token in tokens[after + 1 : after + 3]) != _BELOW:
            words += " " + " ".join(_BELOW)
        return Replacement(after + 1 - at, words)
    return Replacement(1, "ناقص")
