"""Words that stand where a name stands, and that no table knows.

It is a guess, for people who look at readings; no reading depends on it. A word is taken for a name after a
known given name, «بن» or a title, unless it is a function word, a known noun or verb, an adjective of a
country, or has the article where an adjective may stand («الرئيس الأميركي»).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from service.text.core.spelling import letters
from service.text.core.tables import name_cues, rows
from service.text.core.tokens import Token
from service.text.core.wordlists import adjectives, function_words
from service.text.grammar.clitics import cuts
from service.text.grammar.conjugation import forms
from service.text.grammar.nouns import known as is_noun
from service.text.names import cues
from service.text.names.evidence import given_before
from service.text.names.registry import find

_RANKS = frozenset(
    {"الأول", "الأولى", "الثاني", "الثانية", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن"}
)
_SHORTEST = 3


def is_unknown_name(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word stands where a name stands, and is none that is known.

    Args:
        tokens: the spoken words of a sentence, and the pauses between them.
        at: the word.

    >>> from service.text.core.tokens import tokenise
    >>> is_unknown_name(list(tokenise("السيد زعطوطي أمس")), 1)
    True
    >>> is_unknown_name(list(tokenise("الرئيس الأميركي")), 1)
    False
    """
    if not at or cues.pauses(tokens[at]) or cues.pauses(tokens[at - 1]):
        return False
    before, word = cues.plain(tokens[at - 1]), cues.plain(tokens[at])
    has_article = word.startswith("ال")
    if not (given_before(tokens, at) or (cues.title(before, "b") and not has_article)):
        return False
    if len(word) < _SHORTEST or find(tokens, at):
        return False
    return not any(_is_ordinary(rest) or clitics.article > has_article for clitics, rest in cuts(word))


@cache
def _is_ordinary(word: str) -> bool:
    """Whether a word is known to be another part of speech."""
    return bool(
        word in function_words()
        or word in name_cues("after")
        or word in adjectives()
        or word.removeprefix("ال") in adjectives()
        or word.removeprefix("ال") in _nisbas()
        or word in _RANKS
        or cues.is_office(word)
        or is_noun(word)
        or forms(word)
    )


@cache
def _nisbas() -> frozenset[str]:
    return frozenset(letters(row[0]) for row in rows("lexicon/nisba.tsv"))
