"""IPA → MBROLA's input: one line per sound, with its duration and pitch.

MBROLA has no prosody rules, so simple ones here set durations and pitch. Durations are those of careful
speech, rounded; a card's speed adapts them to news. The pitch falls through every breath group, rises on
stressed vowels, and ends low at a full stop, level at a comma, high at a question mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.model.phones import PHONES

SYMBOLS = {row[0]: row[6].split() for row in PHONES}
SILENCE = "_"
_STRESS = "ˈ"
_HAMZA = "?"
_VOWELS = frozenset(("a", "i", "u", "aa", "ii", "uu"))
_EMPHATIC = frozenset(("s.", "d.", "t.", "z."))
_DARK = frozenset(("a.", "i.", "u."))
"""Vowels after an emphatic consonant; only there, and no other vowels there."""
INSTEAD = {"aa": "a", "ii": "i", "uu": "u", "g": "G", "v": "f"}
"""Substitutes for sounds that a database lacks."""
_PHONE = re.compile("|".join(sorted(map(re.escape, SYMBOLS), key=len, reverse=True)) + f"|{_STRESS}")
_BREATH = re.compile(r"([^,;:.?!…]+)([,;:.?!…]*)")

_MILLISECONDS = {
    **dict.fromkeys(("b", "t", "d", "k", "q", "g", "t.", "d."), 75),
    **dict.fromkeys(("f", "v", "T", "D", "s", "z", "S", "Z", "x", "G", "X", "H", "h", "s.", "z."), 90),
    **dict.fromkeys(("m", "n", "l", "w", "j"), 70),
    **dict.fromkeys(("r", _HAMZA), 60),
    **dict.fromkeys(("a", "i", "u"), 65),
    **dict.fromkeys(("aa", "ii", "uu"), 135),
    SILENCE: 40,
}
"""Duration of each sound at pace 1; a silence is the closure of a hamza."""
_PAUSE, _EDGE = 240, 50
"""Milliseconds of silence between two breath groups of one utterance, and at either end of it."""
_STRESSED, _FINAL = 1.17, 1.33
"""Lengthening factors of a stressed vowel, and of the last syllable before a pause."""
_BEGIN, _FALL, _ACCENT = 1.10, 0.18, 1.07
"""Relative to the middle pitch: start of a breath group, its fall, and the factor of stress."""
_END = {".": 0.78, "!": 0.85, "?": 1.30, ",": 1.02, ";": 0.95, ":": 0.95, "…": 0.92, "": 0.80}
"""Relative to the middle pitch: the last syllable before each mark."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One line of a script."""

    symbol: str
    milliseconds: int
    hertz: int
    word: int | None = None
    """Index among the words of the phonemes; ``None`` in silence between them."""

    def __str__(self) -> str:
        return f"{self.symbol} {self.milliseconds} 50 {self.hertz}"


@dataclass(frozen=True, slots=True)
class Database:
    """The recorded diphones of a voice, as far as databases differ."""

    lacks: frozenset[str]
    """Symbols that the database lacks."""
    hamza_after_consonants: bool
    """Otherwise a hamza was recorded only after vowels, and not after dark ones."""


@dataclass(frozen=True, slots=True)
class Melody:
    """The pitch and pace of a voice."""

    hertz: float
    """The middle pitch."""
    pace: float
    """2 is twice as fast as the lengths above."""


@dataclass(frozen=True, slots=True)
class _Spelt:
    symbol: str
    length: int
    word: int
    stressed: bool


def write(ipa: str, database: Database, melody: Melody) -> list[Sound]:
    """The script of an utterance, with silence at both ends; empty if it has no sound.

    Args:
        ipa: words separated by spaces, pauses as punctuation.
        database: the voice's recorded diphones.
        melody: its pitch and pace.
    """
    script: list[Sound] = []
    words = 0
    for said, mark in _BREATH.findall(ipa):
        breath = list(_spelt([_PHONE.findall(word) for word in said.split()], words, database))
        words += len(said.split())
        if breath:
            script.append(_silence(_PAUSE if script else _EDGE, melody))
            script += _sung(breath, _END[mark[:1]], melody)
    return [*script, _silence(_EDGE, melody)] if script else []


def _spelt(words: Sequence[Sequence[str]], first: int, database: Database) -> Iterator[_Spelt]:
    """The symbols of one breath group, only in pairs that the database has."""
    before, stressed = SILENCE, False
    for number, phones in enumerate(words, first):
        for phone in phones:
            stressed = stressed or phone == _STRESS
            for sound in SYMBOLS.get(phone, ()):
                if sound in _VOWELS and before in _DARK:
                    yield _Spelt(SILENCE, _MILLISECONDS[SILENCE], number, stressed=False)
                symbol = _in_place(sound, before, database)
                yield _Spelt(symbol, _length(sound, symbol), number, stressed and sound in _VOWELS)
                before, stressed = symbol, stressed and sound not in _VOWELS


def _in_place(sound: str, before: str, database: Database) -> str:
    """The database's symbol for a sound, given the symbol before it."""
    if sound == _HAMZA:
        recorded = before in _VOWELS or (database.hamza_after_consonants and before != SILENCE)
        return sound if recorded else SILENCE
    if sound in _VOWELS and before in _EMPHATIC:
        return f"{sound[0]}."
    return INSTEAD[sound] if sound in database.lacks else sound


def _length(sound: str, symbol: str) -> int:
    return _MILLISECONDS[SILENCE if symbol == SILENCE else sound]


def _sung(breath: Sequence[_Spelt], end: float, melody: Melody) -> Iterator[Sound]:
    """One breath group with its durations and pitch."""
    nuclei = [at for at, each in enumerate(breath) if each.symbol in _VOWELS | _DARK]
    last = nuclei[-1] if nuclei else len(breath) - 1
    for at, each in enumerate(breath):
        line = end if at >= last else _BEGIN - _FALL * at / len(breath)
        hertz = melody.hertz * line * (_ACCENT if each.stressed else 1)
        length = each.length * (_STRESSED if each.stressed else 1) * (_FINAL if at >= last else 1)
        yield Sound(each.symbol, round(length / melody.pace), round(hertz), each.word)


def _silence(milliseconds: int, melody: Melody) -> Sound:
    return Sound(SILENCE, round(milliseconds / melody.pace), round(melody.hertz))
