"""Restores the hamzas that a text leaves out on alif: «اعلن الامين العام ان», for «أعلن الأمين العام أن».

Many newsrooms write none. The networks of rawi read letters without hamza and predict it with the vowels,
also where it depends on the sentence (قال إن، أكد أن). A text that has its hamzas has them nearly
everywhere: there, an alif without one is believed unless the networks are almost sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from service.text.core.orthography import LETTER
from service.text.diacritisation.onnx import Floats
from service.text.grammar.conjugation import forms
from service.text.grammar.nouns import known

_ALIFS = "اآأإ"
"""In the order of ``rawi.SEATS``."""
_WORD = re.compile(f"[{LETTER}]+")
_PREFIX = re.compile(r"(?:[وف]?[بكل]?ال|[وف]?لل|(?P<letters>[وف]?[بكلس]?))(?=ا)")
_WITH_HAMZA = re.compile("[أإآ]")
_TANWIN = 2
"""Letters at the end of a word that may bear its tanwīn: «ايضاً»."""
_WHOLE = frozenset({"ال", "لابد", "واحد", "واحدة", "واحدا"})
"""Words that begin as a prefix before alif does, and never are one."""
_ALMOST_SURE, _SURE, _LIKELY = 0.97, 0.8, 0.6
"""How probable a hamza must be: in a text that has its hamzas, within a word, or in a word that exists
without one («كامل», not «كأمل»); on the first letter after one that may be a prefix; on the first letter."""


def restored(chars: str, marks: Sequence[str], chances: Floats) -> str:
    """Return a text with the hamzas that it leaves out on alif.

    Args:
        chars: the text without marks; its alifs with hamza or wasla stay as they are.
        marks: those of the author and the lexicon; a word that has other ones than tanwīn stays as it is.
        chances: how probable each of ``rawi.SEATS`` (columns) is on each character (rows).
    """
    places = dict(_places(chars, marks))
    left_out = sum(chances[at, 0] < 1 - _LIKELY for at in places)
    has_hamzas = len(_WITH_HAMZA.findall(chars)) > left_out
    found = [*chars]
    for at, least in places.items():
        if 1 - chances[at, 0] >= (_ALMOST_SURE if has_hamzas else least):
            found[at] = _ALIFS[1 + int(chances[at, 1:].argmax())]
    return "".join(found)


def _places(chars: str, marks: Sequence[str]) -> Iterator[tuple[int, float]]:
    """Where an alif without hamza stands, and how probable a hamza must be there at least."""
    for match in _WORD.finditer(chars):
        word, start = match.group(), match.start()
        written = [at for at, mark in enumerate(marks[start : match.end()]) if mark]
        if word in _WHOLE or (written and written[0] < len(word) - _TANWIN):
            continue
        word = word[: written[0]] if written else word
        yield from ((start + at, _ALMOST_SURE) for at, char in enumerate(word) if char == "ا")
        if word.startswith("ا"):
            yield start, _LIKELY
        prefix = _PREFIX.match(word)
        if prefix and prefix.group():
            doubtful = _SURE if prefix["letters"] else _LIKELY
            yield start + prefix.end(), _ALMOST_SURE if _is_word(word) else doubtful


@lru_cache(maxsize=1 << 14)
def _is_word(word: str) -> bool:
    """Whether a word is known without prefixes: «كامل»."""
    return bool(known(word)) or any(not form.prefix for form in forms(word))
