"""Voices that a commercial site may put on air: those whose card says ``commercial_use = "yes"``."""

from __future__ import annotations

from collections.abc import Iterable

from service.config.settings import Settings
from service.model.errors import UnlawfulVoice
from service.server import available_voices
from service.server.available_voices import Elsewhere, nowhere, speaking
from voices.card import VoiceCard
from voices.catalogue import Catalogue
from voices.licence import CommercialUse, today


def lawful(settings: Settings, voices: Catalogue, elsewhere: Elsewhere = nowhere) -> list[VoiceCard]:
    """Every voice that can speak and that a commercial site may use, by id."""
    return [card for card in speaking(settings, voices, elsewhere) if card.is_lawful(today())]


def check(
    settings: Settings, voices: Catalogue, wanted: Iterable[str], elsewhere: Elsewhere = nowhere
) -> None:
    """Check that a commercial site may use all these voices, named by their ids.

    Raises:
        UnknownVoice: there is no such voice.
        UnlawfulVoice: it may not use one of them, or perhaps not; the message lists those that it may use.
    """
    for card in (available_voices.card(voices, id_) for id_ in wanted):
        if not card.is_lawful(today()):
            en, ar = _reason(card)
            names = [other.id for other in lawful(settings, voices, elsewhere)]
            raise UnlawfulVoice(
                f"A commercial site can't use the voice {card.id}: {en}. {_choice_en(names)}",
                f"لا يستعمل موقع تجاري الصوت {card.id}: {ar}. {_choice_ar(names)}",
                field="voice",
            )


def _reason(card: VoiceCard) -> tuple[str, str]:
    if card.commercial_use is CommercialUse.NO:
        return f"its licence forbids it ({card.licence})", f"رخصته تمنع ذلك ({card.licence})"
    if card.commercial_use is CommercialUse.UNKNOWN:
        return "no licence that allows it is known", "لا تُعرف له رخصة تسمح بذلك"
    return "its speaker's consent has ended", "انتهت موافقة صاحب الصوت"


def _choice_en(names: list[str]) -> str:
    return f"Installed and allowed: {', '.join(names)}." if names else "No installed voice is allowed."


def _choice_ar(names: list[str]) -> str:
    return f"الأصوات المثبّتة المسموح بها: {'، '.join(names)}." if names else "لا يوجد صوت مثبّت مسموح به."
