"""Web addresses, e-mail addresses, hashtags and handles.

After ``markup``, before every rule that verbalises signs. A web address is dropped, or read as «رابط» if so
configured; a spelt-out tracking address helps no listener. A hashtag is read as its words, a handle as its
name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.numerals import digits

Speaker = Callable[[str], str]
_PART = re.compile(r"[A-Za-z]+|[0-9]+|[@._+-]")
_AT = {"@": "آت", ".": "نقطة", "-": "شرطة", "_": "شرطة سفلية", "+": "زائد"}
_PREPOSITIONS = frozenset({"على", "عبر", "في", "من", "إلى", "عن"})
_NAMES = frozenset({Kind.WORD, Kind.LATIN, Kind.NUMBER})


def _is_link(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].kind is Kind.ADDRESS and "@" not in tokens[at].text


@starts_at(Kind.ADDRESS)
@starts_at(Kind.WORD, text={"أو", "و"}.__contains__)
def _dropped_link(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Dropped, with the conjunction before it; after a preposition, which must not hang, «الرابط»."""
    if tokens[at].text in {"أو", "و"} and _is_link(tokens, at + 1):
        return Replacement(2, "")
    if not _is_link(tokens, at):
        return None
    return Replacement(1, "الرابط" if at and tokens[at - 1].text in _PREPOSITIONS else "")


@starts_at(Kind.ADDRESS, text=lambda text: "@" not in text)
def _said_link(tokens: Sequence[Token], at: int) -> Replacement | None:
    said_already = at and tokens[at - 1].text.endswith(("رابط", "الرابط", "الموقع", "موقع"))
    return Replacement(1, "" if said_already else "رابط")


def _email(latin: Speaker | None) -> Rule:
    """info@example.ma, in its parts: إنفو آت إكزامبل نقطة ما; dropped if Latin cannot be spoken."""

    @starts_at(Kind.ADDRESS, text=lambda text: "@" in text)
    def rule(tokens: Sequence[Token], at: int) -> Replacement | None:
        if latin is None:
            return Replacement(1, "")
        parts = _PART.findall(tokens[at].text)
        return Replacement(1, " ".join(_AT.get(part) or _part(part, latin) for part in parts))

    return rule


def _part(part: str, latin: Speaker) -> str:
    return digits(part) if part.isdecimal() else latin(part)


@starts_at(text=".".__eq__)
def _arabic_domain(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The dot of «الجزيرة.نت», a site name with its domain in Arabic letters: dropped."""
    if not 0 < at < len(tokens) - 1 or tokens[at].spaced or tokens[at + 1].spaced:
        return None
    named = tokens[at - 1].kind is Kind.WORD and tokens[at + 1].text in {"نت", "كوم", "أورغ", "دوت"}
    return Replacement(1, "") if named else None


@starts_at(text={"#", "＃"}.__contains__)
def _hashtag(tokens: Sequence[Token], at: int) -> Replacement | None:
    """# before a word is not spoken; before a number it is «رقم»."""
    if at + 1 == len(tokens) or tokens[at + 1].spaced:
        return None
    after = tokens[at + 1].kind
    if after is Kind.NUMBER and not _underscored(tokens, at + 2):
        said = at > 0 and tokens[at - 1].text.endswith("رقم")
        return Replacement(1, "" if said else "رقم")
    return Replacement(1, "") if after in _NAMES else None


@starts_at(text={"@", "＠"}.__contains__)
def _handle(tokens: Sequence[Token], at: int) -> Replacement | None:
    """@ before a name is not spoken."""
    if at + 1 == len(tokens) or tokens[at + 1].spaced:
        return None
    return Replacement(1, "") if tokens[at + 1].kind in _NAMES or _underscored(tokens, at + 1) else None


def _underscored(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].text == "_" and not tokens[at].spaced


@starts_at(text="_".__eq__)
def _underscore(_tokens: Sequence[Token], _at: int) -> Replacement | None:
    """The underscores of a hashtag or a handle."""
    return Replacement(1, "")


def rules(
    _locale: str,
    *,
    say_links: bool = False,
    latin: Speaker | None = None,
) -> tuple[tuple[str, Rule], ...]:
    """After markup, before signs.

    Args:
        _locale: not used here.
        say_links: say «رابط» for a web address instead of dropping it.
        latin: transliterates a Latin word, for e-mail addresses; without it they are dropped.
    """
    return (
        ("e-mail", _email(latin)),
        ("link", _said_link if say_links else _dropped_link),
        ("site", _arabic_domain),
        ("hashtag", _hashtag),
        ("handle", _handle),
        ("underscore", _underscore),
    )
