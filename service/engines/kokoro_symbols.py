"""Text → the symbols of a Kokoro voice, each with its word.

A Kokoro model reads IPA, one id a character. Arabic ones are trained on what eSpeak NG's Arabic voice makes
of vowelled text, without ties, syllable dots, and the marks of emphatic consonants (ˤ, U+032A). So a voice
gets eSpeak's transcription, as in its training; or our phonemes in eSpeak's notation, if its card says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import name

from service.engines import espeak_library
from service.engines.word_alignment import by_breaks, by_sound
from service.model.borrowed import SPELT, plain
from service.model.errors import EngineError
from service.model.reading import Utterance

PAUSES = {"،": ",", "؛": ";", "؟": "?", **{char: char for char in ",;:.!?…"}}
"""Punctuation that is heard, as symbols."""
_JOINED = {
    "d^ʒ": "ʤ",
    "t^ʃ": "ʧ",
    "t^s": "ʦ",
    "d^z": "ʣ",
    "a^ɪ": "I",
    "a^ʊ": "W",
    "e^ɪ": "A",
    "o^ʊ": "O",
    "ə^ʊ": "Q",
    "ɔ^ɪ": "Y",
}
"""Phones of two letters for which Kokoro has one symbol: affricates, and English diphthongs."""
_OURS = {"dʒ": "ʤ", "tʃ": "ʧ", "x": "χ"}
"""Our phones that eSpeak's Arabic voice writes otherwise."""
_NEAREST = {
    "χ": "x",
    "x": "χ",
    "g": "ɡ",
    "ɫ": "l",
    "v": "f",
    "p": "b",
    "ʤ": "dʒ",
    "ʧ": "tʃ",
    "ʦ": "ts",
    "ʣ": "dz",
}
"""What stands for a phone that a voice lacks."""
_MARKERS = frozenset("\u032aˤˌˈ^") | frozenset(PAUSES)
"""Signs that are no sounds by themselves: a voice that lacks them was trained without them."""
_NO_SOUND = re.compile(r"\([a-z^-]+\)|[._\-|]|\s+(?=\s)")
"""In eSpeak's transcription: changes of language, and marks between syllables."""
_CLAUSE = re.compile(rf"([{re.escape(''.join(PAUSES))}]+)(?=\s|$)")
_STRESSED_LATE = re.compile(r"ˈ([^aiuˈ\s]*)(?=[aiu])")
"""A stress mark before its syllable, which eSpeak writes before the vowel."""
_MARKS = "\u064b-\u0652\u0670"
_LONG_WORD = re.compile(rf"((?:[^\s{_MARKS}][{_MARKS}]*){{40}})(?=[^\s{_MARKS}])")
"""eSpeak forgets the rest of a word that is far longer than any."""
_FOLDED = str.maketrans({"ک": "ك", "ی": "ي", "ٱ": "ا", "ـ": ""})
"""Letters that eSpeak would name instead of saying them."""
INSTEAD = SPELT | {"ٱ": "ا"}
"""What is said for letters of news that eSpeak's Arabic voice does not say."""
_SAID = frozenset(map(chr, (*range(0x621, 0x63B), *range(0x641, 0x64B))))
"""The letters in Arabic script that eSpeak says; it says the names of the others."""
_VOWEL_FIRST = re.compile("([\u064b-\u0650])\u0651")
"""The order of Unicode's normal forms; eSpeak loses a vowel before its shadda."""


class Symbol(NamedTuple):
    """One input of the model."""

    text: str
    id: int
    word: int | None
    """Index into ``Utterance.diacritised.split()``; ``None`` for breaks, pauses and words without a place."""


