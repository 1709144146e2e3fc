"""Results and formations of matches: «2-1», «(2-2)», «4-3-3».

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text):
...     return written(apply("", score, list(tokenise(text)))[0])
>>> say("فاز الفريق 3-1"), say("تعادل الفريقان 2-2"), say("بخطة 4-3-3")
('فاز الفريق ثلاثة مقابل واحد', 'تعادل الفريقان اثنين لمثلهما', 'بخطة أربعة ثلاثة ثلاثة')
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.figures import run_at
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.core.wordlists import words
from service.text.grammar.grammar import Case
from service.text.grammar.nouns import known
from service.text.grammar.numerals import cardinal

_LARGEST = 20
_SETS = 2
_PLAYERS = 10
_AROUND = 60
"""Number of words before and after in which a mention of a match is searched."""
_EQUAL = {0: "صفر لمثله", 1: "واحد لمثله", 2: "اثنين لمثلهما"}


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """Before ranges: only the context distinguishes a score from a range."""
    return (("score", score),)


@starts_at(Kind.NUMBER)
def score(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A score, as accusative of state or after «بنتيجة»; a formation as its numbers."""
    parts, length = run_at(tokens, at, "-–−", spaced=True)
    numbers = [int(part) for part in parts if len(part) <= _SETS]
    if len(numbers) < _SETS or len(numbers) != len(parts):
        return None
    if len(numbers) > _SETS:
        plays = sum(numbers) == _PLAYERS
        return Replacement(length, " ".join(map(cardinal, numbers))) if plays else None
    told = _in_match(tokens, at) or _LARGEST >= numbers[0] >= numbers[1]
    return Replacement(length, _result(*numbers)) if told and not _counts(tokens, at + length) else None


def _result(home: int, away: int) -> str:
    if home == away:
        return _EQUAL.get(home) or f"{cardinal(home)} لمثلها"
    return f"{cardinal(home, case=Case.GENITIVE)} مقابل {cardinal(away, case=Case.GENITIVE)}"


def _in_match(tokens: Sequence[Token], at: int) -> bool:
    """Whether the surrounding words mention a match."""
    return any(
        token.text in words("normalisation/match_words")
        for token in tokens[max(at - _AROUND, 0) : at + _AROUND]
    )


def _counts(tokens: Sequence[Token], at: int) -> bool:
    """Whether the numbers count a noun: «2-3 أيام» is a range."""
    if at >= len(tokens):
        return False
    return tokens[at].text in "%٪‰" or (tokens[at].kind is Kind.WORD and bool(known(tokens[at].text)))
