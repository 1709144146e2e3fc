"""Gives a person's name the case of what it stands in apposition to or in a list with.

«الدكتورُ عبدُ الرحمن», «قال وزيرُ الخارجيةِ ناصرُ …»: title, office and name have one case, which the models
choose for each by itself (Wright, A Grammar of the Arabic Language, vol. II §§ 136, 139).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from service.text.core.orthography import DAMMA, DAMMATAN, FATHA, FATHATAN, KASRA, KASRATAN, SHADDA
from service.text.core.tables import name_cues
from service.text.core.wordlists import function_words

_CASES = {DAMMA: 0, DAMMATAN: 0, FATHA: 1, FATHATAN: 1, KASRA: 2, KASRATAN: 2}
_SHORT, _TANWIN = (DAMMA, FATHA, KASRA), (DAMMATAN, FATHATAN, KASRATAN)
_DIPTOTE = (DAMMA, FATHA, FATHA)
_NOMINATIVE = 0
_REACH = 6
"""Words at most between an office and its holder: «وزير الصناعة والتجارة»."""
_NAME = 5
"""Words at most of a name."""
_GAP = 4
"""Characters at most between a name and the sign before it."""


class Names:
    """The words of a text, which of them are names, and their marks."""

    def __init__(self, chars: str, spans: Sequence[tuple[int, int]], declined: Sequence[bool | None]) -> None:
        """Create.

        Args:
            chars: a text without its marks.
            spans: its words.
            declined: for each word, ``None`` if it is no name, and whether it is a diptote.
        """
        self._chars = chars
        self._spans = spans
        self._declined = declined

    def agree(self, written: Sequence[str], marks: list[str]) -> None:
        """Set the cases of names, in place.

        Args:
            written: the marks on each character that were there before.
            marks: the marks on each character.
        """
        for at in range(len(self._spans)):
            last = self._spans[at][1] - 1
            if written[last].strip(SHADDA):
                continue
            case = self._case(at, marks)
            vowel = marks[last].replace(SHADDA, "")
            if case is None or vowel not in _CASES:
                continue
            endings = _DIPTOTE if self._declined[at] else _TANWIN if vowel in _TANWIN else _SHORT
            if endings[case] != FATHATAN:  # it would be written with an alif
                marks[last] = SHADDA * (SHADDA in marks[last]) + endings[case]

    def _case(self, at: int, marks: Sequence[str]) -> int | None:
        """The case that a word must have; ``None`` if any."""
        if self._declined[at] is None:
            title = self._word(at) in _titles() and at + 1 < len(self._spans) and self._follows(at + 1)
            names = title and self._declined[at + 1] is not None
            return (
                self._case_of(self._office_before(at), marks) if names and self._is_definite(at - 1) else None
            )
        if at and self._declined[at - 1] is not None and self._follows(at) and not self._is_joined(at):
            return None
        head = self._head(at)
        if head is not None:
            return self._case_of(head, marks)
        return self._listed(at, marks)

    def _head(self, at: int) -> int | None:
        """The title or office that a name stands in apposition to."""
        if not at or not self._follows(at) or self._is_joined(at):
            return None
        return at - 1 if self._word(at - 1) in _titles() else self._office_before(at)

    def _office_before(self, at: int) -> int | None:
        """The office before its ministry or place: «وزير الصناعة رياض …»."""
        for back in range(at - 1, max(at - 2 - _REACH, -1), -1):
            if not self._follows(back + 1) or self._word(back) in function_words():
                return None
            if self._word(back) in name_cues("office"):
                return back if back < at - 1 else None
        return None

    def _listed(self, at: int, marks: Sequence[str]) -> int | None:
        """The case of the name before this one in a list; nominative after a colon."""
        start = self._spans[at][0]
        before = self._chars[max(start - _GAP, 0) : start].rstrip()
        if before.endswith(":"):
            return _NOMINATIVE
        if not before.endswith("،") and not self._is_joined(at):
            return None
        for back in range(at - 1, max(at - 1 - _NAME, -1), -1):
            if self._declined[back] is not None and (not back or not self._follows(back)):
                return self._case_of(back, marks)
            if back + 1 < at and not self._follows(back + 1):
                return None
        return None

    def _case_of(self, at: int | None, marks: Sequence[str]) -> int | None:
        if at is None:
            return None
        case = _CASES.get(marks[self._spans[at][1] - 1].replace(SHADDA, ""))
        return None if case == 1 and self._declined[at] else case

    def _follows(self, at: int) -> bool:
        """Whether only a space stands between a word and the one before it."""
        return bool(at) and self._chars[self._spans[at - 1][1] : self._spans[at][0]] == " "

    def _is_joined(self, at: int) -> bool:
        return self._word(at).startswith("و")

    def _is_definite(self, at: int) -> bool:
        return at >= 0 and (self._word(at).startswith(("ال", "لل")) or self._declined[at] is not None)

    def _word(self, at: int) -> str:
        start, end = self._spans[at]
        return self._chars[start:end]


@cache
def _titles() -> frozenset[str]:
    return name_cues("title m") | name_cues("title f")
