"""What decided the vowels of each word, and which other readings it could have.

Only explanations ask for it: nothing here runs when an article is synthesised. A reading is scored as the
diacritiser scores it: by the models, and by the verb table where the letters are those of a verb.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from service.model.reading import Source
from service.text.core.orthography import ARTICLE, KASRA, LETTER, SUKUN, TANWIN
from service.text.diacritisation.homophones import LONG, heard
from service.text.diacritisation.noun_readings import has_stem
from service.text.diacritisation.onnx import Floats
from service.text.diacritisation.sequences import OPEN, RULED_OUT, Indices, n_best
from service.text.diacritisation.verb_readings import Weighed, attested, weighed
from service.text.diacritisation.vowels import CLASSES, completed
from service.text.diacritisation.written_marks import Written

_TOKEN = re.compile(r"\S+")
_LETTERS = re.compile(f"[{LETTER}](?:\\S*[{LETTER}])?")
"""A word without the punctuation around it."""
_ANNOTATION = "\ufff9"
_SEQUENCES = 16
"""Readings of the models that are looked at."""
_RIVALS = 8
_NUMBERS = {frozenset(mark): number for number, mark in enumerate(CLASSES)}
_KASRA, _SUKUN = CLASSES.index(KASRA), CLASSES.index(SUKUN)
_ARTICLE = re.compile(f"{ARTICLE}(?=.)")


class Rival(NamedTuple):
    """Another reading of a word."""

    vowelled: str
    behind: float
    """How much less likely it is than the chosen one: the difference of the natural logarithms of their
    scores, divided by the weights of the models. Negative if a later rule preferred the chosen one."""


class Decision(NamedTuple):
    """How one word was vowelled."""

    source: Source
    rivals: Sequence[Rival] = ()
    """The likeliest other readings, the likeliest first; none if the vowels were given."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the models said of a part of a text."""

    start: int
    """Its place in the text."""
    chars: str
    """Its characters, as the models know them."""
    written: Written
    likely: Floats
    """How likely each class (columns) is on each character (rows), as logarithms."""
    before: str
    """The characters before it."""
    weight: float
    """By how much the logarithms of one model would be multiplied."""


@dataclass(frozen=True, slots=True)
class Vowelled:
    """A text and the marks on each of its characters."""

    chars: str
    """The text without its marks."""
    author: Sequence[str]
    """The marks that it had."""
    given: Sequence[str]
    """The same, with those of known phrases."""
    said: Sequence[str]
    """The marks that it got."""


def decided(text: Vowelled, evidence: Sequence[Evidence]) -> list[Decision]:
    """The decision of each word of a text, as ``str.split`` finds words.

    Args:
        text: the whole of it.
        evidence: of all its parts.
    """
    contests = {(word.start, word.end): word for part in evidence for word in _contests(text, part)}
    return [_decision(text, *token.span(), contests) for token in _TOKEN.finditer(text.chars)]


def _decision(text: Vowelled, start: int, end: int, contests: dict[tuple[int, int], _Contest]) -> Decision:
    word = _LETTERS.search(text.chars, start, end)
    contest = contests.get(word.span()) if word else None
    if any(text.author[start:end]) or text.chars[start] == _ANNOTATION:
        source = Source.AUTHOR
    elif any(text.given[start:end]):
        source = Source.PHRASE
    else:
        source = contest.source if contest else Source.MODELS
    return Decision(source, contest.rivals if contest else ())


