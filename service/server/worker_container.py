"""Builds the synthesiser. Code that loads models and joins audio stays out of other processes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from service.engines.engine import Surroundings
from service.engines.idle_unload import Resting
from service.engines.registry import load
from service.recordings.synthesiser import Synthesiser, Voice
from service.server import available_voices
from service.server.container import Container
from service.storage.lease import TimeLimit
from service.text.diacritisation.diacritiser import Diacritiser
from voices.calibration import CALIBRATED_LUFS
from voices.terms import Terms


def synthesiser(parts: Container, diacritiser: Diacritiser, stalled: Callable[[], None]) -> Synthesiser:
    """The synthesiser, one for each process.

    Args:
        parts: of the process.
        diacritiser: vowels the text.
        stalled: called when a phrase takes longer than it may.
    """
    settings, voices = parts.settings, parts.catalogue

    @lru_cache(maxsize=4)
    def loaded(voice: str, _fingerprint: str, _terms: Terms | None) -> Voice:
        card = parts.card(voice)
        around = Surroundings(
            voices.folder(card),
            threads=settings.threads,
            device=settings.device,
            phrase_seconds=settings.phrase_seconds,
            meter=parts.meter,
        )
        gain = card.gain - CALIBRATED_LUFS
        if card.remote is not None:  # it takes no memory that resting would free
            return Voice(card.id, card.engine, load(card, around), gain, paid=True)
        engine = Resting(partial(load, card, around), card.sample_rate, settings.voice_idle)
        return Voice(card.id, card.engine, engine, gain)

    def present(voice: str) -> Voice:
        """The current voice: a changed one is loaded again, also if only its terms have changed."""
        card = available_voices.ready(settings, voices, voice)
        return loaded(card.id, voices.fingerprint(card), card.remote)

    limit = TimeLimit(settings.phrase_seconds, stalled)
    return Synthesiser(parts.repository, parts.assembler, parts.scheduler, present, diacritiser, limit)
