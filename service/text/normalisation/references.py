"""Numbers in brackets that refer to something: verses of the Koran, articles of a law.

After cleaning and before every rule that reads numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.rule_walker import starts_at
from service.text.core.tables import cues
from service.text.core.tokens import Kind, Replacement, Rule, Token

_LONGEST_VERSE = 80
"""Maximum tokens between the opening bracket of a Koranic quotation and a verse number."""
_BRACKETS = {"(": ")", "﴿": "﴾", "﴾": "﴿", "[": "]"}


def _bracketed_number(tokens: Sequence[Token], at: int) -> bool:
    run = tokens[at : at + 3]
    return len(run) == 3 and run[1].kind is Kind.NUMBER and _BRACKETS.get(run[0].text) == run[2].text


@starts_at(text=_BRACKETS.__contains__)
def _verse_number(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The number of a verse, ﴿١﴾ or, within a quotation, (1): dropped."""
    if not _bracketed_number(tokens, at):
        return None
    if tokens[at].text in "﴿﴾" or (tokens[at].text == "(" and _in_quotation(tokens, at)):
        return Replacement(3, "")
    return None


def _in_quotation(tokens: Sequence[Token], at: int) -> bool:
    for token in reversed(tokens[max(at - _LONGEST_VERSE, 0) : at]):
        if token.text in "﴿﴾":
            return token.text == "﴿"
    return False


@starts_at(text={"(", ")"}.__contains__)
def _numbered(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The brackets of «المادة (12)», which is read like «المادة 12»: dropped."""
    opening = at - 2 if tokens[at].text == ")" else at
    if opening < 1 or not _bracketed_number(tokens, opening):
        return None
    return Replacement(1, "") if tokens[opening - 1].text in cues("numbered") else None


@starts_at(text=":".__eq__)
def _chapter_and_verse(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The colon of [البقرة: 255]: الآية."""
    if at < 2 or at + 2 >= len(tokens):
        return None
    opening = tokens[at - 2].text if tokens[at - 2].text in {"[", "("} else tokens[max(at - 3, 0)].text
    koranic = opening == "[" or (
        opening == "(" and any(token.text == "﴾" for token in tokens[max(at - 6, 0) : at])
    )
    if koranic and tokens[at + 1].kind is Kind.NUMBER and tokens[at + 2].text in {"]", ")", "-", "–"}:
        return Replacement(1, "، الآية")
    return None


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After cleaning, before every rule that reads numbers."""
    return (
        ("verse number", _verse_number),
        ("number in brackets", _numbered),
        ("chapter and verse", _chapter_and_verse),
    )
