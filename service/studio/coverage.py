"""Which letters of news Arabic a voice cannot say."""

from __future__ import annotations

import json
from pathlib import Path

from service.engines.parts import COQUI_EXPORT
from voices.card import VoiceCard

LETTERS = tuple(
    "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچڤگ" + "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"
)
"""Letters and marks of news Arabic, with those of foreign names."""
_FROM_PHONES = frozenset({"espeak", "mbrola"})
"""Engines that are given phonemes: ``phones.tsv`` has each of them in their alphabet."""
_RESPELT = frozenset("پچڤگ")
"""Letters that the engines for letters write as others."""


def lacking(card: VoiceCard, folder: Path) -> tuple[str, ...] | None:
    """The letters of ``LETTERS`` that the voice cannot say; ``None`` if its alphabet is not known.

    Args:
        card: of the voice.
        folder: of its files.
    """
    if card.engine in _FROM_PHONES:
        return ()
    if card.engine != "coqui":
        return None
    try:
        known = set(json.loads((folder / COQUI_EXPORT).read_text(encoding="utf-8"))["ids"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return tuple(letter for letter in LETTERS if letter not in known | _RESPELT)
