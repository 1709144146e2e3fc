"""One-letter words written before digits, joined to the number as it is said: «و20» is «وعشرون».

>>> from service.text.tokens import apply, tokenise, written
>>> from service.text.plain import bare
>>> written(apply("", join, apply("number", bare, list(tokenise("بـ 5 و20")))[0])[0])
'بخمسة وعشرين'
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.tokens import Kind, Replacement, Rule, Token

CLITICS = frozenset({"و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل"})
_TATWEEL = "ـ"


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After all rules that say numbers: they need the clitic to find the case."""
    return (("clitic", join),)


def join(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Join a clitic to the word that a rule has made of the digits after it."""
    clitic = tokens[at].text.rstrip(_TATWEEL)
    if clitic not in CLITICS or at + 1 >= len(tokens):
        return None
    after = tokens[at + 1]
    if after.kind is not Kind.WORD or not after.rule:
        return None
    if clitic.endswith("ل") and after.text.startswith("ال"):
        return Replacement(2, clitic + "ل" + after.text[2:])
    return Replacement(2, clitic + after.text)
