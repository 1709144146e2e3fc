"""Durations with unit signs: «1 س و30 د», and lap times, «3:26.73».

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text):
...     tokens = list(tokenise(text))
...     for name, rule in rules("ar-MA"):
...         tokens, _ = apply(name, rule, tokens)
...     return written(tokens)
>>> say("في 1 س و30 د")
'في ساعة وثلاثين دقيقة'
>>> say("قدره 3:26.73 دقائق")
'قدره ثلاث دقائق وست وعشرون ثانية وثلاثة وسبعون جزءا من المئة'
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.text.core.figures import whole_at
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.governors import case_at
from service.text.grammar.nouns import known
from service.text.normalisation.counted import counted
from service.text.normalisation.times import duration

_SIGNS = {(hour, "و", minute) for hour in ("س", "سا") for minute in ("د", "دق")}
_SECONDS = re.compile(r"([0-5]\d)[.,](\d\d)")
_MINUTES = frozenset({"دقيقة", "دقائق", "د"})
_MOST = 59


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """Before times of day, which have the colon too."""
    return (("signed duration", _signed), ("h and min", _international), ("lap time", _lap))


@starts_at(Kind.NUMBER)
def _signed(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«1 س و30 د»: hours and minutes, each with its sign."""
    hours, minutes = whole_at(tokens, at), whole_at(tokens, at + 3)
    if hours is None or minutes is None or at + 4 >= len(tokens):
        return None
    if tuple(tokens[at + step].text for step in (1, 2, 4)) not in _SIGNS:
        return None
    return Replacement(5, duration((hours, minutes), case_at(tokens, at)))


@starts_at(Kind.NUMBER)
def _international(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«1h 30min»: a sign after the minutes, apart from the hours, makes it a duration."""
    hours, minutes = whole_at(tokens, at), whole_at(tokens, at + 2)
    if hours is None or minutes is None or minutes > _MOST or at + 3 >= len(tokens):
        return None
    if tokens[at + 1].text not in {"h", "H", "hr"} or tokens[at + 3].text not in {"min", "mn", "m"}:
        return None
    if not tokens[at + 2].spaced and tokens[at + 3].text != "min":
        return None
    return Replacement(4, duration((hours, minutes), case_at(tokens, at)))


@starts_at(Kind.NUMBER)
def _lap(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«3:26.73»: minutes, seconds and hundredths."""
    minutes = whole_at(tokens, at)
    if minutes is None or minutes > _MOST or at + 2 >= len(tokens) or tokens[at + 1].text != ":":
        return None
    found = _SECONDS.fullmatch(tokens[at + 2].text)
    if found is None or tokens[at + 2].kind is not Kind.NUMBER or tokens[at + 2].spaced:
        return None
    case = case_at(tokens, at)
    words = duration((0, minutes, int(found[1])), case)
    if hundredths := int(found[2]):
        words += f" و{counted(hundredths, known('جزء')[0][0], case=case)} من المئة"
    named = at + 3 < len(tokens) and tokens[at + 3].text in _MINUTES
    return Replacement(3 + named, words)
