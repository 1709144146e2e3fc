"""One vowelled word → its phones in isolation.

``phonemes.py`` handles interactions of adjacent words (elision, epenthetic vowels).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from service.model.phones import PHONES
from service.text.core.orthography import (
    DAGGER,
    DAMMA,
    DARK_LAM,
    FATHA,
    FATHATAN,
    KASRA,
    LONG,
    SHORT,
    SMALL_WAW,
    SUKUN,
    SUN,
    TANWIN,
    Letter,
    letters,
    respelt,
)
from service.text.phonetics.syllables import NUCLEI
from service.text.phonetics.wasl import ALIF, LAM, article, first_vowel, is_wasl, letter_at

CONSONANTS = {letter: row[0] for row in PHONES for letter in row[1]}
REFERENCE = {row[0]: row[2].split() for row in PHONES}
VOWELS = {
    FATHA: "a", DAMMA: "u", KASRA: "i", DAGGER: "aː", SMALL_WAW: "uː", FATHATAN: "a", "ٌ": "u", "ٍ": "i",
}  # fmt: skip
_GLIDE = {"و": (DAMMA, "uː"), "ي": (KASRA, "iː"), "ى": (KASRA, "iː")}


@dataclass(slots=True)
class Sounds:
    """The phones of a word."""

    phones: list[str] = field(default_factory=list)
    wasl: str = ""
    """The vowel of hamzat al-waṣl at the start of an utterance; empty without such a hamza."""
    helping: str = ""
    """An epenthetic vowel between its last consonant and the next two; it does not affect stress."""
    stem: int = 0
    """Index of the first phone that may be stressed: after the article."""
    given: bool = False
    """Whether the phones, including stress, come from a lexicon."""
    is_open: bool = False
    """Whether its case ending is left out."""


def sounds(word: str, *, is_open: bool = False) -> Sounds:
    """Convert one word (letters and marks) to phones.

    A letter without a mark is a consonant without a vowel, except before a letter of prolongation.

    Args:
        word: its letters and marks.
        is_open: whether its case ending is left out: a tāʾ marbūṭa without a mark is t.
    """
    return _Reader(respelt(letters(word)), is_open=is_open).read()


class _Reader:
    """Traverses the letters once."""

    def __init__(self, word: list[Letter], *, is_open: bool) -> None:
        self._word = word
        self._said = Sounds(is_open=is_open)
        self._lam = article(word)

    def read(self) -> Sounds:
        for at, letter in enumerate(self._word):
            if at == self._lam:
                self._article(at)
            elif letter.char in ALIF or self._is_maqsura(at):
                self._alif(at)
            elif letter.char == "ة":
                self._ta_marbuta(letter)
            elif letter.char == "آ":
                self._add("ʔ", "aː")
            elif letter.char in _GLIDE and self._prolongs(at):
                self._prolong(_GLIDE[letter.char][1])
            elif letter.char in CONSONANTS:
                self._consonant(at)
        if [letter.char for letter in self._word] == ["ب", "ن"] and self._word[0].vowel == SUKUN:
            self._said.wasl = "i"  # between names ابن is written without its alif
        return self._said

    def _add(self, *phones: str) -> None:
        self._said.phones.extend(phones)

    @property
    def _last(self) -> str:
        return self._said.phones[-1] if self._said.phones else ""

    def _at(self, at: int) -> Letter:
        return letter_at(self._word, at)

    def _consonant(self, at: int) -> None:
        letter = self._word[at]
        if letter.char in LAM and at and self._at(at + 1).shadda and self._unsaid_lam(at):
            return
        phone = CONSONANTS[letter.char]
        self._add(*(phone,) * (1 + (letter.shadda and bool(at))))
        self._vowel(letter)
        if letter.vowel == "" and letter.char == "إ":
            self._add("i")
        elif letter.vowel == "" and letter.char in "أو" and self._at(1).char not in {"", *ALIF, *_GLIDE}:
            self._add(*("a",) * (at == 0))

    def _unsaid_lam(self, at: int) -> bool:
        """Whether it is the article's lām after a prefix outside the article's pattern (عبدالرّحمن)."""
        return self._word[at].vowel == "" and self._at(at - 1).char in "اٱأ" and self._at(at + 1).char in SUN

    def _vowel(self, letter: Letter) -> None:
        if letter.vowel in VOWELS:
            self._add(VOWELS[letter.vowel])
        if letter.vowel in TANWIN:
            self._add("n")

    def _article(self, lam: int) -> None:
        following = self._at(lam + 1)
        if following.char in ALIF or self._word[lam].vowel == KASRA:
            # الاستقلال: the lām takes the vowel of the silent hamza.
            self._add("l", "i")
            self._said.stem = len(self._said.phones) - 1
            return
        assimilates = following.char in SUN or following.char == DARK_LAM
        if not (assimilates and following.shadda):
            self._add(CONSONANTS[following.char] if assimilates else "l")
        self._said.stem = len(self._said.phones)

    def _alif(self, at: int) -> None:
        letter, before = self._word[at], self._at(at - 1)
        if at == 0:
            self._first_alif(letter)
        elif letter.vowel in TANWIN:
            self._add(*(("n",) if self._last in NUCLEI else (VOWELS[letter.vowel], "n")))
        elif self._is_silent(at):
            return
        elif letter.vowel in SHORT:
            if self._last not in NUCLEI:
                self._add(VOWELS[letter.vowel])
        elif is_wasl(self._word, at, self._lam):
            if self._last not in NUCLEI:
                self._add("i" if before.vowel == SUKUN else "a")
        else:
            self._prolong("aː")

    def _first_alif(self, letter: Letter) -> None:
        following = self._at(1)
        if letter.vowel in LONG:
            self._add("ʔ", VOWELS[letter.vowel])
        elif following.char and (following.still or following.shadda or self._lam == 1):
            self._said.wasl = VOWELS[first_vowel(self._word, self._lam)]
        else:  # a stem that begins with one consonant: the hamza was merely not written
            i = following.char + self._at(2).char in {"لى", "ذا"}
            self._add("ʔ", VOWELS.get(letter.vowel, "i" if i else "a"))

    def _is_silent(self, at: int) -> bool:
        """Whether an alif is silent: after tanwīn, after a plural's wāw, or where it lengthens no vowel."""
        before = self._at(at - 1)
        if before.vowel in {FATHATAN, DAGGER} or (at - 1 == self._lam and self._word[at].still):
            return True
        ends = at == len(self._word) - 1
        if ends and before.char == "و" and before.bare and at > 1:
            return True
        return before.vowel in {KASRA, DAMMA} and self._last in NUCLEI

    def _ta_marbuta(self, letter: Letter) -> None:
        if self._last not in NUCLEI:
            self._add("a")
        if letter.vowel in VOWELS or (letter.vowel == "" and self._said.is_open):
            self._add("t")
            self._vowel(letter)
        elif self._last == "aː":
            self._add("h")

    def _is_maqsura(self, at: int) -> bool:
        """Whether a yāʾ without dots represents ā; after i it is a yāʾ in Egyptian spelling."""
        letter = self._word[at]
        maqsura = letter.char == "ى" and bool(at) and self._at(at - 1).vowel != KASRA
        return maqsura and not letter.shadda and letter.vowel not in SHORT

    def _prolongs(self, at: int) -> bool:
        """Whether a wāw or yāʾ lengthens the vowel before it."""
        letter, before = self._word[at], self._at(at - 1)
        if not letter.bare or not before.char or at - 1 == self._lam:
            return False
        following = self._at(at + 1)
        if following.char in ALIF and letter.vowel == "":
            plural = letter.char == "و" and at + 2 == len(self._word)
            if not plural:
                return False
        if before.vowel:
            return before.vowel == _GLIDE[letter.char][0]
        return self._last not in NUCLEI and bool(self._said.phones)

    def _prolong(self, long: str) -> None:
        if self._last == long[0]:
            self._said.phones[-1] = long
        elif self._last != long:
            self._add(long)
