"""Vowelled Arabic, letter by letter: each letter with its marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

FATHA, DAMMA, KASRA, SUKUN, SHADDA = "\u064e", "\u064f", "\u0650", "\u0652", "\u0651"
FATHATAN, DAMMATAN, KASRATAN = "\u064b", "\u064c", "\u064d"
DAGGER, SMALL_WAW = "\u0670", "\u06e5"
"""Long ā and long ū that no letter shows (هٰذا، داوُۥد)."""
SHORT = frozenset((FATHA, DAMMA, KASRA))
TANWIN = frozenset((FATHATAN, DAMMATAN, KASRATAN))
LONG = frozenset((DAGGER, SMALL_WAW))
MARKS = SHORT | TANWIN | LONG | {SUKUN, SHADDA}
SUN = frozenset("تثدذرزسشصضطظلن")
"""Letters to which the article's lām assimilates."""
SILENT = "-"
DARK_LAM = "\u06b5"
"""Represents the lām of الله, which is dark after a and u."""

PAUSES = {"،": ",", ",": ",", "؛": ";", ";": ";", ":": ":", ".": ".", "؟": "?", "?": "?", "!": "!", "…": "…"}
"""Every punctuation mark that is heard as a pause, and its form in phoneme strings."""
LETTER = "ء-غف-يٱپچژڤکگڵی"
"""Character class body: the letters that have a sound."""
ARTICLE = "[وف]?(?:[بك]?ال|لل)"
"""Pattern of the article, with the clitics that may stand before it."""
_PART = re.compile(
    rf"\ufff9[^\ufff9-\ufffb]*\ufffa[^\ufff9-\ufffb]*\ufffb|[{LETTER}{''.join(sorted(MARKS))}]+|[{re.escape(''.join(PAUSES))}]+|\S"
)
_PERSIAN = str.maketrans("کی", "كي")
_PRESENTATION = re.compile("[\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]")
_CLITICS = "(?:[وفأ]?[بكلت]?)"
_SUFFIXES = "(?:ها?|هما?|هن|ك|كما?|كن|نا|ني|ي)?"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter and its marks."""

    char: str
    vowel: str = ""
    """A short vowel, tanwīn, sukūn or long-vowel mark; empty if unmarked."""
    shadda: bool = False

    @property
    def still(self) -> bool:
        """Whether no vowel follows it."""
        return self.vowel in {"", SUKUN}

    @property
    def bare(self) -> bool:
        """Whether it has no mark with a sound."""
        return self.still and not self.shadda

    def __str__(self) -> str:
        return self.char + SHADDA * self.shadda + self.vowel


def parts(text: str) -> list[str]:
    """A text's words (letters and marks, or annotated with their phones) and runs of pause punctuation.

    All other characters are dropped.
    """
    plain = _PRESENTATION.sub(lambda m: unicodedata.normalize("NFKC", m.group()), text).replace("ـ", "")
    plain = unicodedata.normalize("NFC", plain)
    found = (m.group() for m in _PART.finditer(plain.translate(_PERSIAN)))
    return [p for p in found if p[0] in PAUSES or p[0] == "\ufff9" or (is_word(p) and skeleton(p))]


def is_word(part: str) -> bool:
    """Whether a part consists of Arabic letters."""
    return re.fullmatch(rf"[{LETTER}{''.join(sorted(MARKS))}]+", part) is not None


def letters(word: str) -> list[Letter]:
    """Split a word into letters. Marks before the first letter are dropped."""
    found: list[Letter] = []
    for char in word:
        if char not in MARKS:
            found.append(Letter(char))
        elif found:
            found[-1] = _marked(found[-1], char)
    return found


def alternatives(marks: str) -> frozenset[str]:
    """The vowels of which one letter bears one; empty unless its marks show several.

    >>> sorted(alternatives("\u064f\u064e")) == [FATHA, DAMMA], alternatives("\u064f")
    (True, frozenset())
    """
    if len(marks) < 2:
        return frozenset()
    vowels = SHORT.union(TANWIN).intersection(marks)
    return vowels if len(vowels) > 1 else frozenset()


def spelt(letters: Iterable[Letter]) -> str:
    """Join letters to a word, shadda before vowel."""
    return "".join(map(str, letters))


def skeleton(word: str) -> str:
    """A word without its marks."""
    return "".join(c for c in word if c not in MARKS)


def without_ending(word: str) -> str:
    """A vowelled word without the vowel of its last letter, as a lexicon lists it.

    >>> without_ending("الرِّبَاطِ") == "الرِّبَاط", without_ending("مَغْرِبِيٌّ") == "مَغْرِبِيّ"
    (True, True)
    """
    ending = re.search(f"[{''.join(sorted(MARKS))}]*$", word)
    return word[: ending.start()] + SHADDA * (SHADDA in ending.group()) if ending else word


def respelt(word: list[Letter]) -> list[Letter]:
    """The word in a spelling that shows every sound (``spellings.tsv``)."""
    bones = "".join(letter.char for letter in word)
    match = _spellings()[0].fullmatch(bones)
    if match is None:
        return word
    group = "closed" if match["closed"] else "open"
    at = match.start(group)
    said = [_applied(*pair) for pair in zip(word[at:], letters(_spellings()[1][match[group]]), strict=False)]
    if None in said:
        return word
    kept = [letter for letter in said if letter and letter.char != SILENT]
    return [*word[:at], *kept, *word[at + len(said) :]]


def _applied(written: Letter, rule: Letter) -> Letter | None:
    """A letter as the table spells it; ``None`` if its written marks show that it is another word."""
    if rule.char == SILENT:
        return replace(written, char=SILENT) if written.bare else None
    if rule.vowel in LONG:
        fits = written.vowel in LONG or written.vowel in {"", FATHA, DAMMA}
        return Letter(rule.char, rule.vowel, rule.shadda or written.shadda) if fits else None
    if rule.vowel and (written.vowel not in {"", rule.vowel} or written.shadda > rule.shadda):
        return None
    return Letter(rule.char, rule.vowel or written.vowel, rule.shadda or written.shadda)


def _marked(letter: Letter, mark: str) -> Letter:
    if mark == SHADDA:
        return replace(letter, shadda=True)
    if letter.vowel in LONG:
        return letter
    return replace(letter, vowel=mark)


@cache
def _spellings() -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern over all stems of the table, and stem → spelling."""
    rows = (files(__package__) / "spellings.tsv").read_text("utf-8").splitlines()
    pairs = [row.split("\t") for row in rows if row and not row.startswith("#")]
    closed = {stem: said for stem, said in pairs if not stem.endswith("~")}
    open_ = {stem[:-1]: said for stem, said in pairs if stem.endswith("~")}
    alone, suffixed = (
        "|".join(sorted(map(re.escape, table), key=len, reverse=True)) for table in (closed, open_)
    )
    pattern = f"{_CLITICS}(?:(?P<closed>{alone})|(?P<open>{suffixed}){_SUFFIXES})"
    return re.compile(pattern), closed | open_
