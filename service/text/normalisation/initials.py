"""Single letters that are read by name: initials of a withheld name (م. ع), classes (الفئة أ), vitamins.

After ``abbreviations``, which handles letters that stand for words; but behind a word for a person whose name
is withheld, «المتهم ع. م.», no letter does. Letters spelt in Arabic («إل في إم إتش») belong here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.model.borrowed import plain
from service.text.core.rule_walker import starts_at
from service.text.core.spelling import letters
from service.text.core.tables import cues, mapping
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.normalisation.transliteration import latin_names

_ENUMERATED = cues("enumerated")
_WITHHELD, _SPEAKING = cues("withheld"), cues("speaking")
_LONGEST = 12
_JOINED = 2
"""Length of و with an initial."""
_OPENING = frozenset('(«"“')
_CLOSING = frozenset(')»"”')
_NAMES = mapping("core/letters.tsv")
_CLITICS = frozenset("وفبلكس")
"""Letters that may be a prefix that the writer has separated from its word."""
_TITLES = frozenset("دمأذ")
"""Letters that stand for a title before a name."""
_LATIN_NAMES = {letters(name): name for name in latin_names()}
_WORDS = frozenset(("في", "إن", "أو", "إي", "آي", "يو", "كا", "آ"))
"""Names of Latin letters that are Arabic words too, or parts of them."""
_SPELT = 3
"""Letters of an acronym; two are enough if neither name is another word."""


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
    if not at or plain(tokens[at - 1].text) not in _ENUMERATED:
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


@starts_at(text=_NAMES.__contains__)
def _withheld(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Initials behind a person or a verb of speaking: «المتهم ع. م. بما», «قال ص للشرطة»."""
    before = tokens[at - 1].text if at else ""
    if before in _WITHHELD:
        speaks = False
    elif before in _SPEAKING:
        speaks = True
    else:
        return None
    names: list[str] = []
    end = at
    while end < len(tokens) and tokens[end].text in _NAMES and not _is_clitic(tokens, end, last=bool(names)):
        dotted = end + 1 < len(tokens) and tokens[end + 1].text == "." and not tokens[end + 1].spaced
        if not dotted and not names and _is_prefix(tokens, end):
            return None
        names.append(_NAMES[tokens[end].text])
        end += 1
        if not dotted:
            break
        end += 1
    if not names or (speaks and _is_title(tokens, at, end)):
        return None
    if end == len(tokens) and tokens[-1].text == ".":
        end -= 1  # the full stop of the sentence
    return Replacement(end - at, " ".join(names))


def _is_prefix(tokens: Sequence[Token], at: int) -> bool:
    """Whether a letter without a dot may be a prefix of the next word: «قال ل رجال»."""
    return (
        tokens[at].text in _CLITICS and at + 1 < len(tokens) and tokens[at + 1].kind is not Kind.PUNCTUATION
    )


def _is_title(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the letters are a title before a name: «قال د. أحمد»."""
    titles = all(token.text in _TITLES or token.text == "." for token in tokens[start:end])
    return titles and end < len(tokens) and tokens[end].kind is Kind.WORD


@starts_at(text=lambda text: letters(text) in _LATIN_NAMES)
def _spelt(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The names of Latin letters in Arabic: «إل في إم إتش»."""
    end = at
    while end < min(len(tokens), at + _LONGEST) and (end == at or tokens[end].spaced):
        if tokens[end].kind is not Kind.WORD or letters(tokens[end].text) not in _LATIN_NAMES:
            break
        end += 1
    said = [letters(token.text) for token in tokens[at:end]]
    while len(said) > _SPELT and said[-1] in _WORDS:
        said.pop()  # «بي بي سي إن القناة …»
    sure = sum(name not in _WORDS for name in said)
    if sure < 2 or (len(said) < _SPELT and sure < len(said)):
        return None
    return Replacement(len(said), " ".join(_LATIN_NAMES[name] for name in said))


def spelt(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After the Latin rules, which spell in the same way."""
    return (("letters in Arabic", _spelt),)


def withheld(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """Before ``abbreviations``."""
    return (("withheld name", _withheld),)


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After ``abbreviations``, before the plain number rules."""
    return (
        ("letter name", _letter),
        ("initials", _initials),
        ("letter in brackets", _bracketed),
    )