class Symbols:
    """The symbols of one voice.

    Args:
        ids: the id of each symbol.
        language: the language whose eSpeak voice transcribes.
        own: whether Arabic is read from our phonemes, not from eSpeak's.
    """

    def __init__(self, ids: Mapping[str, int], language: str, *, own: bool) -> None:
        self._ids = ids
        self._language = language
        self._own = own

    def spell(self, utterance: Utterance) -> list[Symbol]:
        """Spell an utterance.

        Raises:
            EngineError: it has a sound for which this voice has no symbol, and none stands for it.
            MissingPart: eSpeak NG, or its voice for this language, is not installed.
        """
        words = utterance.diacritised.split()
        said = _ours(utterance.phonemes) if self._own else self._heard([utterance.diacritised])[0]
        sounds = self._known(said)
        owners = by_breaks(sounds, len(words))
        if not owners and not self._own:
            owners = by_sound(sounds, [self._known(word) for word in self._heard(words)])
        placed = owners or [None] * len(sounds)
        return [Symbol(text, self._ids[text], word) for text, word in zip(sounds, placed, strict=True)]

    def _heard(self, texts: Sequence[str]) -> list[str]:
        """Each text as eSpeak transcribes it, with its pauses."""
        parts = [_CLAUSE.split(_sayable(text)) for text in texts]
        clauses = [_LONG_WORD.sub(r"\1 ", clause) for part in parts for clause in part[::2]]
        said = iter(espeak_library.phonemise(clauses, self._language))
        return [
            "".join(
                "".join(map(PAUSES.__getitem__, piece)) if at % 2 else f" {_joined(next(said))}"
                for at, piece in enumerate(part)
            ).strip()
            for part in parts
        ]

    def _known(self, phonemes: str) -> list[str]:
        """A transcription in symbols that the voice has."""
        return [known for char in phonemes for known in self._nearest(char)]

    def _nearest(self, char: str, *, first: bool = True) -> Iterator[str]:
        if char in self._ids:
            yield char
        elif first and char in _NEAREST:
            for other in _NEAREST[char]:
                yield from self._nearest(other, first=False)
        elif char not in _MARKERS:
            raise _unknown(char)


def read(file: Path, added: str) -> dict[str, int]:
    """Read a voice's symbols.

    Args:
        file: JSON that maps symbols to ids, itself or under ``vocab`` or ``model.vocab``.
        added: more symbols, separated by spaces: ``ʕ=7 ħ=8``. They win.

    Raises:
        EngineError: the file or ``added`` is malformed.
    """
    try:
        table: Any = json.loads(file.read_text(encoding="utf-8"))
        table = table.get("model", table)
        table = table.get("vocab", table)
        more = (pair.rsplit("=", 1) for pair in added.split())
        ids = {str(symbol): int(id_) for symbol, id_ in (*table.items(), *more)}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise EngineError(
            f"The voice's symbols cannot be read ({file.name}): {error!r}",
            f"تعذّرت قراءة رموز الصوت ({file.name}): {error!r}",
        ) from error
    return ids


def _sayable(text: str) -> str:
    """A text as eSpeak reads it right.

    Raises:
        EngineError: a letter would be named, not said.
    """
    text = _VOWEL_FIRST.sub("\u0651\\1", plain(text).translate(_FOLDED))
    for char in text:
        if char.isalpha() and char not in _SAID and name(char, "").startswith("ARABIC"):
            raise _unknown(char)
    return text


def _unknown(sign: str) -> EngineError:
    return EngineError(
        f"the voice has no symbol for «{sign}» (U+{ord(sign):04X})",
        f"ليس لهذا الصوت رمز للعلامة «{sign}» (U+{ord(sign):04X})",
    )


def _joined(ipa: str) -> str:
    for phones, symbol in _JOINED.items():
        ipa = ipa.replace(phones, symbol)
    return _NO_SOUND.sub("", ipa).strip()


def _ours(ipa: str) -> str:
    """Our phonemes in the notation of eSpeak's Arabic voice."""
    for phone, symbol in _OURS.items():
        ipa = ipa.replace(phone, symbol)
    return _STRESSED_LATE.sub(r"\1ˈ", ipa)
