"""The author's marks as constraints: a vowel or tanwīn may lack its shadda (جداً for جِدًّا, إنَ for إِنَّ).

An author who vowels a whole text writes every shadda, and so does the lexicon. An author who adds a mark here
and there often leaves it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.text.core.orthography import FATHATAN, LETTER, SHADDA, SHORT, TANWIN

_WORD = re.compile(f"[{LETTER}]+")
_UNMARKED = frozenset("اأإآىويء")
"""Letters that also stand without a mark in vowelled texts."""
_VOWELLED_THROUGHOUT = 0.5
"""Share of marked letters from which a text counts as vowelled throughout."""
_FEWEST = 2
"""Marks from which a word counts as vowelled, if no letter but its last has none."""


@dataclass(frozen=True, slots=True)
class Written:
    """The marks that a text has, and what they say of the marks that it lacks."""

    marks: Sequence[str]
    """The written marks on each character."""
    placed: Sequence[str]
    """The same, with the tanwīn of a last alif on the letter before it, where the models write it."""
    sparse: frozenset[tuple[int, int]]
    """Start and end of every word to which an author who vowels no whole text has added marks."""
    loose: Sequence[bool]
    """Whether the placed mark of each character may lack its shadda."""

    @classmethod
    def of(cls, chars: str, marks: Sequence[str]) -> Written:
        """Look at the marks of a text.

        Args:
            chars: a text without its marks.
            marks: the written marks on each character.
        """
        placed = _on_letters(chars, marks)
        sparse = frozenset(_sparse(chars, placed))
        loose = [False] * len(chars)
        for start, end in sparse:
            for at in range(start + 1, end):
                loose[at] = placed[at] != "" and set(placed[at]) <= SHORT | TANWIN
        return cls(marks, placed, sparse, loose)

    @property
    def hints(self) -> list[str]:
        """The marks that a model may rely on: those that lack no shadda."""
        return ["" if loose else mark for mark, loose in zip(self.placed, self.loose, strict=True)]


def _sparse(chars: str, marks: Sequence[str]) -> Iterator[tuple[int, int]]:
    words = [match.span() for match in _WORD.finditer(chars)]
    letters = sum(end - start for start, end in words)
    if sum(map(bool, marks)) > _VOWELLED_THROUGHOUT * letters:
        return
    for start, end in words:
        if any(marks[start:end]) and not _vowelled(chars[start:end], marks[start:end]):
            yield start, end


def _vowelled(word: str, marks: Sequence[str]) -> bool:
    """Whether a word has all its marks, or all but that of its ending, as in a lexicon."""
    last = len(word) - 1
    inner = all(marks[at] or word[at] in _UNMARKED or word[at - 1 : at + 1] == "ال" for at in range(last))
    return inner and (sum(map(bool, marks)) >= _FEWEST or any(SHADDA in mark for mark in marks))


def _on_letters(chars: str, marks: Sequence[str]) -> list[str]:
    found = list(marks)
    for at in range(1, len(chars)):
        if marks[at] == FATHATAN and chars[at] in "اى" and set(marks[at - 1]) <= {SHADDA}:
            found[at - 1], found[at] = marks[at - 1] + FATHATAN, ""
    return found
