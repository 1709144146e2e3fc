"""The letters and phones that a voice knows, and what it is given in place of those it lacks.

A voice that meets a letter without a token says the word without it: «غوگل» becomes «غول», and nobody is
told. So every engine fits its text to its alphabet first: a letter that the voice lacks is replaced by the
nearest one, and one without a substitute is an error that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from string import ascii_lowercase
from unicodedata import category, combining, name, normalize

from service.model.borrowed import SPELT
from service.model.errors import EngineError
from service.model.phones import PHONES
from service.model.reading import Utterance
from voices.card import primary

LETTERS = "".join(map(chr, (*range(0x621, 0x63B), *range(0x641, 0x64B), 0x671))) + "".join(SPELT)
"""The letters of Arabic news: the alphabet, hamzat al-waṣl, and the borrowed letters."""
MARKS = "ًٌٍَُِّْٰ"
"""Its vowel marks: three of tanwīn, three short vowels, shadda, sukūn, dagger alif."""
SOUNDS = tuple(row[0] for row in PHONES)
"""Our phones, in IPA."""
INSTEAD: dict[str, str] = {
    **SPELT,
    **dict.fromkeys("ٱأإآ", "ا"),
    **dict.fromkeys("ؤئ", "ء"),
    "ى": "ا",
    "ک": "ك",
    "ی": "ي",
    "ٰ": "ا",
    "ً": "َن",
    "ٌ": "ُن",
    "ٍ": "ِن",
    "ْ": "",
    "،": ",",
    "؛": ";",
    "؟": "?",
    "p": "b",
    "v": "f",
    "ɡ": "ɣ",
    "lˤ": "l",
}
"""What stands for a sign that a voice lacks: a letter, a mark, a pause, or a phone (IPA)."""
_NEEDED = {"ar": LETTERS + MARKS, "fr": f"{ascii_lowercase}àâçéèêëîïôùûüÿæœ"}
_VOWELS = frozenset("َُِ")
_SOUNDING = frozenset(("Lo", "Ll", "Lu", "Lt", "Nd", "Nl", "No"))
"""Unicode's categories of letters and digits."""
_WORD = re.compile(r"\S+")
_KASHIDA = "ـ"
_STRESS = "ˈˌ"
_NAMED = "%٪‰&@#"
"""Punctuation in Unicode, but words to a reader."""
_SPOKEN = re.compile("|".join(sorted(SOUNDS, key=len, reverse=True)))
_WRITTEN = frozenset(letter for row in PHONES for letter in row[1]) | frozenset(LETTERS + "کی")
"""Letters that our phonemes stand for."""


def needed(language: str) -> str:
    """The letters and marks that news in a language (BCP 47) is written with."""
    return _NEEDED.get(primary(language), ascii_lowercase)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what news needs a voice can say."""

    known: tuple[str, ...]
    """Signs that it has."""
    instead: dict[str, str]
    """Signs that it lacks, with what it says in their place; empty text for a mark that it does without."""
    lacks: tuple[str, ...]
    """Signs that it can't say: a sentence with one of them is an error."""

    @property
    def share(self) -> float:
        """The share of all signs that it can say, 0 to 1; 1.0 is a voice that drops nothing."""
        said = len(self.known) + len(self.instead)
        return said / (said + len(self.lacks))


def tried(signs: Iterable[str], spell: Callable[[str], object], instead: Mapping[str, str]) -> Coverage:
    """The coverage of an engine that fits texts in its own way: each sign is spelt once.

    Args:
        signs: letters and marks, or phones.
        spell: spells a text; raises ``EngineError`` for a sign that the voice can't say.
        instead: what the engine says in place of some of them.
    """
    known: list[str] = []
    replaced: dict[str, str] = {}
    lacks: list[str] = []
    for sign in dict.fromkeys(signs):
        try:
            spell(f"ب{sign}" if _is_mark(sign) else sign)
        except EngineError:
            lacks.append(sign)
        else:
            if sign in instead:
                replaced[sign] = instead[sign]
            else:
                known.append(sign)
    return Coverage(tuple(known), replaced, tuple(lacks))


