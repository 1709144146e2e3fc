"""The rule that reads names of people with their vowels and clitics.

It follows the lexicon, whose longer and more particular entries come first: «رياض مزور», a publisher's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from service.text.core.rule_walker import starts_at
from service.text.core.spelling import letters
from service.text.core.tables import rows
from service.text.core.tokens import MARKS, Kind, Replacement, Rule, Token
from service.text.grammar.clitics import Clitics, attach
from service.text.lexicon.constraint import constrain
from service.text.lexicon.lexicon import BY_LEXICON
from service.text.names.cues import says
from service.text.names.cues import title as is_title
from service.text.names.evidence import read_as
from service.text.names.registry import begins, find
from service.text.normalisation import latin

RULE = "name"
_ANY, _BEFORE_ARTICLE = "*", "+"
_NOT_WRITTEN = BY_LEXICON | {latin.RULE, "counted"}
"""Rules whose words are known already, are no Arabic, or are counted: «120 دارا»."""


def rules() -> tuple[tuple[str, Rule], ...]:
    """The rule, for what the whole chain has left."""
    return ((RULE, named),)


@starts_at(Kind.WORD, text=begins)
def named(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The name that begins at a token, if it is shown to be one.

    >>> from service.text.core.tokens import tokenise
    >>> named(list(tokenise("لخديجة")), 0).words
    'لِخَدِيجَة'
    """
    if tokens[at].rule in _NOT_WRITTEN or _is_word(tokens, at):
        return None
    found = find(tokens, at)
    name = found and read_as(tokens, at, found)
    if not found or not name:
        return None
    return vowelled(name.reading, found.clitics, tokens[at : at + found.length])


def vowelled(reading: str, clitics: Clitics, written: Sequence[Token]) -> Replacement | None:
    """A reading in place of the written tokens; ``None`` if the writer's own vowels contradict it."""
    words = reading.split()
    words[0] = attach(clitics, words[0])
    if len(words) == len(written):
        agreed = [constrain(word, token.text) for word, token in zip(words, written, strict=True)]
        if None in agreed:
            return None
        words = [word for word in agreed if word]
    elif any(mark in token.text for token in written for mark in MARKS):
        return None
    return Replacement(len(written), " ".join(words))


def _is_word(tokens: Sequence[Token], at: int) -> bool:
    """Whether a table says that these letters are a word here: «أنباء سارة»."""
    around = _words().get(letters(tokens[at].text))
    if around is None:
        return False
    before = letters(tokens[at - 1].text) if at else ""
    following = letters(tokens[at + 1].text) if at + 1 < len(tokens) else ""
    if _BEFORE_ARTICLE in around and following.startswith("ال") and not find(tokens, at + 1):
        return not before or not (is_title(before, "b") or says(before, "b"))
    return _ANY in around or before in around


@cache
def _words() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for before, name in rows("names/words.tsv"):
        table[name] = table.get(name, frozenset()) | {before}
    return table
