"""How vowelled text is scored against a reference, and phones against phones.

Two spellings that sound the same count as the same: sukūn or nothing, fatḥa or nothing before alif, kasra or
nothing before a yāʾ and ḍamma or nothing before a wāw of prolongation, tanwīn on or before its alif, any mark
on alif (and so kasra on the lām or on the alif of الاتحاد), and the vowel that a still last letter takes
before hamzat al-waṣl. A word of which the reference leaves most letters bare (foreign names in some sets) is
not scored. The case ending is the mark on a word's last letter, or on the one before a last alif.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.text.core.orthography import (
    DAGGER,
    DAMMA,
    FATHA,
    FATHATAN,
    KASRA,
    LETTER,
    SUKUN,
    Letter,
    letters,
)

_WORD = re.compile(f"[{LETTER}]+")
_SEATS = str.maketrans("أإآؤئ", "اااوي")
"""The rawi models write hamzas anew; only their vowels are judged."""
_LONG = {"ا": FATHA, "ى": FATHA, "ي": KASRA, "و": DAMMA}


@dataclass
class Score:
    """Counts of errors."""

    letters: int = 0
    wrong: int = 0
    inner: int = 0
    wrong_inner: int = 0
    words: int = 0
    wrong_words: int = 0

    @property
    def der(self) -> float:
        """Diacritic error rate with case endings, in per cent."""
        return 100 * self.wrong / max(self.letters, 1)

    @property
    def der_without_case(self) -> float:
        """Diacritic error rate of all letters but those that bear the case ending, in per cent."""
        return 100 * self.wrong_inner / max(self.inner, 1)

    @property
    def wer(self) -> float:
        """Words with an error, in per cent."""
        return 100 * self.wrong_words / max(self.words, 1)


def add(score: Score, reference: str, said: str) -> None:
    """Compare a line with its reference, whose letters it must have."""
    want, have = letters(reference), letters(said)
    bones = "".join(letter.char for letter in want)
    if bones.translate(_SEATS) != "".join(letter.char for letter in have).translate(_SEATS):
        raise ValueError(f"other letters than in the reference: {said}")
    for match in _WORD.finditer(bones):
        span = slice(*match.span())
        word = want[span]
        bare = sum(letter.bare for letter in word)
        if bare == len(word) or (len(word) > 3 and bare > 0.6 * len(word)):  # noqa: PLR2004
            continue
        before_wasl = re.match(r" [اٱ]", bones[match.end() :]) is not None
        _add_word(
            score, [*_sounds(word, before_wasl)], [*_sounds(have[span], before_wasl)], word[-1].char == "ا"
        )


def _add_word(score: Score, want: list[str], have: list[str], ends_in_alif: bool) -> None:  # noqa: FBT001
    case = len(want) - 1 - (ends_in_alif and len(want) > 1)
    wrong = [
        at for at, pair in enumerate(zip(want, have, strict=True)) if pair[0] != pair[1] and "*" not in pair
    ]
    score.letters += len(want)
    score.wrong += len(wrong)
    score.inner += case
    score.wrong_inner += sum(at < case for at in wrong)
    score.words += 1
    score.wrong_words += bool(wrong)


def _sounds(word: Sequence[Letter], before_wasl: bool) -> Iterator[str]:  # noqa: FBT001
    """What each letter's marks sound like; ``*`` for a last letter whose mark says nothing."""
    for at, letter in enumerate(word):
        following = word[at + 1] if at + 1 < len(word) else Letter("")
        vowel = FATHA if letter.vowel == DAGGER else letter.vowel.replace(SUKUN, "")
        if following.char in {"ا", "ى"} and FATHATAN in (vowel, following.vowel):
            vowel = FATHATAN
        elif (letter.char + following.char == "لا" and vowel == KASRA) or (
            following.bare and vowel == _LONG.get(following.char)
        ):
            vowel = ""
        if letter.char in {"ا", "ى"}:
            vowel = ""
        if (
            before_wasl
            and not following.char
            and not letter.shadda
            and vowel == ""
            and letter.char not in "اىوي"
        ):
            yield "*"
        else:
            yield vowel + "w" * letter.shadda


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Levenshtein's."""
    row = list(range(len(other) + 1))
    for at, left in enumerate(one, 1):
        diagonal, row[0] = row[0], at
        for to, right in enumerate(other, 1):
            diagonal, row[to] = row[to], min(diagonal + (left != right), row[to] + 1, row[to - 1] + 1)
    return row[-1]
