"""How many of the hand-checked readings are right: ``python tests/corpus/report.py``.

Every ``*.tsv`` beside this file, in the folders of ``ROOMS``, holds lines of class (with ``@ar-EG`` and
the like after it where the locale matters), written, spoken and a comment on the grammar. A file named
after a locale is read in it. Names in Latin letters are looked up in the shipped lexicon. In ``blind``,
whose sentences were written before they were first read, more than one reading may be right:
``|| `` parts whole readings and ``{a|b}`` parts of one, and pauses are not compared.
"""

# ruff: noqa: T201 - it reports

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOMS = ("numbers", "symbols", "latin", "blind")
_LEXICAL = frozenset({"latin", "blind"})
"""Rooms read with the shipped lexicon."""
HOME = "ar-MA"
_MARKS = re.compile("[\u064b-\u0652\u0670]")
_PAUSES = re.compile(r"[^\w\s]+")
_CHOICE = re.compile(r"\{([^{}]*)\}")

sys.path.insert(0, str(HERE.parent.parent))

from service.model.document import Boundary, Sentence, Span  # noqa: E402 - after the path
from service.text.lexicon.lexicon import Lexicon  # noqa: E402 - after the path
from service.text.pipeline.spoken import ReadingOptions, read  # noqa: E402 - after the path


@dataclass(frozen=True)
class Case:
    """One reading, as it must be."""

    rule: str
    written: str
    spoken: str
    locale: str
    lexicon: Lexicon
    letters_only: bool = False

    @property
    def heard(self) -> str:
        """What the chain makes of it."""
        sentence = Sentence(self.written, Span(0, len(self.written)), Boundary.SENTENCE)
        options = ReadingOptions(locale=self.locale, breath_limit=10_000, lexicon=self.lexicon)
        return " ".join(piece.spoken for piece in read(sentence, options).pieces)

    @property
    def right(self) -> bool:
        """The letters are as they must be; the vowels of the lexicon are another matter."""
        return self._bare(self.heard) in {self._bare(way) for way in ways(self.spoken)}

    def _bare(self, text: str) -> str:
        letters = _MARKS.sub("", text)
        return " ".join(_PAUSES.sub(" ", letters).split()) if self.letters_only else letters


def ways(spoken: str) -> Iterator[str]:
    """Every reading that a cell of the corpus allows.

    >>> list(ways("نحو {عشرين|20} || زهاء عشرين"))
    ['نحو عشرين', 'نحو 20', 'زهاء عشرين']
    """
    for whole in spoken.split(" || "):
        *plain, last = _CHOICE.split(whole)[::2]
        choices = [choice.split("|") for choice in _CHOICE.split(whole)[1::2]]
        for chosen in product(*choices):
            yield "".join(part + choice for part, choice in zip(plain, chosen, strict=True)) + last


def cases(*rooms: str) -> Iterator[Case]:
    """All cases of the rooms named."""
    for room in rooms:
        lexicon = Lexicon.shipped() if room in _LEXICAL else Lexicon()
        for table in sorted((HERE / room).glob("*.tsv")):
            for line in table.read_text("utf-8").splitlines():
                if line.strip() and not line.startswith(("#", "class\t")):
                    name, written, spoken = line.split("\t")[:3]
                    rule, _, locale = name.partition("@")
                    home = table.stem if table.stem.startswith("ar-") else HOME
                    yield Case(rule, written, spoken, locale or home, lexicon, room == "blind")


def main() -> int:
    """Print class, cases, right; then what is wrong."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: list[tuple[Case, str]] = []
    for case in cases(*ROOMS):
        total[case.rule] += 1
        right[case.rule] += case.right
        if not case.right:
            wrong.append((case, case.heard))
    for rule in total:
        print(f"{rule:<24}{total[rule]:>6}{right[rule]:>6}")
    print(f"{'all':<24}{total.total():>6}{right.total():>6}")
    for case, heard in wrong:
        print(f"{case.rule}: {case.written}\n  must be {case.spoken}\n  is      {heard}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
