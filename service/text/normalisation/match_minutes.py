"""Minutes of a match: «90+3'», «(45')», «د 90».

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text):
...     return written(apply("", match_minute, list(tokenise(text)))[0])
>>> say("90+3'"), say("في الدقيقة 90+3")
('الدقيقة التسعون زائد ثلاث', 'في الدقيقة التسعين زائد ثلاث')
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.figures import whole_at
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.governors import case_at
from service.text.grammar.grammar import Gender
from service.text.grammar.numerals import cardinal, ordinal
from service.text.normalisation.ordinals import noun_case

_STOPPAGE = frozenset({45, 90, 105, 120})
_PRIMES = frozenset("'’′")


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """Before ranks («الدقيقة 90»)."""
    return (("match minute", match_minute),)


@starts_at(Kind.NUMBER)
@starts_at(text="د".__eq__)
def match_minute(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«90+3'», «(45')», «د 90»: a minute of a match."""
    start, at = at, at + (tokens[at].text == "د") + (tokens[at].text == "د" and _text(tokens, at + 1) == ".")
    minute = whole_at(tokens, at)
    if minute is None or not 1 <= minute <= max(_STOPPAGE):
        return None
    before = tokens[start - 1].text if start else ""
    headed = before.endswith(("الدقيقة", "للدقيقة"))
    end, added = at + 1, None
    if minute in _STOPPAGE and _text(tokens, end) == "+":
        added = whole_at(tokens, end + 1)
        end += 2 if added else 0
    if _text(tokens, end) in _PRIMES and not tokens[end].spaced:
        end += 1
    elif not added and start == at:
        return None
    case = noun_case(tokens, start - 1) if headed else case_at(tokens, start)
    words = ordinal(minute, gender=Gender.FEMININE, case=case)
    if added:
        words += f" زائد {cardinal(added, gender=Gender.FEMININE)}"
    return Replacement(end - start, words if headed else "الدقيقة " + words)


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if at < len(tokens) else ""
