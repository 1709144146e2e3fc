"""Single letters that are read by name: initials of a withheld name (م. ع), classes (الفئة أ), vitamins.

After ``abbreviations``, which handles letters that stand for words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.text.core.rule_walker import starts_at
from service.text.core.tables import cues, mapping
from service.text.core.tokens import Kind, Replacement, Rule, Token

_ENUMERATED = cues("enumerated")
_LONGEST = 12
_JOINED = 2
"""Length of و with an initial."""
_OPENING = frozenset('(«"“')
_CLOSING = frozenset(')»"”')
_NAMES = mapping("core/letters.tsv")


@starts_at(text=lambda text: text in _NAMES or len(text) == _JOINED)
def _initials(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Initials of a name that is withheld, م.ع or «م. ع»: letter by letter."""
    if tokens[at].text not in _NAMES:
        return _conjoined(tokens, at)
    names: list[str] = []
    end = at
    while end < len(tokens) and tokens[end].text in _NAMES and not _is_clitic(tokens, end, last=bool(names)):
        names.append(_NAMES[tokens[end].text])
        end += 1
        if end == len(tokens) or tokens[end].text != ".":
            break
        end += 1
    if len(names) < 2:
        return None
    if end == len(tokens) and tokens[-1].text == ".":
        end -= 1  # the full stop of the sentence
    return Replacement(end - at, " ".join(names))


def _conjoined(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«وم. ع.»: the conjunction on the first of them."""
    text = tokens[at].text
    if text[0] != "و" or text[1] not in _NAMES:
        return None
    if at + 1 == len(tokens) or tokens[at + 1].text != ".":
        return None
    bare = [replace(tokens[at], text=text[1]), *tokens[at + 1 : at + _LONGEST]]
    answer = _initials(bare, 0)
    return Replacement(answer.length, "و" + answer.words) if answer else None


def _is_clitic(tokens: Sequence[Token], at: int, *, last: bool) -> bool:
    """Whether a letter that touches the next token is a prefix: و500, ل"داعش".

    Before an opening quote the last letter of a run is not.
    """
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or after.spaced:
        return False
    return after.kind is not Kind.PUNCTUATION or (after.text in _OPENING and not last)


@starts_at(text=_NAMES.__contains__)
def _letter(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The name of a letter that numbers something: الفئة أ, فيتامين د."""
    if not at or tokens[at - 1].text not in _ENUMERATED:
        return None
    following = at + 1 < len(tokens) and tokens[at + 1]
    if following and not following.spaced and following.kind in {Kind.WORD, Kind.NUMBER, Kind.LATIN}:
        return None
    return Replacement(1, _NAMES[tokens[at].text])


@starts_at(text=_NAMES.__contains__)
def _bracketed(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A lone letter in brackets or quotes, for a name that is withheld: المدعو (س)."""
    if not 0 < at < len(tokens) - 1:
        return None
    if tokens[at - 1].text not in _OPENING or tokens[at + 1].text not in _CLOSING:
        return None
    return Replacement(1, _NAMES[tokens[at].text])


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After ``abbreviations``, before the plain number rules."""
    return (
        ("letter name", _letter),
        ("initials", _initials),
        ("letter in brackets", _bracketed),
    )
