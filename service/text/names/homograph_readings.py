"""Words whose letters are those of a name and of another word, with the readings that the tables know."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from service.text.core.tokens import Token
from service.text.grammar.clitics import attach, cuts
from service.text.grammar.nouns import known as is_noun
from service.text.lexicon.entries import AMBIGUOUS
from service.text.lexicon.lexicon import Lexicon
from service.text.names import cues
from service.text.names.registry import find


def readings(tokens: Sequence[Token], at: int, *, is_name: bool) -> list[str]:
    """The known readings of a word that is also a name, with its clitics; none if it is no such word.

    The last letter is left open, for its case.

    Args:
        tokens: words without their marks.
        at: the word.
        is_name: whether it has been read as a name. Otherwise it is not asked for surnames: none stands
            without a given name that shows it, and the words of their letters are frequent (العالم).

    >>> from service.text.core.tokens import tokenise
    >>> readings(list(tokenise("صور")), 0, is_name=False), readings(list(tokenise("مدينة")), 0, is_name=False)
    (['صُور', 'صُوَر'], [])
    """
    word = cues.plain(tokens[at])
    found = []
    for clitics, rest in cuts(word):
        if rest in _places() and (not clitics or not (is_noun(word) or clitics.article)):
            found += [attach(clitics, reading) for reading in _places()[rest]]
    name = find(tokens, at)
    if name and not name.certain and name.length == 1:
        names = (name.given, name.surname if is_name else None)
        found += [attach(name.clitics, each.reading) for each in names if each]
    return list(dict.fromkeys(found))


@cache
def _places() -> dict[str, list[str]]:
    """The places and companies of one word that are also another: their letters, and their readings."""
    return {
        entry.grapheme: [each for each in (entry.reading, entry.word) if each]
        for entry in Lexicon.shipped().entries
        if entry.role in AMBIGUOUS and " " not in entry.grapheme
    }
