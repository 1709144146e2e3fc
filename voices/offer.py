"""Which natural voice to offer where only a robot speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from voices.card import VoiceCard, primary
from voices.licence import CommercialUse

_ROBOTS = frozenset({"espeak", "mbrola"})
"""Engines that join formants or diphones: no listener takes them for a person."""
_BEST_FIRST = (
    *("magpie-sofia", "magpie-leo", "magpie-aria", "magpie-jason", "magpie-john"),
    *("nabra-82m", "nabra-7m", "piper-ar-kareem-medium", "piper-ar-kareem-low", "piper-ar-miro", "mms-ar"),
)
"""Arabic voices of the catalogue, by the naturalness that their authors describe; others come after these."""

_LAWFUL_FIRST = (CommercialUse.YES, CommercialUse.UNKNOWN, CommercialUse.NO)


def robotic(card: VoiceCard) -> bool:
    """Whether a voice sounds like a machine, by the way its engine works."""
    return card.engine in _ROBOTS


def natural(
    cards: Iterable[VoiceCard], language: str, installed: Callable[[VoiceCard], bool], *, gpu: bool = False
) -> list[VoiceCard]:
    """Natural voices that speak a language as fast as it is heard, and can be had: best first.

    Those that a commercial site may use come first, then installed ones.

    Args:
        cards: all voices.
        language: BCP 47; its first part counts.
        installed: whether a voice's files are on this machine.
        gpu: whether one runs them: cards tell only of a CPU whether a voice is fast enough.
    """

    def rank(card: VoiceCard) -> tuple[int, bool, int, str]:
        place = _BEST_FIRST.index(card.id) if card.id in _BEST_FIRST else len(_BEST_FIRST)
        return _LAWFUL_FIRST.index(card.commercial_use), not installed(card), place, card.id

    fitting = (
        card
        for card in cards
        if not robotic(card)
        and primary(card.language) == primary(language)
        and (gpu or card.measured_rtf is None or card.measured_rtf < 1)
        and (installed(card) or (card.files and all(file.url for file in card.files)))
    )
    return sorted(fitting, key=rank)


def download_size(card: VoiceCard) -> int | None:
    """Bytes to download; ``None`` if some file's size is not known."""
    sizes = [file.size for file in card.files]
    return None if None in sizes else sum(size or 0 for size in sizes)
