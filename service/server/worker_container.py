"""Builds the half of the path that works. What loads models and joins sound stays out of other processes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from service.config.settings import Settings
from service.engines.engine import Surroundings
from service.engines.idle_unload import Resting
from service.engines.registry import load
from service.recordings.scheduler import Send
from service.recordings.synthesiser import Synthesiser, Voice
from service.server import container, voice_profile
from service.storage.lease import TimeLimit
from service.text.diacritisation.diacritiser import Diacritiser

CALIBRATED_LUFS = -16.0
"""What ``VoiceCard.gain_db`` brings a voice to."""


def maker(
    settings: Settings, url: str, diacritiser: Diacritiser, send: Send, stalled: Callable[[], None]
) -> Synthesiser:
    """The half of the path that works. One a process."""
    voices = container.catalogue(settings)

    @lru_cache(maxsize=4)
    def loaded(voice: str, _fingerprint: str) -> Voice:
        card = voice_profile.card(voices, voice)
        around = Surroundings(voices.folder(card), threads=settings.threads, device=settings.device)
        engine = Resting(partial(load, card, around), card.sample_rate, settings.voice_idle)
        return Voice(card.id, card.engine, engine, card.gain_db - CALIBRATED_LUFS)

    def present(voice: str) -> Voice:
        """The voice as it is now: one that was changed since is loaded anew."""
        return loaded(voice, voices.fingerprint(voice_profile.card(voices, voice)))

    kept = container.repository(settings, url)
    assembler = container.assembler(settings, kept, voices)
    limit = TimeLimit(settings.phrase_seconds, stalled)
    return Synthesiser(kept, assembler, container.scheduler(kept, send), present, diacritiser, limit)
