"""List marks (1ـ, 2), أ), •) and footnote marks ([1], ¹).

After ``addresses``, before ``symbols`` and all number rules.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.rule_walker import starts_at
from service.text.core.tables import cues, mapping
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.numerals import cardinal

_ADVERBS = ("", "أولا", "ثانيا", "ثالثا", "رابعا", "خامسا", "سادسا", "سابعا", "ثامنا", "تاسعا", "عاشرا")
_LIST_MARKS = frozenset({"ـ", "-", "–", ")", ".", "/"})
_LETTER_MARKS = frozenset({"-", "–", ")"})
_DASHES = frozenset("-–")
_BULLETS = frozenset("•●○◦‣▪▫■□◆◇►▶➤✓✔✅·∙*")
_CONJUNCTIONS = frozenset("وف")
_FOOTNOTE = 3
_WITHIN_BRACKETS = 12
"""Tokens before a bracket among which its opening one is looked for."""
_BASE = 2
"""Maximum digits of a number that is raised to a power: after longer ones, a figure is a footnote's."""
_SUPERSCRIPTS = tuple("⁰¹²³⁴⁵⁶⁷⁸⁹")
_RAISED_SIGNS = {"⁻": "ناقص ", "⁺": ""}


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def _is_number(tokens: Sequence[Token], at: int) -> bool:
    return 0 <= at < len(tokens) and tokens[at].kind is Kind.NUMBER


@starts_at(Kind.NUMBER, Kind.PUNCTUATION)
def _list_number(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«1ـ», «2)», «(3)» at the start of a line: أولا, ثانيا, ثالثا; beyond ten the number is unchanged."""
    if at:
        return None
    bracket = tokens[0].text == "("
    number = tokens[bracket] if bracket < len(tokens) else tokens[0]
    end = bracket + 2
    if number.kind is not Kind.NUMBER or not number.text.isdecimal() or len(tokens) <= end:
        return None
    mark = tokens[end - 1]
    wanted = {")"} if bracket else _LIST_MARKS
    apart = mark.spaced and not (mark.text in _DASHES and tokens[end].kind is Kind.WORD)
    if mark.text not in wanted or apart or not 0 < int(number.text) < len(_ADVERBS):
        return None
    if mark.text in {"-", "–", ".", "/"} and not tokens[end].spaced:
        return None
    return Replacement(end, f"{_ADVERBS[int(number.text)]} ،")


@starts_at(text=lambda text: text.rstrip("ـ") in mapping("core/letters.tsv"))
def _list_letter(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«أ)», «ب-» at the start of a line, and «أ)» within one: the letter's name."""
    if at:
        return _inner_letter(tokens, at)
    if len(tokens) < 2:
        return None
    stretched = tokens[0].text.endswith("ـ") and tokens[0].text != "هـ"
    name = mapping("core/letters.tsv")[tokens[0].text.rstrip("ـ")]
    if stretched and tokens[1].spaced and tokens[0].text[0] not in "بلكفو":
        return Replacement(1, f"{name} ،")
    apart = tokens[1].spaced and (tokens[1].text not in _DASHES or tokens[0].text in _CONJUNCTIONS)
    if tokens[1].text in _LETTER_MARKS and not apart and len(tokens) > 2 and tokens[2].spaced:
        return Replacement(2, f"{name} ،")
    return None


def _inner_letter(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«يشمل: أ) التعليم، ب) الصحة»; the bracket closes none that was opened."""
    after = tokens[at + 1 : at + 3]
    if len(after) < 2 or after[0].text != ")" or after[0].spaced or not after[1].spaced:
        return None
    if tokens[at].text.endswith("ـ") or not (tokens[at].spaced or tokens[at - 1].kind is Kind.PUNCTUATION):
        return None
    if any(token.text == "(" for token in tokens[max(0, at - _WITHIN_BRACKETS) : at]):
        return None
    return Replacement(2, f"{mapping('core/letters.tsv')[tokens[at].text]} ،")


@starts_at(text=_BULLETS.__contains__)
def _bullet(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Dropped at the start of a line, a pause elsewhere."""
    if tokens[at].text == "*" and at:
        return None
    return Replacement(1, "،" if at else "")


@starts_at(text={"[", *_SUPERSCRIPTS, *_RAISED_SIGNS}.__contains__)
def _footnote(tokens: Sequence[Token], at: int) -> Replacement | None:
    """[1], [12, 13] and ¹ after a word: dropped. A year in brackets stays."""
    if tokens[at].text in _RAISED_SIGNS or tokens[at].text in _SUPERSCRIPTS:
        return _superscript(tokens, at)
    if not _is_number(tokens, at + 1):
        return None
    end = at + 1
    while end < len(tokens) and (tokens[end].text in {",", "،", "-", "–"} or _short_number(tokens[end])):
        end += 1
    return Replacement(end + 1 - at, "") if _text(tokens, end) == "]" else None


def _short_number(token: Token) -> bool:
    return token.kind is Kind.NUMBER and len(token.text) <= _FOOTNOTE


def _superscript(tokens: Sequence[Token], at: int) -> Replacement | None:
    sign = _RAISED_SIGNS.get(tokens[at].text)
    start = at + (sign is not None)
    end = start
    while (
        end < len(tokens) and tokens[end].text in _SUPERSCRIPTS and (end == start or not tokens[end].spaced)
    ):
        end += 1
    before = tokens[at - 1] if at and not tokens[at].spaced else None
    if end == start:
        return None  # an ion: Na⁺
    power = end == at + 1 and tokens[at].text in "²³"
    scientific = at > 1 and tokens[at - 2].text in {"×", "x", "*", "في", "ضرب"}
    raised = before is not None and (_is_base(before) or sign is not None)
    if raised and (scientific or not power):
        return Replacement(end - at, f"أس {sign or ''}{_exponent(tokens[start:end])}")
    if power and before is not None and (before.kind is not Kind.WORD or before.text in cues("squared")):
        return None  # a unit, or a power: see ``units`` and ``symbols``
    return Replacement(end - at, "")


def _exponent(superscripts: Sequence[Token]) -> str:
    """The 8 of 10⁸, عشرة أس ثمانية."""
    return cardinal(int("".join(str(_SUPERSCRIPTS.index(token.text)) for token in superscripts[:_FOOTNOTE])))


def _is_base(token: Token) -> bool:
    """«x⁴», «2⁵», «10⁶»: a single Latin letter or a short number, whose figure is no footnote."""
    return (len(token.text) == 1 and token.kind is Kind.LATIN) or (
        token.kind is Kind.NUMBER and len(token.text) <= _BASE
    )


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After ``addresses``, before ``symbols`` and all number rules."""
    return (
        ("list number", _list_number),
        ("list letter", _list_letter),
        ("bullet", _bullet),
        ("footnote mark", _footnote),
    )
