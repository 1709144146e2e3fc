"""The natural voice that is offered while only a robot speaks."""

from __future__ import annotations

from service.config.settings import Settings
from voices import offer as offers
from voices.card import VoiceCard
from voices.catalogue import Catalogue
from voices.errors import NoSuchVoice
from voices.licence import today


def offer(settings: Settings, voices: Catalogue) -> VoiceCard | None:
    """A natural voice to offer; ``None`` while the default voice is one, or if none can be had.

    A commercial service is offered only voices that it may put on air.
    """
    try:
        usual = voices.get(settings.voice)
    except NoSuchVoice:
        return None
    if not offers.robotic(usual):
        return None
    cards = voices.list()
    if settings.commercial:
        cards = tuple(card for card in cards if card.is_lawful(today()))
    gpu = settings.device == "cuda"
    return next(iter(offers.natural(cards, usual.language, voices.installed, gpu=gpu)), None)
