"""Remaining punctuation: decides which dash, slash or bracket is heard as a pause.

The last rules of the chain, after prefixes are joined; ``pauses`` then attaches the audible marks to their
words. Quotation marks and Koranic brackets are not heard.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token

_DASHES = frozenset("-–—―−‐‑‒⸺")
_SLASHES = frozenset("/\\⁄")
_WORDS = frozenset({Kind.WORD, Kind.LATIN, Kind.NUMBER})


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


@starts_at(text=_DASHES.__contains__)
def _dash(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A dash between spaces is a pause; one that joins two words (الأورو-متوسطي) is dropped."""
    end = at + 1
    while end < len(tokens) and tokens[end].text in _DASHES and not tokens[end].spaced:
        end += 1
    inside = at > 0 and end < len(tokens) and not tokens[at].spaced and not tokens[end].spaced
    joint = inside and end == at + 1 and tokens[at - 1].kind in _WORDS and tokens[end].kind in _WORDS
    return Replacement(end - at, "" if joint else "،")


@starts_at(text={"و", *_SLASHES}.__contains__)
def _slash(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«و/أو» is «أو»; between other words a slash is a pause."""
    if tokens[at].text == "و" and [token.text for token in tokens[at + 1 : at + 3]] == ["/", "أو"]:
        return Replacement(3, "أو")
    return Replacement(1, "،") if tokens[at].text in _SLASHES else None


@starts_at(text={")", "]", "}"}.__contains__)
def _last_bracket(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A bracket that ends the sentence is dropped: the sentence's own end is heard."""
    return Replacement(1, "") if at + 1 == len(tokens) else None


@starts_at(text={"(", "["}.__contains__)
def _remark(tokens: Sequence[Token], at: int) -> Replacement | None:
    """(!), (؟), (...) and [...], which are only visual: dropped."""
    if _text(tokens, at + 2) not in {")", "]"}:
        return None
    return Replacement(3, "") if tokens[at + 1].text.strip("!؟?.…") == "" else None


@starts_at(Kind.WORD)
def _ending(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«المترشح(ة)»: the feminine form as a separate word, المترشح أو المترشحة."""
    if at + 3 >= len(tokens) or tokens[at + 1].spaced:
        return None
    if [token.text for token in tokens[at + 1 : at + 4]] != ["(", "ة", ")"]:
        return None
    word = tokens[at].text
    return Replacement(4, f"{word} أو {word}ة")


@starts_at(text={":", ";"}.__contains__)
def _emoticon(tokens: Sequence[Token], at: int) -> Replacement | None:
    """:) ;) :( as emoticons, not as a colon."""
    if at + 1 == len(tokens) or tokens[at + 1].spaced:
        return None
    dash = tokens[at + 1].text == "-" and at + 2 < len(tokens)
    mouth = at + 1 + dash
    words_follow = mouth + 1 < len(tokens) and tokens[mouth].text == "(" and not tokens[mouth + 1].spaced
    if tokens[mouth].text not in {")", "("} or words_follow or not tokens[at].spaced:
        return None
    return Replacement(mouth + 1 - at, "")


@starts_at(text={"`", "´", "′", "″", "ʼ", "ʿ", "ʾ", "＂"}.__contains__)
def _apostrophe(_tokens: Sequence[Token], _at: int) -> Replacement | None:
    """Quotation and letter marks that the tokeniser does not classify as punctuation: dropped."""
    return Replacement(1, "")


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """The last rules of all."""
    return (
        ("ending in brackets", _ending),
        ("remark in brackets", _remark),
        ("emoticon", _emoticon),
        ("last bracket", _last_bracket),
        ("slash", _slash),
        ("dash", _dash),
        ("quotation mark", _apostrophe),
    )
