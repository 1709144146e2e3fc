"""Phrases whose vowels are known: they constrain the models as an author's marks do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from service.text.core.orthography import LETTER, letters, skeleton


def known(chars: str, marks: Sequence[str]) -> list[str]:
    """The written marks on each character; ``phrases.tsv`` supplies missing ones.

    Args:
        chars: a text without its marks.
        marks: the author's marks on each character.
    """
    said = list(marks)
    pattern, table = _phrases()
    for match in pattern.finditer(chars):
        start = match.start("phrase")
        for at, mark in enumerate(table[match["phrase"]], start):
            said[at] = said[at] or mark
    return said


@cache
def _phrases() -> tuple[re.Pattern[str], dict[str, list[str]]]:
    """One pattern over all phrases, longest first, and phrase → its marks."""
    rows = (files(__package__) / "phrases.tsv").read_text("utf-8").splitlines()
    phrases = [row.strip() for row in rows if row.strip() and not row.startswith("#")]
    table = {skeleton(phrase): [str(each)[1:] for each in letters(phrase)] for phrase in phrases}
    choices = "|".join(map(re.escape, sorted(table, key=len, reverse=True)))
    return re.compile(f"(?<![{LETTER}])[وف]?(?:[بل](?!ال))?(?P<phrase>{choices})(?![{LETTER}])"), table