class Alphabet:
    """The signs of one voice: characters for one that reads letters, phones for one that reads phonemes.

    A voice that knows no short vowel reads bare letters: all vowel marks are left out of its text.

    Args:
        known: the signs that have a token.
        lacks: ``VoiceCard.lacks``.
        voice: the voice's id, for messages.
    """

    def __init__(self, known: Iterable[str], lacks: Collection[str] = (), voice: str = "") -> None:
        absent = frozenset(sign for sign in lacks if not _is_mark(sign))
        self._known = frozenset(known) - absent
        self._forgone = frozenset(filter(_is_mark, lacks))
        if not self._known & _VOWELS:
            self._forgone |= frozenset(MARKS)
        self._voice = voice

    def fitted(self, text: str) -> str:
        """A text in the characters that the voice knows; it has as many words (split at white space).

        Pauses and quotation marks that the voice lacks are left out.

        Raises:
            EngineError: a letter, mark or digit has neither token nor substitute; the message names it.
        """
        if all(char in self._known or char.isspace() for char in text):
            return text
        return _WORD.sub(lambda found: self._word(found.group()), text)

    def spelt(self, signs: Iterable[str]) -> list[str]:
        """Phonemes in the signs that the voice knows.

        Raises:
            EngineError: a sound has neither token nor substitute; the message names it.
        """
        return [known for sign in signs for known in self._said(sign)]

    def phonemes(self, utterance: Utterance) -> str:
        """An utterance's phonemes in the phones that the voice knows; empty for Latin script.

        Raises:
            EngineError: a phone has neither token nor substitute, or no phoneme stands for a letter or digit;
                the message names it.
        """
        ipa = _SPOKEN.sub(lambda found: "".join(self._said(found.group())), utterance.phonemes)
        text = utterance.diacritised if ipa else _in_arabic(utterance.diacritised)
        unsaid = (char for char in normalize("NFKC", text) if _is_unwritten(char))
        for sign in (*_SPOKEN.sub("", utterance.phonemes), *unsaid):
            if not _is_silent(sign):
                raise unknown(sign, self._voice)
        return ipa

    def refuse(self, signs: Iterable[str]) -> None:
        """Refuse signs that would be left out of what is said.

        Raises:
            EngineError: one of them is neither a pause nor a mark that the voice does without.
        """
        for sign in signs:
            if not _is_silent(sign) and sign not in self._forgone:
                raise unknown(sign, self._voice)

    def coverage(self, needed: Iterable[str]) -> Coverage:
        """How much of these signs the voice can say."""
        known: list[str] = []
        instead: dict[str, str] = {}
        lacks: list[str] = []
        for sign in dict.fromkeys(needed):
            if sign in self._known:
                known.append(sign)
                continue
            try:
                instead[sign] = "".join(self._said(sign))
            except EngineError:
                lacks.append(sign)
        return Coverage(tuple(known), instead, tuple(lacks))

    def _word(self, word: str) -> str:
        said = "".join(known for sign in word for known in self._said(sign))
        # A word without a sound keeps its place, so that the words after it keep their numbers.
        return said or word[:1]

    def _said(self, sign: str) -> list[str]:
        """What the voice says for one sign."""
        if sign in self._known:
            return [sign]
        if sign in self._forgone:
            return []
        for other in _others(sign):
            with suppress(EngineError):
                return [known for part in other for known in self._said(part)]
        if _is_silent(sign):
            return []
        raise unknown(sign, self._voice)


def unknown(sign: str, voice: str) -> EngineError:
    """The error for a sign that a voice can't say."""
    codes = " ".join(f"U+{ord(char):04X}" for char in sign)
    return EngineError(
        f"the voice {voice} has no sound for «{sign}» ({codes})",
        f"لا نطق لـ«{sign}» ({codes}) في الصوت {voice}",
    )


def _others(sign: str) -> Iterator[str]:
    """What may stand for a sign, the best first; without the marks that Unicode splits off."""
    if sign in INSTEAD:
        yield INSTEAD[sign]
    split = "".join(char for char in normalize("NFKD", sign) if not combining(char))
    yield from (other for other in (sign.lower(), split) if other not in {"", sign})


def _in_arabic(text: str) -> str:
    return "".join(char for char in text if name(char, "").startswith("ARABIC"))


def _is_unwritten(char: str) -> bool:
    return category(char) in _SOUNDING and char not in _WRITTEN


def _is_mark(sign: str) -> bool:
    return all(category(char) == "Mn" for char in sign)


def _is_silent(sign: str) -> bool:
    """Whether nothing is lost without it: pauses, quotation marks, stress, a lengthening stroke."""
    return all(
        (category(char)[0] in "PZC" and char not in _NAMED) or char in _STRESS or char == _KASHIDA
        for char in sign
    )
