"""Final yāʾ that is written without its dots: «فى القاهرة», «المصرى», for «في القاهرة», «المصري».

Egyptian newspapers write every final yāʾ so, which makes it look like alif maqṣūra (ā). Which words truly
end in alif maqṣūra is a closed set: particles, forms of verbs, and the nouns of ``core/alif_maqsura.txt``.
Whether a text leaves the dots out is seen in the whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from service.text.core.rule_walker import starts_at
from service.text.core.spelling import letters
from service.text.core.tokens import LETTERS, MARKS, Kind, Replacement, Rule, Token
from service.text.core.wordlists import words
from service.text.grammar.clitics import cuts
from service.text.grammar.conjugation import Mood, Voice, forms

_LOOKED_AT = 20_000
"""Characters of a text that show how it is written."""
_ENDING = re.compile(rf"[{LETTERS}{MARKS}]+[ىي](?![{LETTERS}{MARKS}])")
_NEVER = frozenset({"فى", "التى", "الذى", "هى", "أى", "اى", "لى", "بى", "ذى", "أخى", "حوالى", "لقى", "توفى"})
"""Words that do not exist with alif maqṣūra, or hardly."""
_THIRD = 3
_AGENT = re.compile(".ا.ى")
"""«نادى», «قاضى»: a noun with yāʾ far more often than a verb of form III."""
_ENDS_IN_A = re.compile(f"[\u064e\u064b\u0670]ى|ى[{MARKS}]")
"""Marks by which the author says that it is ā."""


def is_undotted(text: str) -> bool:
    """Whether a text writes final yāʾ without dots: more words lack them than have them."""
    undotted = dotted = certain = 0
    for match in _ENDING.finditer(text[:_LOOKED_AT]):
        word = letters(match.group())
        if word.endswith("ي"):
            dotted += 1
        elif not _may_be_a(word):
            undotted += 1
            certain += _is_never(word)
    return undotted > dotted and (certain > 0 or undotted > 1)


def _may_be_a(word: str) -> bool:
    return _is_a(word) or (bool(forms(word)) and not _is_never(word))


def rules(*, undotted: bool) -> tuple[tuple[str, Rule], ...]:
    """The rule that writes the dots; without ``undotted``, only of words that do not exist otherwise."""
    return (("final yāʾ", _all if undotted else _certain),)


def _ends(text: str) -> bool:
    return text.endswith("ى") and _ENDS_IN_A.search(text) is None


@starts_at(Kind.WORD, text=_ends)
def _all(tokens: Sequence[Token], at: int) -> Replacement | None:
    word = letters(tokens[at].text)
    if _AGENT.fullmatch(word.removeprefix("ال")) or not _is_a(word):
        return Replacement(1, tokens[at].text[:-1] + "ي")
    return None


@starts_at(Kind.WORD, text=_ends)
def _certain(tokens: Sequence[Token], at: int) -> Replacement | None:
    if _is_never(letters(tokens[at].text)):
        return Replacement(1, tokens[at].text[:-1] + "ي")
    return None


@lru_cache(maxsize=1 << 14)
def _is_a(word: str) -> bool:
    """Whether a word ends in ā in a text without dots: a listed one, or a verb more common than one in ī."""
    if _is_never(word):
        return False
    if _is_listed(word):
        return True
    in_a, in_i = _rank(word), _rank(word[:-1] + "ي")
    return in_a is not None and (in_i is None or in_a <= in_i)


def _rank(word: str) -> int | None:
    """How common the commonest active verb in the third person is that a word is a form of; 1 is the most."""
    spellings = {word, re.sub("^([وفسل]?)ا", r"\1أ", word)}
    found = (form for spelling in spellings for form in forms(spelling) if form.voice is Voice.ACTIVE)
    usual = (each for each in found if each.subject.person == _THIRD and each.mood is not Mood.IMPERATIVE)
    return min((form.verb.rank for form in usual), default=None)


def _is_listed(word: str) -> bool:
    return any(rest in words("core/alif_maqsura") for _, rest in cuts(word))


def _is_never(word: str) -> bool:
    return word.removeprefix("و") in _NEVER or word.removeprefix("ف") in _NEVER
