"""Assigns each phoneme in eSpeak's output to a written word.

Usually eSpeak's words are the written ones. In English they are not: «of the» is one word to it, «1984» is
three, «.com» two more. Then each written word is also phonemised separately, and both sequences are aligned.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

BREAK = " "
"""The phoneme that separates words."""
_SILENT = frozenset(" ,.;:!?…-–—\"'«»()[]")
"""Phonemes that are pauses, not sounds."""

Owners = list[int | None]
"""Index of the written word, for each phoneme; ``None`` for a phoneme without sound."""


def sounds(phoneme: str) -> bool:
    """Whether a phoneme is a sound, not a pause."""
    return phoneme not in _SILENT


def by_breaks(phonemes: Sequence[str], words: int) -> Owners:
    """Assign by the breaks between words; empty if they separate more or fewer words than written."""
    owners: Owners = []
    word, begun = 0, False
    for phoneme in phonemes:
        if phoneme == BREAK and begun:
            word, begun = word + 1, False
        begun = begun or sounds(phoneme)
        owners.append(word if sounds(phoneme) else None)
    return owners if word + begun == words else []


def by_sound(phonemes: Sequence[str], alone: Sequence[Sequence[str]]) -> Owners:
    """Assign by the words' separate phonemes; empty if one of the words is not found.

    Args:
        phonemes: phonemes of the text.
        alone: phonemes of each word by itself.
    """
    heard = [at for at, phoneme in enumerate(phonemes) if sounds(phoneme)]
    spelt = [(phoneme, word) for word, each in enumerate(alone) for phoneme in each if sounds(phoneme)]
    matcher = SequenceMatcher(
        None, [phonemes[at] for at in heard], [phoneme for phoneme, _ in spelt], autojunk=False
    )
    owners: Owners = [None] * len(phonemes)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            owners[heard[block.a + step]] = spelt[block.b + step][1]
    if {*range(len(alone))} - {*owners}:
        return []
    word = 0
    for at in heard:
        # A sound that the word lacks by itself belongs to the word before.
        owner = owners[at]
        owners[at] = word = word if owner is None else owner
    return owners
