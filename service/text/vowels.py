"""The classes of marks between which a diacritiser chooses for each letter."""

from __future__ import annotations

from service.text.orthography import DAMMA, DAMMATAN, FATHA, FATHATAN, KASRA, KASRATAN, SHADDA, SUKUN

VOWELS = (FATHA, DAMMA, KASRA, FATHATAN, DAMMATAN, KASRATAN)
CLASSES = ("", *VOWELS, *(SHADDA + vowel for vowel in VOWELS), SUKUN)
NUMBER = {mark: at for at, mark in enumerate(CLASSES)}
