"""Chooses verbs that exist: what looks like a verb is a form of one in ``grammar/verbs.tsv``.

The models choose letter by letter, and so spell verbs that nobody says (خَصَصَ for خَصَّصَ). Where the letters of
a word are those of known forms, these forms are scored by the same likelihoods and by the words around them
(``verb_contexts.py``), against what the models chose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from service.text.core.orthography import DAMMA, FATHA, KASRA, LETTER, SHADDA, SUKUN, TANWIN, letters
from service.text.diacritisation.onnx import Floats
from service.text.diacritisation.sequences import Indices
from service.text.diacritisation.verb_contexts import Context, preference, usualness
from service.text.diacritisation.vowels import CLASSES
from service.text.diacritisation.written_marks import Written
from service.text.grammar.conjugation import VerbForm, forms

_WORD = re.compile(f"[{LETTER}]+")
_NUMBERS = {mark: number for number, mark in enumerate(CLASSES)}
_SUKUN = _NUMBERS[SUKUN]
LONG = (("اى", _NUMBERS[FATHA]), ("و", _NUMBERS[DAMMA]), ("ي", _NUMBERS[KASRA]))
_UNATTESTED = 6.0
"""What a reading loses, in natural logarithms, that has the shape of a verb and is none."""
_CONTRARY = 12.0
"""What a reading loses that no verb has, where the marks of the author are those of one."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The distinct vowelled forms of a word, and the classes of marks of their letters."""

    forms: tuple[VerbForm, ...]
    classes: Indices
    """One row for each form."""
    sounds: Indices
    """The same, with equal numbers for what sounds alike."""
    usual: Floats
    """How usual the forms are, as logarithms."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A word that may be a verb, and how likely each of its forms is."""

    start: int
    end: int
    classes: Indices
    """The class of marks of each letter (columns) in each form (rows)."""
    scores: Floats
    """How likely each form is in its place, as logarithms."""
    usual: npt.NDArray[np.bool_]
    """Whether news usually has each form."""
    _word: str
    _heard: Floats
    _sounds: Indices
    _is_marked: bool
    """Whether the author has added marks to it."""

    def score(self, classes: Indices) -> float:
        """How likely a reading is, as a logarithm: that of the form that sounds so, or less if none does."""
        attested = self.is_form(classes)
        if attested.any():
            return float(self.scores[attested].max())
        likelihood = float(self._heard[np.arange(len(classes)), classes].sum())
        if self._is_marked:
            return likelihood - _CONTRARY
        return likelihood - _UNATTESTED * _looks_like_a_verb(self._word, classes)

    def is_form(self, classes: Indices) -> npt.NDArray[np.bool_]:
        """Which of the forms a reading is."""
        same: npt.NDArray[np.bool_] = (self._sounds == _sounds(classes, self._word)).all(axis=1)
        return same


def settle(chars: str, written: Written, likely: Floats, best: Indices, before: str = "") -> None:
    """Replace chosen marks of words that are better read as known verbs, in place.

    Args:
        chars: a text without its marks.
        written: its marks.
        likely: how likely each class (columns) is on each character (rows), as logarithms.
        best: the class chosen for each character.
        before: the last characters before the text, if it is part of a longer one.
    """
    for word in weighed(chars, written, likely, before):
        first = int(word.scores.argmax())
        if word.scores[first] > word.score(best[word.start : word.end]):
            best[word.start : word.end] = word.classes[first]


def weighed(chars: str, written: Written, likely: Floats, before: str = "") -> Iterator[Weighed]:
    """The words that may be verbs; the arguments are those of ``settle``."""
    marks = written.marks
    spans = [match.span() for match in _WORD.finditer(chars)]
    words = [chars[start:end] for start, end in spans]
    heard = as_heard(chars, likely)
    for _, end in spans:
        # A last sukūn before hamzat al-waṣl is heard as i: قَالَتِ الحكومة.
        if chars[end - 1] == "ت" and chars[end : end + 2] == " ا":
            heard[end - 1, [0, _SUKUN]] = np.maximum(heard[end - 1, _SUKUN], likely[end - 1, _NUMBERS[KASRA]])
    for number, (start, end) in enumerate(spans):
        known = _known(words[number])
        is_marked = (start, end) in written.sparse
        if known is None or (any(marks[start:end]) and not is_marked):
            continue
        scores = heard[np.arange(start, end), known.classes].sum(axis=1) + known.usual
        context = Context(chars, spans, words, number, DAMMA in marks[start:end], before)
        if context.matters:
            scores += [preference(form, context) for form in known.forms]
        usual, word = known.usual == 0, words[number]
        yield Weighed(
            start, end, known.classes, scores, usual, word, heard[start:end], known.sounds, is_marked
        )


def as_heard(chars: str, likely: Floats) -> Floats:
    """The likelihoods, equal for what sounds alike: sukūn or none, a vowel or none before its long letter."""
    heard = likely.copy()
    still = np.maximum(likely[:, 0], likely[:, _SUKUN])
    for at, following in enumerate(chars[1:]):
        for long, vowel in LONG:
            if following in long:
                heard[at, vowel] = max(likely[at, vowel], likely[at, 0])
    heard[:, 0] = heard[:, _SUKUN] = still
    return heard


@lru_cache(16_384)
def _known(word: str) -> _Known | None:
    """The forms of a word that differ in their marks; ``None`` if it is no verb's."""
    found: dict[tuple[Any, ...], VerbForm] = {}
    for form in forms(word):
        marks = [
            "" if each.char == "ا" else SHADDA * each.shadda + each.vowel for each in letters(form.vowelled)
        ]
        if all(mark in _NUMBERS for mark in marks):
            found.setdefault((form.voice, form.flags, *(_NUMBERS[mark] for mark in marks)), form)
    if not found:
        return None
    classes = np.array([key[2:] for key in found])
    sounds = np.array([_sounds(row, word) for row in classes])
    usual = np.array([usualness(form) for form in found.values()], dtype=np.float32)
    return _Known(tuple(found.values()), classes, sounds, usual)


def _sounds(classes: Sequence[int] | Indices, word: str) -> list[int]:
    found = [0 if each == _SUKUN else int(each) for each in classes]
    for at, following in enumerate(word[1:]):
        for long, vowel in LONG:
            if following in long and found[at] == vowel and not found[at + 1]:
                found[at] = 0
    return [0 if letter == "ا" else each for letter, each in zip(word, found, strict=True)]


_PRESENT = re.compile("[وف]?[سل]?[يت]")
_ENDS = {FATHA, DAMMA, SUKUN, ""}


def _looks_like_a_verb(word: str, chosen: Indices) -> bool:
    """Whether the chosen marks have the shape of a verb.

    A present begins with its prefix, which has a or u, and ends in u, a or nothing; a past ends in a or -at.
    """
    marks: list[str] = [CLASSES[each] for each in chosen]
    if word.endswith("ت") and marks[-1] in {SUKUN, "", KASRA}:
        return marks[-2] == FATHA
    if any(set(mark) & TANWIN for mark in marks) or marks[-1] not in _ENDS:
        return False
    prefix = _PRESENT.match(word)
    if prefix and marks[prefix.end() - 1] in {FATHA, DAMMA}:
        # Nouns begin with ta too: تَغَيُّر, تَقْرِير.
        shadda = SHADDA in "".join(marks[prefix.end() :])
        return prefix.group()[-1] == "ي" or marks[prefix.end() - 1] == DAMMA or shadda
    return marks[-1] == FATHA and all(mark.strip(SHADDA) in {FATHA, DAMMA, KASRA} for mark in marks[-3:])
