"""Names whose letters are also an everyday word: صور is Tyre, or pictures.

The name is read only where the sentence shows it, so that «نشرت صور الحادث» stays what it is:

- after a noun that names a kind of place (or, for a company, of company): «قضاء صور», «ولمدينة سرت»;
- before an adjective of a country: «صور اللبنانية»;
- in a list with a place: «صور وصيدا», «بيروت، صور»;
- after a preposition, a direction or a verb of which towns are subject or object, if nothing stands behind it
  that could belong to a noun: «في صور.», «جنوب صور أمس», not «في صور الحادث» or «في صور نشرتها». A definite
  word may be a noun there (الخبر is al-Khobar, or the news).

An everyday word that ends in alif is an indefinite accusative (صيدا, «a catch»; ميتا, «dead»), and سورية may
be an indefinite adjective. Such a word follows no preposition and no noun in the construct state, and opens
no sentence: there it is the name.

The sets of words are those of ``core/cues.tsv``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from service.text.core.spelling import letters
from service.text.core.tables import cues, rows
from service.text.core.tokens import Kind, Token
from service.text.grammar.clitics import Clitics
from service.text.lexicon.entries import Entry, Role
from service.text.lexicon.patterns import fold

PLACES = frozenset((Role.PLACE, Role.ABSOLUTE, Role.HOMOGRAPH))
"""The roles of names that show a neighbour to be a place."""
_LONGEST = 3
"""Words of a place's name that are looked at beside a homograph."""
_PREPOSITIONS = frozenset(["في", "من", "إلى", "وفي", "ومن", "وإلى"])
_ADJECTIVE = re.compile("ال.+ية")
_COMMAS = frozenset("،,")
_CLITICS = frozenset(("", "و", "ب", "ل", "ف", "وب", "ول"))


class Context(NamedTuple):
    """A match and what stands around it: ``tokens[start:end]``."""

    tokens: Sequence[Token]
    start: int
    end: int

    def text(self, at: int) -> str:
        """A word's letters; empty for everything else, and outside the sentence."""
        if 0 <= at < len(self.tokens) and self.tokens[at].kind is Kind.WORD:
            return letters(self.tokens[at].text)
        return ""


def is_name(entry: Entry, clitics: Clitics, context: Context, places: frozenset[str]) -> bool:
    """Whether the name is meant, and not the word of the same letters.

    Args:
        entry: of the role ``absolute`` or ``homograph``.
        clitics: joined to the word.
        context: where it stands.
        places: folded names that may stand in a list with it.
    """
    if entry.role == Role.ABSOLUTE:
        return not _is_construct(context)
    before = context.text(context.start - 1)
    depends = is_dependent(entry)
    if _head(context) in cues("place heads") or (depends and before in cues("company heads")):
        return True
    if depends and _is_independent(clitics, before, context):
        return True
    if _is_of_a_country(context.text(context.end)):
        return True
    alone = _stands_alone(context) or _is_followed(context, places)
    if _is_preceded(clitics, context, places) and (alone or depends):
        return True
    if _is_followed(context, places):
        return True
    leads = before in _PREPOSITIONS or before in cues("beside places") or before in cues("name verbs")
    definite = entry.grapheme.startswith("ال")
    return (leads or clitics.particle == "ب") and (alone or depends) and not definite


def is_dependent(entry: Entry) -> bool:
    """Whether the everyday word is an indefinite accusative or adjective."""
    return entry.grapheme.endswith("ا") or entry.grapheme in cues("homograph adjectives")


def is_governed(clitics: Clitics, context: Context) -> bool:
    """Whether a name is in the genitive: after a preposition, or a noun that names its kind of place."""
    before = context.text(context.start - 1)
    return clitics.particle in {"ب", "ل", "ك"} or (
        not clitics.conjunction and (before in _particles() or before in cues("place heads"))
    )


def _head(context: Context) -> str:
    """The word before, or the noun that its adjectives belong to: «العاصمة الكورية الجنوبية سيول»."""
    at = context.start - 1
    while at > context.start - 3 and _ADJECTIVE.fullmatch(context.text(at)):
        at -= 1
    return context.text(at)


def _is_construct(context: Context) -> bool:
    """Whether a definite noun or a number makes it the first noun of a construct: «جدة الطفل»."""
    after = context.text(context.end)
    if not after or not context.tokens[context.end].spaced:
        return False
    if not after.startswith("ال"):
        return bool(context.tokens[context.end].rule)
    known = _is_of_a_country(after) or after in cues("place adjectives") or after in cues("after names")
    return not known


def _is_independent(clitics: Clitics, before: str, context: Context) -> bool:
    """Whether neither an indefinite accusative nor an adjective can stand here."""
    if clitics.particle in {"ب", "ل"} or context.start == 0:
        return True
    return before in _particles() or before in cues("beside places")


@cache
def _particles() -> frozenset[str]:
    """Prepositions, each also with و and ف."""
    plain = ["في", "من", "إلى", "على", "عن", "مع", "ضد", "لدى", "عند", "بين", "نحو", "عبر", "حول"]
    return frozenset(conjunction + word for conjunction in ("", "و", "ف") for word in plain)


def _is_of_a_country(after: str) -> bool:
    """«اللبنانية», «السورية»: a feminine adjective of a country."""
    return after.startswith("ال") and after[2:] in _nisbas()


@cache
def _nisbas() -> frozenset[str]:
    return frozenset(word for word, *_ in rows("lexicon/nisba.tsv") if word.endswith("ية"))


def _is_preceded(clitics: Clitics, context: Context, places: frozenset[str]) -> bool:
    """Whether «و» or a comma joins it to the place before it."""
    comma = _sign(context, context.start - 1) in _COMMAS
    return (clitics.conjunction == "و" or comma) and _ends_place(context, context.start - comma, places)


def _is_followed(context: Context, places: frozenset[str]) -> bool:
    """Whether «و» or a comma joins it to the place behind it."""
    after = context.end + (_sign(context, context.end) in _COMMAS)
    return _begins_place(context, after, places, conjoined=after == context.end)


def _sign(context: Context, at: int) -> str:
    return context.tokens[at].text if 0 <= at < len(context.tokens) else ""


def _ends_place(context: Context, end: int, places: frozenset[str]) -> bool:
    """Whether the words before an index are a place, with any clitics."""
    for length in range(1, _LONGEST + 1):
        said = [context.text(at) for at in range(end - length, end)]
        if not all(said):
            return False
        name = " ".join(map(fold, said))
        if any(name[cut:] in places for cut in range(min(3, len(name) - 1)) if name[:cut] in _CLITICS):
            return True
    return False


def _begins_place(context: Context, start: int, places: frozenset[str], *, conjoined: bool) -> bool:
    """Whether the words from an index are a place, behind «و» if they are conjoined."""
    said = [fold(context.text(at)) for at in range(start, start + _LONGEST)]
    if conjoined:
        if not said[0].startswith("و"):
            return False
        said[0] = said[0][1:]
    return any(" ".join(said[:length]) in places for length in range(1, _LONGEST + 1))


def _stands_alone(context: Context) -> bool:
    """Whether nothing stands behind it that could belong to a noun."""
    if context.end >= len(context.tokens):
        return True
    token = context.tokens[context.end]
    if token.kind is Kind.PUNCTUATION:
        return token.text not in '([«"“'
    return letters(token.text) in cues("after names")
