"""Keeps the vowels of names, and gives them endings that they can have.

A name comes vowelled but for its last letter, and is known by these vowels. A diptote takes no tanwīn and no
i, and nothing follows ā or ī (Wright, vol. I §§ 308-309). Before another name no name takes tanwīn (§ 315).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from service.text.core.orthography import (
    DAMMA,
    DAMMATAN,
    FATHA,
    FATHATAN,
    KASRA,
    KASRATAN,
    LETTER,
    SHADDA,
    skeleton,
)
from service.text.core.tables import rows
from service.text.diacritisation.name_cases import Names

_WORD = re.compile(f"[{LETTER}]+")
_CLITIC = re.compile(f"[وفك]{FATHA}|[بل]{KASRA}")
_SON = frozenset({"بن", "بنت"})
_NO_NAMES = {
    "عبد", "بن", "ابن", "أبو", "أبي", "أم", "آل", "ولد", "بني",
    "دار", "عز", "فتح", "عشر", "شيخ", "الملك", "الأمير", "البابا",
}  # fmt: skip
"""Words of a full name that are no name by themselves."""
_WITHOUT_TANWIN = {DAMMATAN: DAMMA, KASRATAN: KASRA, FATHATAN: FATHA}
_DIPTOTE = {DAMMATAN: DAMMA, KASRATAN: FATHA, KASRA: FATHA, FATHATAN: FATHA}
_LONG = ("ا", "ى", f"{KASRA}ي", f"{DAMMA}و")
_TRIPTOTE, _DIPTOTES, _INVARIABLE = "triptote", "diptote", "invariable"


def settled(chars: str, written: Sequence[str], said: Sequence[str]) -> list[str]:
    """The marks of a text, with the written ones and possible endings on its names.

    Args:
        chars: a text without its marks.
        written: the marks on each character that were there before.
        said: the marks on each character.
    """
    settled = list(said)
    words = [match.span() for match in _WORD.finditer(chars)]
    kinds = [_ending(chars, written, *span) for span in words]
    for at, ((start, end), kind) in enumerate(zip(words, kinds, strict=True)):
        if not kind:
            continue
        settled[start : end - 1] = written[start : end - 1]
        if written[end - 1].strip(SHADDA):
            continue
        if kind == _INVARIABLE:
            settled[end - 1] = written[end - 1]
        elif kind == _DIPTOTES:
            settled[end - 1] = _without(_DIPTOTE, said[end - 1])
        elif _is_before_name(chars, words, kinds, at):
            settled[end - 1] = _without(_WITHOUT_TANWIN, said[end - 1])
    declined = [None if kind in {"", _INVARIABLE} else kind == _DIPTOTES for kind in kinds]
    Names(chars, words, declined).agree(written, settled)
    return settled


def _ending(chars: str, written: Sequence[str], start: int, end: int) -> str:
    """The ending of the name that a word is, or nothing."""
    if not written[start] and chars[start] not in "اآ":
        return ""
    shadda = SHADDA if SHADDA in written[end - 1] else ""
    word = "".join(chars[at] + written[at] for at in range(start, end - 1)) + chars[end - 1] + shadda
    endings = _endings()
    while word not in endings:
        clitic = _CLITIC.match(word)
        if clitic is None:
            return ""
        word = word[clitic.end() :]
    return endings[word]


def _is_before_name(chars: str, words: Sequence[tuple[int, int]], kinds: Sequence[str], at: int) -> bool:
    if at + 1 == len(words):
        return False
    (_, end), (start, after) = words[at : at + 2]
    return chars[end:start] == " " and bool(kinds[at + 1] or chars[start:after] in _SON)


def _without(table: dict[str, str], marks: str) -> str:
    return "".join(table.get(mark, mark) for mark in marks)


@cache
def _endings() -> dict[str, str]:
    """Each vowelled name, its last letter without a vowel, and its ending."""
    endings: dict[str, str] = {}
    for reading in _of_full_names():
        endings[reading] = _INVARIABLE if reading.endswith(_LONG) else _DIPTOTES
    for file, column in (("surnames.tsv", 1), ("given_names.tsv", 2)):
        for row in rows(f"names/{file}"):
            *heads, last = row[0].split()
            if row[column] == _INVARIABLE and len(row) > column + 1 and last.startswith("ال"):
                continue  # «المغربي» is a nisba elsewhere, and has its case
            endings[last] = row[column]
            for head in heads:
                endings.setdefault(head, _TRIPTOTE)
    bare = {name.rstrip(KASRA): ending for name, ending in endings.items()}
    bare |= {name[1:]: ending for name, ending in bare.items() if name.startswith("ال")}
    everyday = _everyday()
    return {name: ending for name, ending in bare.items() if name not in everyday}


def _everyday() -> frozenset[str]:
    """The vowelled spellings that the lexicon also has for everyday words, whose endings are free."""
    return frozenset(
        reading
        for file in ("loanwords.tsv", "nisba.tsv")
        for _, reading, *role in rows(f"lexicon/{file}")
        if role != ["name"]
    )


def _of_full_names() -> Iterator[str]:
    """The words of the full names in the lexicon."""
    for reading in (row[1] for row in rows("lexicon/people.tsv")[1:]):
        for word in reading.split():
            if not skeleton(word).startswith("ال") and skeleton(word) not in _NO_NAMES:
                yield word