@dataclass(frozen=True, slots=True)
class _Contest:
    """A word whose letters leave a choice, and what its readings are scored by."""

    start: int
    """Its place in the text."""
    letters: str
    given: Sequence[str]
    chosen: Indices
    likely: Floats
    heard: Floats
    """The same, equal for what sounds alike."""
    verb: Weighed | None
    """How its forms are scored, if it may be a verb."""
    weight: float
    """As that of ``Evidence``."""

    @property
    def end(self) -> int:
        """The place in the text after its last letter."""
        return self.start + len(self.letters)

    @property
    def source(self) -> Source:
        """What decided: a table that has the chosen reading, or the models.

        Of verbs only the usual forms count: «فِي» is also one of وَفَى.
        """
        if self.verb is not None and self.verb.usual[self.verb.is_form(self.chosen)].any():
            return Source.VERB
        return Source.STEM if has_stem(self.letters, self.chosen) else Source.MODELS

    @property
    def rivals(self) -> list[Rival]:
        """The likeliest readings but the chosen one."""
        best, chosen = self._score(self.chosen), self._spelt(self.chosen)
        readings = self._readings()
        if self.source == Source.STEM:  # it has no readings but those of the tables
            readings = (
                each for each in readings if attested(self.letters, each) or has_stem(self.letters, each)
            )
        scored = [(best - self._score(reading), reading) for reading in readings]
        found: dict[str, float] = {}
        for lead, reading in sorted(scored, key=itemgetter(0)):
            if (spelt := self._spelt(reading)) != chosen:
                found.setdefault(spelt, lead / self.weight)
            if len(found) == _RIVALS:
                break
        return [Rival(*each) for each in found.items()]

    def _readings(self) -> Iterator[Indices]:
        sequences = n_best(self.letters, _without_doubles(self.letters, self.likely), _SEQUENCES)
        yield from (reading for reading in sequences if _is_sayable(self.letters, reading))
        if self.verb:
            at = np.arange(len(self.letters))
            yield from (form for form in self.verb.classes if self.likely[at, form].min() > RULED_OUT)

    def _score(self, reading: Indices) -> float:
        if self.verb:
            return self.verb.score(reading)
        return float(self.heard[np.arange(len(reading)), reading].sum())

    def _spelt(self, reading: Indices) -> str:
        numbers = [
            _SUKUN if not number and letter not in OPEN else int(number)
            for letter, number in zip(self.letters, reading, strict=True)
        ]
        if (article := _ARTICLE.match(self.letters)) and not reading[article.end() - 1]:
            numbers[article.end() - 1] = 0
        if self.letters.endswith("ت") and self.verb and self.verb.is_form(reading).any():
            # A helping vowel makes no other reading: قَالَتِ الحكومة.
            numbers[-1] = _SUKUN if numbers[-1] == _KASRA else numbers[-1]
        marks = map(completed, self.given, numbers)
        return "".join(map("".join, zip(self.letters, marks, strict=True)))


def _contests(text: Vowelled, part: Evidence) -> Iterator[_Contest]:
    """The words of a part whose letters leave a choice; in a word with given marks, not the last alone."""
    written = zip(text.said[part.start :], part.written.marks, part.written.placed, strict=False)
    # A tanwīn that the author wrote on alif is scored on the letter before it.
    said = ["" if mark and not placed else chosen for chosen, mark, placed in written]
    audible = heard(part.chars, part.likely)
    verbs = {
        (verb.start, verb.end): verb
        for verb in weighed(part.chars, part.written, audible.copy(), part.before)
    }
    for match in _LETTERS.finditer(part.chars):
        start, end = match.span()
        likely = part.likely[start:end]
        whole = slice(part.start + start, part.start + end)
        is_open = (likely > RULED_OUT).sum(axis=1) > 1
        if not (is_open[:-1] if any(text.given[whole]) else is_open).any():
            continue
        yield _Contest(
            start=whole.start,
            letters=text.chars[whole],
            given=text.given[whole],
            chosen=_classes(said[start:end], likely),
            likely=likely,
            heard=audible[start:end],
            verb=verbs.get((start, end)),
            weight=part.weight,
        )


def _classes(marks: Sequence[str], likely: Floats) -> Indices:
    """The classes of marks; the likeliest one for marks of no class, such as a dagger alif."""
    best: Indices = likely.argmax(axis=1)
    for at, mark in enumerate(marks):
        number = _NUMBERS.get(frozenset(mark))
        if number is not None and likely[at, number] > RULED_OUT:
            best[at] = number
    return best


def _is_sayable(word: str, reading: Indices) -> bool:
    """Whether the marks of a word can be said: a vowel follows its first letter, none the lām of its article.

    Two still letters meet at its end alone, and after a long vowel; tanwīn stands at its end alone.
    """
    marks = [CLASSES[number] for number in reading]
    still = [mark in {"", SUKUN} and letter not in OPEN for mark, letter in zip(marks, word, strict=True)]
    article = _ARTICLE.match(word)
    if article:
        lam = article.end() - 1
        if marks[lam] not in {"", SUKUN} and word[lam + 1 : lam + 2] != "ا":
            return False
        still[lam] = False
    last = len(word) - 1 - word.endswith(("ا", "ى"))
    return (
        (marks[0] not in {"", SUKUN} or word[0] in "اآ")
        and not any(map(all, pairwise(still[:-1])))
        and not any(TANWIN.intersection(mark) for mark in marks[:last])
    )


def _without_doubles(word: str, likely: Floats) -> Floats:
    """The likelihoods, with only the likelier of two marks that sound alike: sukūn or none."""
    found = likely.copy()
    for at, row in enumerate(found):
        still = int(likely[at, _SUKUN] > likely[at, 0]) * _SUKUN
        row[[0, _SUKUN]] = RULED_OUT
        row[still] = likely[at, still]
        for long, vowel in LONG:
            if at + 1 < len(word) and word[at + 1] in long and likely[at + 1].argmax() in {0, _SUKUN}:
                row[still if likely[at, vowel] > likely[at, still] else vowel] = RULED_OUT
    return found
