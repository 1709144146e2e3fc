"""Sounds of verb forms, and their spelling.

A form is composed as a string of sounds: consonants are their letters (hamza is ``ء``), ``a i u`` the short
vowels, ``A I U`` the long ones. ``Y`` is a final ā that is spelt with alif maqṣūra, ``x`` the silent alif of
قالوا, ``|`` separates two equal letters that do not merge. Two equal consonants in a row are one letter with
shadda.

>>> spelt(spell("qaddamUx".translate(str.maketrans("qdm", "قدم"))))
'قَدَّمُوا'
"""

from __future__ import annotations

import re

from service.text.core.orthography import DAMMA, FATHA, KASRA, MARKS, SHADDA, SUKUN

CONSONANT = "[^aiuAIUYx|]"
"""Regular expression: one consonant."""
_MARK = {"a": FATHA, "i": KASRA, "u": DAMMA}
_VOWEL = {mark: vowel for vowel, mark in _MARK.items()}
_LONG = {"A": ("a", "ا"), "Y": ("a", "ى"), "I": ("i", "ي"), "U": ("u", "و")}
_PROLONGS = {"aا": "A", "aى": "Y", "iي": "I", "uو": "U"}
_WASL = {("ا", KASRA): "إ", ("ا", DAMMA): "أ"}
"""Hamzat al-waṣl → how it is misspelt."""
_CARRIERS = dict.fromkeys("أإؤئ", "ء") | {"آ": "ءA"}
_FOLDED = str.maketrans(dict.fromkeys("أإؤئ", "ء") | {"آ": "ءا", "ى": "ا"})
_AS_LETTERS = str.maketrans(dict.fromkeys("aiu|") | {"A": "ا", "Y": "ا", "x": "ا", "I": "ي", "U": "و"})
_TWICE = re.compile(f"({CONSONANT})\\1")

Spelling = tuple[list[str], list[str]]
"""Letters and, for each, its marks."""


def sounds(word: str) -> str:
    """The sounds of a fully vowelled word. The initial alif must have its vowel.

    >>> sounds("اِزْدَادَ").translate(str.maketrans("زد", "zd"))
    'izdAda'
    """
    found = ""
    for char, following in zip(word, word[1:] + " ", strict=True):
        if char in _VOWEL:
            found += _VOWEL[char]
        elif char == SHADDA:
            found += found[-1]
        elif (found[-1:] + char) in _PROLONGS and following not in MARKS:
            found = found[:-1] + _PROLONGS[found[-1] + char]
        elif char != SUKUN and (found or char != "ا"):
            found += _CARRIERS.get(char, char)
    return found


def folded(word: str) -> str:
    """A written word with every hamza alike, by which stems are found.

    >>> folded("آمن"), folded("سئل"), folded("رأى")
    ('ءامن', 'سءل', 'رءا')
    """
    return word.translate(_FOLDED)


def bones(sounds: str) -> str:
    """The letters that sounds are written with, as ``folded`` returns them."""
    found = _TWICE.sub(r"\1", sounds)
    first = "ا" if found[:1] in _MARK else ""
    return first + found.translate(_AS_LETTERS)


def spell(sounds: str) -> Spelling:
    """The spelling of a word without proclitics, the initial hamzat al-waṣl with its vowel."""
    chars: list[str] = []
    marks: list[str] = []
    at, end = 0, len(sounds)
    if sounds[0] in _MARK:
        chars.append("ا")
        marks.append(_MARK[sounds[0]])
        at = 1
    while at < end:
        sound = sounds[at]
        start, at = at, at + 1
        if sound == "|":
            continue
        if sound == "x":
            chars.append("ا")
            marks.append("")
            continue
        mark = ""
        if sounds[at : at + 1] == sound:
            mark, at = SHADDA, at + 1
        vowel = sounds[at : at + 1]
        if sound == "ء":
            if vowel == "A" and (not start or sounds[start - 1] not in "iuIUA"):
                chars.append("آ")
                marks.append("")
                at += 1
                continue
            sound = _seat(sounds, start)
        chars.append(sound)
        if vowel in _MARK:
            marks.append(mark + _MARK[vowel])
            at += 1
        elif vowel in _LONG:
            short, prolonging = _LONG[vowel]
            marks.extend((mark + _MARK[short], ""))
            chars.append(prolonging)
            at += 1
        else:
            marks.append(mark or SUKUN)
    return chars, marks


def spelt(spelling: Spelling) -> str:
    """Letters and marks as a word."""
    return "".join(char + mark for char, mark in zip(*spelling, strict=True))


def spelt_as(written: str, spelling: Spelling) -> str | None:
    """The marks of a spelling on the letters of a written word; ``None`` if it is another word.

    Hamzat al-waṣl that is written as such has no mark.

    Written hamza may differ from the rule in three ways that newspapers use: a bare alif for an initial
    hamza, a hamza on the initial alif that has none (إستعاد, أعتقل), and the other seats of a hamza before u
    (بدأوا and بدؤوا, جاءوا and جاؤوا).

    Args:
        written: letters without marks and proclitics.
        spelling: what ``spell`` returns.
    """
    chars, marks = spelling
    if len(chars) != len(written):
        return None
    found = ""
    for at, (char, mine, mark) in enumerate(zip(chars, written, marks, strict=True)):
        if char != mine and not (
            _other_seat(char, mine, marks[at - 1], mark) if at else _initial(char, mine, mark)
        ):
            return None
        found += mine + ("" if at == 0 and char == mine == "ا" else mark)
    return found


def _initial(char: str, written: str, mark: str) -> bool:
    return (written == "ا" and char in "أإ") or written == _WASL.get((char, mark))


def _other_seat(char: str, written: str, before: str, mark: str) -> bool:
    if char != "ؤ" or mark != DAMMA:
        return False
    return written == ("أ" if before.endswith(FATHA) else "" if before else "ء")


def _seat(sounds: str, at: int) -> str:
    """The letter on which a hamza is written.

    Wright, A Grammar of the Arabic Language, vol. I §§ 131 to 140, in the modern spelling of the academies.
    """
    before, after = sounds[at - 1 : at], sounds[at + 1 : at + 2]
    if not before:
        return "إ" if after in {"i", "I"} else "أ"
    if at + 2 >= len(sounds) and after not in {"A", "I", "U", "Y"}:
        return {"a": "أ", "i": "ئ", "u": "ؤ"}.get(before, "ء")
    if before in "iI" or after in {"i", "I"}:
        return "ئ"
    if before == "u" or after in {"u", "U"}:
        return "ؤ"
    return "ء" if before in "AU" else "أ"
