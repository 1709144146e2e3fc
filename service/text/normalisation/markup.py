"""Leftovers of HTML and Markdown in pasted text: entities, tags, **bold**, [link](address), headings.

Right after ``clean`` and before all rules that verbalise signs. All of it is dropped, except entities that
stand for a letter, a currency or a spoken sign.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence

from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token

_TAG_NAME = re.compile(
    r"(?:a|abbr|b|blockquote|br|center|cite|code|div|em|figcaption|figure|font|h|hr|i|iframe|img|ins|li|mark"
    r"|ol|p|pre|q|s|script|small|span|strike|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul)",
    re.IGNORECASE,
)
_LONGEST_TAG = 60
_LONGEST_ENTITY = 5
_SAID = {
    "&": "و",
    "€": "يورو",
    "£": "جنيه",
    "$": "دولار",
    "°": "درجة",
    "×": "في",
    "÷": "على",
    "±": "زائد أو ناقص",
    "½": "نصف",
    "¼": "ربع",
    "©": "",
}
_PAUSES = dict.fromkeys("–—…", "،")


@starts_at(text="&".__eq__)
def _entity(tokens: Sequence[Token], at: int) -> Replacement | None:
    """&nbsp; &quot; &#39; and, escaped twice, &amp;nbsp;."""
    name = ""
    for length, token in enumerate(tokens[at + 1 : at + 1 + _LONGEST_ENTITY + 2], start=2):
        if token.spaced:
            return None
        if token.text == ";":
            if name != "amp" or not _more(tokens, at + length):
                return _unescaped(tokens, at, name, length)
            name = ""
            continue
        name += token.text
    return None


def _more(tokens: Sequence[Token], at: int) -> bool:
    """The tail of an entity that was escaped twice: ``nbsp;``."""
    return (
        at + 1 < len(tokens)
        and not tokens[at].spaced
        and tokens[at].kind is Kind.LATIN
        and tokens[at + 1].text == ";"
    )


def _unescaped(tokens: Sequence[Token], at: int, name: str, length: int) -> Replacement | None:
    after = tokens[at + length] if at + length < len(tokens) else None
    if name == "amp" and after is not None and after.kind is Kind.WORD:
        return Replacement(length + 1, "و" + after.text)
    sign = html.unescape(f"&{name};")
    if sign.startswith("&") and len(sign) > 1:
        return None
    arabic = sign if "ء" <= sign[:1] <= "ي" else ""
    if after is not None and after.kind is Kind.NUMBER and unicodedata.category(sign) == "Sc":
        return Replacement(length, sign)  # for the rules of money
    return Replacement(length, arabic or _SAID.get(sign) or _PAUSES.get(sign, ""))


@starts_at(text="<".__eq__)
def _tag(tokens: Sequence[Token], at: int) -> Replacement | None:
    """<br>, </p>, <a href="…">: from the opening bracket to the closing one."""
    name = at + 1
    if name < len(tokens) and tokens[name].text in {"/", "!"}:
        name += 1
    if name >= len(tokens) or tokens[name].spaced or not _TAG_NAME.fullmatch(tokens[name].text):
        return None
    for length, token in enumerate(tokens[at : at + _LONGEST_TAG], start=1):
        if token.text == ">":
            return Replacement(length, "")
    return None


@starts_at(text={"[", "]"}.__contains__)
def _link(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A Markdown link, [نص](https://…): only the words in the square brackets stay."""
    if tokens[at].text == "[":
        return Replacement(1, "") if _link_end(tokens, at) else None
    if not _goes_on(tokens, at):
        return None
    for length, token in enumerate(tokens[at : at + _LONGEST_TAG], start=1):
        if token.text == ")":
            return Replacement(length, "")
    return None


def _link_end(tokens: Sequence[Token], at: int) -> bool:
    for place in range(at + 1, min(at + _LONGEST_TAG, len(tokens))):
        if tokens[place].text == "]":
            return _goes_on(tokens, place)
    return False


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    """``](`` and an address."""
    run = tokens[at : at + 3]
    return [token.text for token in run[:2]] == ["]", "("] and run[-1].kind is Kind.ADDRESS


@starts_at(text={"*", "_", "`", "~"}.__contains__)
def _emphasis(tokens: Sequence[Token], at: int) -> Replacement | None:
    """**bold**, *italic*, __bold__, `code`, ~~gone~~; an asterisk between numbers stays as multiplication."""
    sign = tokens[at].text
    end = at + 1
    while end < len(tokens) and tokens[end].text == sign and not tokens[end].spaced:
        end += 1
    if end - at == 1 and _between(tokens, at, Kind.NUMBER):
        return None
    if end - at == 1 and sign == "_" and _between(tokens, at, Kind.WORD, Kind.LATIN, Kind.NUMBER):
        return None
    if end - at == 1 and sign == "~" and end < len(tokens) and tokens[end].kind is Kind.NUMBER:
        return None
    return Replacement(end - at, "")


def _between(tokens: Sequence[Token], at: int, *kinds: Kind) -> bool:
    return 0 < at < len(tokens) - 1 and tokens[at - 1].kind in kinds and tokens[at + 1].kind in kinds


@starts_at(text={"#", ">", "-", "=", "|"}.__contains__)
def _heading(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The signs before a Markdown heading or quotation, and the rule between paragraphs: ##, >, ---."""
    if at:
        return None
    end = 1
    while end < len(tokens) and tokens[end].text == tokens[at].text and not tokens[end].spaced:
        end += 1
    if end == len(tokens) or (tokens[end].spaced and tokens[end].kind is not Kind.NUMBER):
        return Replacement(end, "")
    return None


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After ``clean``, before every rule that verbalises a sign."""
    return (
        ("entity", _entity),
        ("tag", _tag),
        ("link address", _link),
        ("emphasis", _emphasis),
        ("heading", _heading),
    )
