"""Merges the author's vowels with a lexicon's; if they conflict, the lexicon entry does not apply."""

from __future__ import annotations

import re

from service.text.core.tokens import MARKS

_LETTER = re.compile(rf"([^{MARKS}])([{MARKS}]*)")
_MARK = re.compile(f"[{MARKS}]")
_SHADDA = "\u0651"
_ALIFS = frozenset("اأإآٱ")


def constrain(reading: str, written: str) -> str | None:
    """One word's reading with the author's marks added, or ``None`` if the two contradict each other.

    A reading in other letters (an alias) never conflicts. Unmarked letters are compatible with any mark; so
    is the last letter of a reading, whose vowel is the case ending. All alifs count as the same letter.

    >>> constrain("عُمَان", "عُمان")
    'عُمَان'
    >>> constrain("عُمَان", "عَمّان") is None
    True
    >>> constrain("الْمَغْرِب", "المغربِ")
    'الْمَغْرِبِ'
    """
    if not _MARK.search(written):
        return reading
    ours, theirs = _LETTER.findall(reading), _LETTER.findall(written.replace("ـ", ""))
    if len(ours) != len(theirs) or not all(map(_same_letter, ours, theirs)):
        return reading
    joined = []
    for at, ((letter, known), (_, marks)) in enumerate(zip(ours, theirs, strict=True)):
        union = _join(known, marks, last=at == len(ours) - 1)
        if union is None:
            return None
        joined.append(letter + union)
    return "".join(joined)


def _same_letter(ours: tuple[str, str], theirs: tuple[str, str]) -> bool:
    return ours[0] == theirs[0] or {ours[0], theirs[0]} <= _ALIFS


def _join(known: str, marks: str, *, last: bool) -> str | None:
    if not marks or not known:
        return known + marks
    ours, theirs = known.replace(_SHADDA, ""), marks.replace(_SHADDA, "")
    if _SHADDA in marks and _SHADDA not in known and not last:
        return None
    if ours and theirs and ours != theirs:
        return None
    doubled = _SHADDA if _SHADDA in known + marks else ""
    return doubled + (ours or theirs)
