"""IPA → the phoneme mnemonics of eSpeak NG's Arabic voice."""

from __future__ import annotations

import re

from service.model.phones import PHONES

MNEMONICS = {row[0]: row[3] for row in PHONES} | {"ˈ": "'"}
DARK = {row[0]: row[4] for row in PHONES if row[4]}
"""Vowels, with their colour after an emphatic consonant."""
DOUBLED = {row[0]: row[5] for row in PHONES if row[5]}
"""Geminate consonants: a stop has one long closure and one release."""
_LONG = frozenset(("aː", "iː", "uː"))
_EMPHATIC = frozenset(("sˤ", "dˤ", "tˤ", "ðˤ", "lˤ"))
_PHONE = re.compile("|".join(sorted(map(re.escape, MNEMONICS), key=len, reverse=True)) + r"|\s+")
_PAUSE = re.compile(r"\s*([,;:.?!…]+)\s*")


def to_espeak(ipa: str) -> str:
    """Convert IPA to eSpeak NG's input with ``espeakPHONEMES`` set: one ``[[…]]`` per clause, and its pause.

    A long vowel before two consonants of the next word is shortened (fi lbajt), and vowels after emphatic
    consonants are dark. A sign that is missing from the table is left out; ``alphabet.Alphabet`` has refused
    those that are sounds.
    """
    clauses = _PAUSE.split(ipa.strip())
    heard = zip(clauses[::2], [*clauses[1::2], ""], strict=True)
    return " ".join(f"[[{_spelt(_PHONE.findall(said))}]]{pause}" for said, pause in heard if said)


def _spelt(phones: list[str]) -> str:
    """The phones of one clause in mnemonics."""
    spelt: list[str] = []
    before = ""
    for at, phone in enumerate(phones):
        sound = phone[0] if phone in _LONG and _closes(phones[at + 1 :]) else phone
        if phone == before and phone in DOUBLED:
            stress = ["'"] * (spelt[-1] == "'")
            spelt[len(spelt) - 1 - len(stress) :] = [DOUBLED[phone], *stress]
        else:
            spelt.append(DARK[sound] if before in _EMPHATIC and sound in DARK else MNEMONICS.get(sound, " "))
        before = phone if phone != "ˈ" else before
    return "".join(spelt)


def _closes(following: list[str]) -> bool:
    """Whether the next word begins with two consonants, the first of which then ends this syllable."""
    if not following or not following[0].isspace():
        return False
    onset = [phone for phone in following[1:4] if phone != "ˈ"][:2]
    return len(onset) == 2 and not any(phone in DARK or phone.isspace() for phone in onset)  # noqa: PLR2004
