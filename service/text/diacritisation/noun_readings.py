"""Chooses vowels that a noun or adjective has, where the models choose others.

``grammar/stems.tsv`` lists all readings of stems that the models mistake in some contexts: مَهْرَجَان, عُضَال. A
word that is read otherwise, and not as a known verb either, gets the likeliest of them. Clitics, pronouns and
the ending stay as they are chosen.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from service.text.core.orthography import (
    ARTICLE,
    FATHA,
    FATHATAN,
    KASRA,
    LETTER,
    SHADDA,
    SUKUN,
    SUN,
    Letter,
    letters,
    skeleton,
)
from service.text.core.tables import rows
from service.text.core.wordlists import function_words
from service.text.diacritisation.homophones import NUMBERS, sounds
from service.text.diacritisation.onnx import Floats
from service.text.diacritisation.sequences import RULED_OUT, Indices
from service.text.diacritisation.verb_readings import attested, likeliest_form
from service.text.diacritisation.vowels import CLASSES, VOWELS
from service.text.diacritisation.written_marks import Written

_WORD = re.compile(f"[{LETTER}]+")
_BEFORE = re.compile(f"{ARTICLE}|[وف]?[بكل]?")
_AFTER = ("ها", "هما", "هم", "هن", "ه", "نا", "ا")
_CLITIC_VOWELS = {"و": {FATHA}, "ف": {FATHA}, "ك": {FATHA}, "ب": {KASRA}, "ل": {KASRA, FATHA}}
_SHORTEST = 3
"""Letters of a stem; one more after a clitic that may be its first letter instead («وحدة»)."""
_DOUBLED = np.array([SHADDA in mark for mark in CLASSES])
_ANY = np.ones(len(CLASSES), bool)

_Reading = tuple[tuple[int, ...], npt.NDArray[np.bool_] | None]
"""Classes and endings of a stem, as in ``_Stem``."""


@dataclass(frozen=True, slots=True)
class _Stem:
    """A reading of a stem within a word."""

    start: int
    classes: tuple[int, ...]
    """The classes of its letters from ``start`` on, without the last one if that bears the ending."""
    endings: npt.NDArray[np.bool_] | None
    """Which classes its last letter can have; ``None`` if it bears no ending."""
    accusative: bool = False
    """Whether the alif of a tanwīn follows."""

    @property
    def last(self) -> int:
        """The place of the letter that bears the ending."""
        return self.start + len(self.classes)


def correct(chars: str, written: Written, audible: Floats, best: Indices) -> None:
    """Replace chosen marks of words that no noun has and no verb, in place.

    Args:
        chars: a text without its marks.
        written: its marks.
        audible: how likely each class (columns) is on each character (rows), as logarithms, equal for what
            sounds alike (``homophones.heard``).
        best: the class chosen for each character.
    """
    for match in _WORD.finditer(chars):
        start, end = match.span()
        word, chosen = match.group(), best[start:end]
        stems = _possible(word, chosen)
        if not stems or (any(written.marks[start:end]) and (start, end) not in written.sparse):
            continue
        if attested(word, chosen) or any(_has(word, chosen, stem) for stem in stems):
            continue
        here = audible[start:end]
        score, stem = max(((_score(here, chosen, stem), stem) for stem in stems), key=itemgetter(0))
        verb = likeliest_form(word, here)
        if score <= RULED_OUT:
            continue
        if verb and verb[0] > score:
            best[start:end] = verb[1]
        else:
            _write(here, chosen, stem)


def has_stem(word: str, chosen: Indices) -> bool:
    """Return whether the chosen marks of a word are those of a known stem."""
    return any(_has(word, chosen, stem) for stem in _possible(word, chosen))


def _possible(word: str, chosen: Indices) -> Sequence[_Stem]:
    """The readings of the stems that the chosen marks of the word's clitics allow."""
    tanwin = any(CLASSES[each].endswith(FATHATAN) for each in chosen[-2:])
    return [
        stem
        for stem in _stems(word)
        if (tanwin or not stem.accusative) and _are_clitics(word[: stem.start], chosen)
    ]


