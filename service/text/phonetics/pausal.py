"""Waqf: the pausal form of words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from service.text.core.orthography import (
    DAGGER,
    FATHA,
    FATHATAN,
    LETTER,
    MARKS,
    PAUSES,
    SHORT,
    SUKUN,
    TANWIN,
    Letter,
    letters,
    skeleton,
    spelt,
)

_WORD = f"[{LETTER}ـ{''.join(sorted(MARKS))}]"
_PAUSE = re.escape("".join(PAUSES))
_BEFORE = rf"(?<!{_WORD}){_WORD}++(?=[^\w{_PAUSE}]*+"
_BEFORE_MARK = re.compile(rf"{_BEFORE}[{_PAUSE}])")
_BEFORE_PAUSE = re.compile(rf"{_BEFORE}(?:[{_PAUSE}]|\Z))")
_UNCHANGED = frozenset(("هو", "هي", "وهو", "وهي", "فهو", "فهي", "لم", "بم", "فيم", "عم", "مم"))
"""Pronouns with a fixed final vowel, and question words that are other words without it (لِمَ، عَمَّ)."""


def pausal(diacritised: str, *, ends: bool = True) -> str:
    """Give the word before each heard pause (``، ؛ : . ؟ ! …`` and the end) its pausal form.

    Short vowels and tanwīn of u and i are dropped; tanwīn of a becomes ā; tāʾ marbūṭa loses its t. Letters
    are unchanged. Wright, A Grammar of the Arabic Language, vol. II §§ 222–226.

    Args:
        diacritised: fully vowelled.
        ends: whether the end is a pause, not only a change of voice.
    """
    return (_BEFORE_PAUSE if ends else _BEFORE_MARK).sub(lambda match: _paused(match.group()), diacritised)


def _paused(word: str) -> str:
    bones = skeleton(word)
    if bones in _UNCHANGED or len(bones) < 2:
        return word
    said = letters(word)
    silent = bones.endswith("عمرو") and not said[-1].vowel
    end = len(said) - 1 - silent
    head, last, tail = said[:end], said[end], said[end + 1 :]
    return spelt([*_settled(head, last), *tail])


def _settled(head: list[Letter], last: Letter) -> Iterator[Letter]:
    """The letters of a word with its pausal ending."""
    before = head[-1]
    if last.char in "اى" and not last.shadda and FATHATAN in (before.vowel, last.vowel):
        yield from head[:-1]
        yield replace(before, vowel=FATHA if before.vowel in {"", FATHATAN} else before.vowel)
        yield replace(last, vowel="")
        return
    yield from head
    if last.vowel == FATHATAN and last.char != "ة":
        yield replace(last, vowel=DAGGER)
    elif last.vowel in SHORT | TANWIN and not (last.char in "اى" and last.vowel in SHORT):
        yield replace(last, vowel=SUKUN)
    else:
        yield last
