"""The classes of marks from which a diacritiser chooses for each letter, and its models' hashes."""

from __future__ import annotations

from service.text.core.orthography import (
    DAMMA,
    DAMMATAN,
    FATHA,
    FATHATAN,
    KASRA,
    KASRATAN,
    SHADDA,
    SUKUN,
    alternatives,
)

VOWELS = (FATHA, DAMMA, KASRA, FATHATAN, DAMMATAN, KASRATAN)
CLASSES = ("", *VOWELS, *(SHADDA + vowel for vowel in VOWELS), SUKUN)
LIBTASHKEEL_SHA256 = "52c40d42ca094ff9ff07a091d0a1eafd7baa5cf2388e60a9cc89bacd8e5e955f"
RAWI_SHA256 = {
    "rawi": "47a609c054534c5ab56ab980a09a6a326e31143930d2d90520379e030627adb9",
    "rawi_v2": "60eb6e63d061bcafb63af2ed92fb66a8097c347bada300194f1edb45993f74d1",
    "rawi_v3": "e1253c5c5edfab3a7d47167323413cb3253d26df79eedb6db02100cbbd22ecb7",
}
"""By the name of the model's file."""


def completed(mark: str, number: int) -> str:
    """The marks on a letter: the given ones, unless the chosen class completes them or is one of several."""
    chosen = CLASSES[number]
    return chosen if set(mark) < set(chosen) or alternatives(mark) else mark
