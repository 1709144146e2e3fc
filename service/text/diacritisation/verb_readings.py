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
from service.text.core.tables import plain_cues
from service.text.diacritisation.homophones import NUMBERS, sounds
from service.text.diacritisation.onnx import Floats
from service.text.diacritisation.sequences import Indices
from service.text.diacritisation.verb_clauses import Clause
from service.text.diacritisation.verb_contexts import Context, preference, usualness
from service.text.diacritisation.verb_frames import fits
from service.text.diacritisation.vowels import CLASSES
from service.text.diacritisation.written_marks import Written
from service.text.grammar.conjugation import VerbForm, forms

_WORD = re.compile(f"[{LETTER}]+")
_SUKUN = NUMBERS[SUKUN]
_UNATTESTED = 6.0
"""What a reading loses, in natural logarithms, that has the shape of a verb and is none."""
_DOUBTFUL = 32.0
"""How much less likely than the likeliest a form may be that the words around the verb can still prefer."""
_DUE = 9.0
"""What every form gains where a verb is lacking."""
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
    verbs: Indices
    """Equal numbers for forms of the same verb, voice and gender."""

    def are(self, heard: Sequence[int]) -> npt.NDArray[np.bool_]:
        """Which of the forms sound as classes of marks do (``homophones.sounds``)."""
        same: npt.NDArray[np.bool_] = (self.sounds == heard).all(axis=1)
        return same


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
    _known: _Known
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
        return self._known.are(_sounds(classes, self._word))


def settle(chars: str, written: Written, audible: Floats, best: Indices, before: str = "") -> None:
    """Replace chosen marks of words that are better read as known verbs, in place.

    Args:
        chars: a text without its marks.
        written: its marks.
        audible: how likely each class (columns) is on each character (rows), as logarithms, equal for what
            sounds alike (``homophones.heard``).
        best: the class chosen for each character.
        before: the last characters before the text, if it is part of a longer one.
    """
    for word in weighed(chars, written, audible, before):
        first = int(word.scores.argmax())
        if word.scores[first] > word.score(best[word.start : word.end]):
            best[word.start : word.end] = word.classes[first]


def weighed(chars: str, written: Written, audible: Floats, before: str = "") -> Iterator[Weighed]:
    """The words that may be verbs; arguments as for ``settle``, which changes ``audible`` alike."""
    marks = written.marks
    spans = [match.span() for match in _WORD.finditer(chars)]
    words = [chars[start:end] for start, end in spans]
    for _, end in spans:
        # A last sukūn before hamzat al-waṣl is heard as i: قَالَتِ الحكومة.
        if chars[end - 1] == "ت" and chars[end : end + 2] == " ا":
            helped = max(audible[end - 1, _SUKUN], audible[end - 1, NUMBERS[KASRA]])
            audible[end - 1, [0, _SUKUN]] = helped
    for number, (start, end) in enumerate(spans):
        known = _known(words[number])
        is_marked = (start, end) in written.sparse
        if known is None or (any(marks[start:end]) and not is_marked):
            continue
        scores = audible[np.arange(start, end), known.classes].sum(axis=1) + known.usual
        context = Context(chars, spans, words, number, DAMMA in marks[start:end], before)
        if context.matters:
            scores += [preference(form, context) for form in known.forms]
        scores += _fitting(known, scores, Clause(context))
        usual, word = known.usual == 0, words[number]
        yield Weighed(start, end, known.classes, scores, usual, word, audible[start:end], known, is_marked)


def _fitting(known: _Known, scores: Floats, clause: Clause) -> Floats:
    """What the words around a verb add to the likelihoods of its forms."""
    doubtful = scores > scores.max() - _DOUBTFUL
    found = np.full(len(scores), -_DOUBTFUL, dtype=np.float32)
    at = np.flatnonzero(doubtful)
    if len(at) == 1 or (known.verbs[at] == known.verbs[at[0]]).all():
        found[at] = 0
    else:
        found[at] = fits([known.forms[each] for each in at], clause)
    return found + _DUE * clause.needs_verb


def attested(word: str, chosen: Indices) -> bool:
    """Return whether the chosen marks of a word are those of a known verb's form."""
    known = _known(word)
    if known is None:
        return False
    return bool(known.are(_sounds(chosen, word)).any())


def _sounds(chosen: Indices, word: str) -> list[int]:
    """What a reading of a verb sounds like, without a helping vowel: قَالَتِ الحكومة."""
    heard = sounds(chosen, word)
    if word.endswith("ت") and chosen[-1] == NUMBERS[KASRA]:
        heard[-1] = 0
    return heard


def likeliest_form(word: str, audible: Floats) -> tuple[float, Indices] | None:
    """Return the likeliest form of a known verb that a word can be: how likely it is, and its classes."""
    known = _known(word)
    if known is None:
        return None
    scores = audible[np.arange(len(word)), known.classes].sum(axis=1) + known.usual
    first = int(scores.argmax())
    return float(scores[first]), known.classes[first]


@lru_cache(16_384)
def _known(word: str) -> _Known | None:
    """The forms of a word that differ in their marks; ``None`` if it is no verb's."""
    if word.removeprefix("و") in plain_cues("no verb"):  # particles and pronouns: rarely مَنَّ or لَكُنَّ
        return None
    found: dict[tuple[Any, ...], VerbForm] = {}
    for form in forms(word):
        marks = [
            "" if each.char == "ا" else SHADDA * each.shadda + each.vowel for each in letters(form.vowelled)
        ]
        if all(mark in NUMBERS for mark in marks):
            found.setdefault((form.voice, form.flags, *(NUMBERS[mark] for mark in marks)), form)
    if not found:
        return None
    classes = np.array([key[2:] for key in found])
    alike = np.array([sounds(row, word) for row in classes])
    usual = np.array([usualness(form) for form in found.values()], dtype=np.float32)
    kinds = [(form.lemma, form.voice, form.subject.gender) for form in found.values()]
    verbs = np.array([kinds.index(kind) for kind in kinds])
    return _Known(tuple(found.values()), classes, alike, usual, verbs)


def is_verb(word: str, marks: Sequence[str]) -> bool:
    """Whether a vowelled word is a form of a known verb, or has the shape of a present with y-.

    What may be a first person or an elative (أَكْبَرُ) is the elative.

    Args:
        word: its letters.
        marks: the marks on each.
    """
    known = _known(word)
    if known is not None and all(mark in NUMBERS for mark in marks):
        same = known.are(sounds([NUMBERS[mark] for mark in marks], word))
        persons = {known.forms[at].subject.person for at in np.flatnonzero(same)}
        if persons - {1} or (persons and list(marks[:-1]) != _ELATIVE):
            return True
    prefix = _PRESENT.match(word)
    if prefix is None or prefix.group()[-1] != "ي" or len(word) < prefix.end() + 2:
        return False
    return marks[prefix.end() - 1] in {FATHA, DAMMA} and marks[-1] in _ENDS


_ELATIVE = [FATHA, SUKUN, FATHA]
_PRESENT = re.compile("[وف]?[سل]?[يت]")
_ENDS = {FATHA, DAMMA, SUKUN, ""}


def _looks_like_a_verb(word: str, chosen: Indices) -> bool:
    """Whether the chosen marks have the shape of a verb.

    A present begins with its prefix, which has a or u, and ends in u, a or nothing; a past ends in a, -at, or
    the alif of -ū.
    """
    marks: list[str] = [CLASSES[each] for each in chosen]
    if word.endswith("وا"):
        return True
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
