"""The article, and the initial alif that is pronounced only after a pause (hamzat al-waṣl)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.text.core.orthography import DAMMA, DARK_LAM, FATHA, KASRA, SHORT, SUKUN, Letter

ALIF = frozenset("اٱ")
LAM = frozenset(("ل", DARK_LAM))
NO_LETTER = Letter("")
_ARTICLE = re.compile(rf"[وفأ]?(?:[بك]?[اٱ][ل{DARK_LAM}]|ل[ل{DARK_LAM}])")
_PROCLITIC = re.compile("[وفأ]?[بكل]?")
_NOUN = re.compile("[اٱ](?:بن|سم|ثن|مر[أؤئ])")
"""Those of the few nouns with hamzat al-waṣl whose initial vowel is always i."""


def letter_at(word: Sequence[Letter], at: int) -> Letter:
    """The letter at an index, or an empty one outside the word."""
    return word[at] if 0 <= at < len(word) else NO_LETTER


def article(word: Sequence[Letter]) -> int:
    """The index of the article's lām, or -1: al-qamar, aš-šams, al-istiqlāl; not iltizām, wālid, allaḏī."""
    match = _ARTICLE.match(_bones(word))
    if match is None:
        return -1
    at = match.end() - 1
    lam, first, second, third = (letter_at(word, at + step) for step in range(4))
    closed = bool(third.char) and (second.still or second.shadda)
    if lam.shadda or not first.char:
        found = False
    elif first.char in ALIF:
        found = closed and lam.vowel in {"", SUKUN, KASRA}
    elif lam.vowel == KASRA:  # a foreign stem in two consonants (wa-li-tšīk)
        found = (
            bool(second.char)
            and first.vowel == SUKUN
            and first.char not in "وي"
            and match.group()[-2] in ALIF
        )
    else:
        iltizam = lam.vowel == SUKUN and first.char == "ت" and not first.shadda
        found = lam.still and not iltizam
    return at if found else -1


def first_vowel(word: Sequence[Letter], lam: int) -> str:
    """The vowel mark of a word's first alif as hamzat al-waṣl.

    a for the article, u where the stem's third letter has u (أُكتب، أُنتُخب), else i.
    """
    alif, first = letter_at(word, 0), letter_at(word, 1)
    if alif.vowel in SHORT:
        return alif.vowel
    if lam == 1 or (first.char in LAM and first.shadda):
        return FATHA
    decides = first if first.shadda else letter_at(word, 2)
    return DAMMA if decides.vowel == DAMMA and not _NOUN.match(_bones(word)) else KASRA


def is_wasl(word: Sequence[Letter], at: int, lam: int) -> bool:
    """Whether an alif within a word is hamzat al-waṣl, after wa-, fa-, ka- or la- (وَاسْتَقْبَلَ; not وَاحِد)."""
    clitics = _PROCLITIC.match(_bones(word[:2]))
    before, after = letter_at(word, at - 1), letter_at(word, at + 1)
    if clitics is None or at > clitics.end() or before.vowel not in {FATHA, ""}:
        return False
    if at + 1 == lam or (after.char in LAM and after.shadda):
        return True
    return _is_stem(word[at + 1 :], before.char)


def _is_stem(stem: Sequence[Letter], clitic: str) -> bool:
    """Whether a stem has the pattern of verbs and nouns with hamzat al-waṣl.

    Forms VII, VIII and X (انفعل، افتعل with its assimilations، استفعل), the imperative of form I, and
    ابن، اسم، اثنان، امرأة: Ryding, A Reference Grammar of Modern Standard Arabic (2005), ch. 2 and 22 to 35.
    After ka- and la- only verbal nouns are considered, so that كانساس and لاتفيا are not split.
    """
    first, second, third = (letter_at(stem, at) for at in range(3))
    if first.shadda:
        return first.char in "تدطظثذز" and bool(third.char)
    pair = first.char + second.char
    if not first.still or pair in {"بن", "سم", "ثن"} or (pair == "مر" and third.char in {"أ", "ؤ", "ئ"}):
        return first.still
    if second.vowel not in ({KASRA} if clitic in {"ك", "ل"} else SHORT):
        return False
    if first.char == "ن" and third.char:
        return not (second.vowel == DAMMA and third.char == "و")
    rest = _bones(stem[3:])
    ends = (rest == "" and third.still) or (rest == "وا" and third.vowel == DAMMA)
    imperative = clitic in {"و", "ف"} and ends and third.char not in {"", "ا", "ة"}
    return second.char == "ت" or pair in {"صط", "ضط", "زد"} or imperative


def _bones(word: Sequence[Letter]) -> str:
    return "".join(letter.char for letter in word)