def _are_clitics(letters_before: str, chosen: Indices) -> bool:
    """Whether the letters before a stem are read as clitics: لِلْجَنَّة, but not لِلَجْنَة."""
    article = letters_before.endswith(("ال", "لل"))
    for at, letter in enumerate(letters_before):
        mark = CLASSES[chosen[at]]
        if article and at == len(letters_before) - 1:
            if mark not in {"", SUKUN}:
                return False
        elif letter != "ا" and mark not in _CLITIC_VOWELS[letter]:
            return False
    return True


def _has(word: str, chosen: Indices, stem: _Stem) -> bool:
    """Whether a word is read with a stem."""
    if stem.endings is not None and not stem.endings[chosen[stem.last]]:
        return False
    other = chosen.copy()
    _put(other, stem)
    part = slice(stem.start, stem.last)
    return sounds(chosen, word)[part] == sounds(other, word)[part]


def _score(audible: Floats, chosen: Indices, stem: _Stem) -> float:
    """How likely a word is with a stem, with its likeliest ending."""
    other = chosen.copy()
    _write(audible, other, stem)
    return float(audible[np.arange(len(other)), other].sum())


def _write(audible: Floats, chosen: Indices, stem: _Stem) -> None:
    """Write a stem into a word, in place; its ending stays, or becomes the likeliest possible one."""
    _put(chosen, stem)
    if stem.endings is not None and not stem.endings[chosen[stem.last]]:
        chosen[stem.last] = np.where(stem.endings, audible[stem.last], -np.inf).argmax()


def _put(classes: Indices, stem: _Stem) -> None:
    classes[stem.start : stem.last] = stem.classes


@lru_cache(16_384)
def _stems(word: str) -> tuple[_Stem, ...]:
    """The known readings of all stems that a word may have."""
    if word.lstrip("وف") in function_words():
        return ()
    known, found = _table(), []
    for start, end in _cuts(word):
        readings = known.get(word[start:end])
        if readings is None and word[end - 1] == "ت" and end < len(word):
            readings = known.get(f"{word[start : end - 1]}ة")
        doubles = word[start - 2 : start] in {"ال", "لل"} and word[start] in SUN
        accusative = word[end:] == "ا"
        found += [_Stem(start, _joined(stem, doubles), ends, accusative) for stem, ends in readings or ()]
    return tuple(found)


def _joined(classes: tuple[int, ...], doubles: bool) -> tuple[int, ...]:  # noqa: FBT001
    """The classes of a stem after a clitic: the article doubles a sun letter."""
    first = CLASSES[classes[0]]
    if doubles and first in VOWELS:
        return (NUMBERS[SHADDA + first], *classes[1:])
    return classes


def _cuts(word: str) -> Iterator[tuple[int, int]]:
    """The stems that a word may have, as spans."""
    before = _BEFORE.match(word)
    starts = range(before.end() + 1 if before else 1)
    ends = [len(word), *(len(word) - len(after) for after in _AFTER if word.endswith(after))]
    for start in starts:
        if not start or _BEFORE.fullmatch(word, 0, start):
            shortest = _SHORTEST if word[:start].endswith(("ال", "لل")) or not start else _SHORTEST + 1
            yield from ((start, end) for end in ends if end - start >= shortest)


@cache
def _table() -> Mapping[str, tuple[_Reading, ...]]:
    """Each stem's readings."""
    found: dict[str, list[_Reading]] = defaultdict(list)
    for (reading,) in rows("grammar/stems.tsv"):
        found[skeleton(reading)].append(_reading(letters(reading)))
    return {stem: tuple(readings) for stem, readings in found.items()}


def _reading(stem: Sequence[Letter]) -> _Reading:
    if stem[-1].char == "ا":
        return _classes(stem), None
    *head, last = stem[:-1] if stem[-1].char == "ى" else stem
    if last.char == "ي" and last.shadda:
        return _classes(head), _ANY  # a surname has no shadda: «الخالدي»
    return _classes(head), _DOUBLED if last.shadda else ~_DOUBLED


def _classes(part: Sequence[Letter]) -> tuple[int, ...]:
    return tuple(NUMBERS["" if each.char == "ا" else SHADDA * each.shadda + each.vowel] for each in part)
