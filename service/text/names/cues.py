"""Words that show a name beside them, from ``cues.tsv``."""

from __future__ import annotations

from functools import cache

from service.text.core.spelling import letters
from service.text.core.tables import mapping, name_cues
from service.text.core.tokens import Kind, Token

_WEAK = ("ى", "ا")


def title(text: str, gender: str) -> bool:
    """Whether a word is a title or a relation of somebody of this gender (``b`` and empty: of either)."""
    return any(text in name_cues(f"title {each}") for each in _genders(gender))


def is_office(text: str) -> bool:
    """Whether a word is a title, or an office that its place or ministry follows."""
    return text in name_cues("office") or title(text, "b")


def says(text: str, gender: str) -> bool:
    """Whether a word is a verb of saying whose subject may be of this gender.

    >>> says("وقالت", "f"), says("وقالت", "m"), says("تؤكد", "f"), says("كانت", "f")
    (True, False, True, False)
    """
    return any(text in _verbs("said", each) or text in _verbs("says", each) for each in _genders(gender))


def does(text: str, gender: str) -> bool:
    """Whether a word is a past verb whose subject is a person, maybe of this gender."""
    return any(text in _verbs("did", each) for each in _genders(gender))


def pauses(token: Token) -> bool:
    """Whether a token parts what stands before it from what follows."""
    return token.kind is not Kind.WORD


def plain(token: Token) -> str:
    """A token's letters."""
    return letters(token.text)


def _genders(gender: str) -> str:
    return gender if gender in {"m", "f"} else "mf"


@cache
def _verbs(kind: str, gender: str) -> frozenset[str]:
    verbs = mapping("names/cues.tsv")[kind].split()
    if gender == "f":
        verbs = [_feminine(verb, present=kind == "says") for verb in verbs]
    future = [f"س{verb}" for verb in verbs] if kind == "says" else []
    return frozenset(prefix + verb for verb in (*verbs, *future) for prefix in ("", "و", "ف"))


def _feminine(verb: str, *, present: bool) -> str:
    """The third person feminine: «قالت», «رأت», «تقول»."""
    if present:
        return "ت" + verb[1:]
    return (verb[:-1] if verb.endswith(_WEAK) else verb) + "ت"
