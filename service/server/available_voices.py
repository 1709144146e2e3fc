"""Voices that can speak: on this machine, or on another that has the files and libraries they need."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from service.config.settings import Settings
from service.config.sites import Sites
from service.engines import parts
from service.engines.engine import Surroundings
from service.model.errors import BadSites, IstamiError, MissingPart, UnknownVoice, VoiceNotInstalled
from voices.card import VoiceCard, primary
from voices.catalogue import Catalogue
from voices.errors import NoSuchVoice

LANGUAGES = ("en", "fr")
"""Languages that can be configured for Latin script."""

Elsewhere = Callable[[], Collection[str]]
"""Ids of the voices that workers on other machines have."""


def nowhere() -> Collection[str]:
    """No voices: there are no other machines."""
    return ()


def card(voices: Catalogue, voice: str) -> VoiceCard:
    """A voice's card.

    Raises:
        UnknownVoice: there is no such voice.
    """
    try:
        return voices.get(voice)
    except NoSuchVoice as error:
        raise UnknownVoice(error.en, error.ar, field="voice") from error


def ready(settings: Settings, voices: Catalogue, voice: str, elsewhere: Elsewhere = nowhere) -> VoiceCard:
    """The card of a voice that can speak, here or on another machine.

    Raises:
        UnknownVoice: there is no such voice.
        VoiceNotInstalled: its files are missing, or a requirement of its engine.
    """
    try:
        found = voices.get(voice)
    except NoSuchVoice as error:
        en, ar = _choice(settings, voices, elsewhere)
        raise UnknownVoice(
            f"There is no voice “{voice}”. {en} Others: istami voices list.",
            f"لا يوجد صوت باسم «{voice}». {ar} ولغيرها: istami voices list.",
            field="voice",
        ) from error
    lack = _lack(settings, voices, found)
    if lack is None or found.id in elsewhere():
        return found
    en, ar = _choice(settings, voices, elsewhere)
    raise VoiceNotInstalled(f"{lack.en} {en}", f"{lack.ar} {ar}", field="voice")


def speaking(settings: Settings, voices: Catalogue, elsewhere: Elsewhere = nowhere) -> list[VoiceCard]:
    """Every voice that can speak, here or on another machine, by id."""
    there = elsewhere()
    return [card for card in voices.list() if card.id in there or _lack(settings, voices, card) is None]


def latin_voice(settings: Settings, voices: Catalogue) -> VoiceCard | None:
    """The voice for Latin script, if one is configured.

    Raises:
        MissingPart: there is none of that name, it is not installed, or speaks another language.
    """
    if settings.latin_voice is None:
        return None
    try:
        found = voices.get(settings.latin_voice)
    except NoSuchVoice as error:
        raise MissingPart(f"ISTAMI_LATIN_VOICE: {error.en}", f"ISTAMI_LATIN_VOICE: {error.ar}") from error
    if primary(found.language) not in LANGUAGES:
        raise MissingPart(
            f"ISTAMI_LATIN_VOICE: {found.id} speaks {found.language!r}; set a voice for English or French.",
            f"ISTAMI_LATIN_VOICE: الصوت {found.id} لغته «{found.language}»؛ اختر صوتًا إنجليزيًّا أو فرنسيًّا.",
        )
    if lack := _unready(voices, found):
        raise MissingPart(f"ISTAMI_LATIN_VOICE: {lack.en}", f"ISTAMI_LATIN_VOICE: {lack.ar}")
    return found


def latin_ready(settings: Settings, voices: Catalogue, elsewhere: Elsewhere) -> VoiceCard | None:
    """The voice for Latin script, which can speak here or on another machine.

    Raises:
        VoiceNotInstalled: a requirement of its engine is missing.
        MissingPart: as ``latin_voice``.
    """
    found = latin_voice(settings, voices)
    lack = None if found is None else _lack(settings, voices, found)
    if found is None or lack is None or found.id in elsewhere():
        return found
    raise VoiceNotInstalled(f"ISTAMI_LATIN_VOICE: {lack.en}", f"ISTAMI_LATIN_VOICE: {lack.ar}")


def fault(settings: Settings, voices: Catalogue, elsewhere: Elsewhere = nowhere) -> IstamiError | None:
    """Why articles that name no voice cannot be spoken: the default or the Latin voice is missing."""
    return _raised(partial(ready, settings, voices, settings.voice, elsewhere)) or _raised(
        partial(latin_ready, settings, voices, elsewhere)
    )


def site_faults(
    settings: Settings, voices: Catalogue, sites: Sites, elsewhere: Elsewhere = nowhere
) -> list[str]:
    """The sites whose own voice is missing, each with the reason."""
    try:
        own = {site.name: site.voice for site in sites.all().values() if site.voice}
    except BadSites as error:
        return [error.en]
    looks = {name: partial(ready, settings, voices, voice, elsewhere) for name, voice in own.items()}
    return [f"{name}: {found.en}" for name, look in looks.items() if (found := _raised(look))]


def _raised(look: Callable[[], object]) -> IstamiError | None:
    try:
        look()
    except IstamiError as error:
        return error
    return None


def _lack(settings: Settings, voices: Catalogue, card: VoiceCard) -> MissingPart | None:
    """Why a voice cannot speak on this machine, if it cannot."""
    if lack := _unready(voices, card):
        return lack
    try:
        parts.check(card, Surroundings(voices.folder(card), device=settings.device))
    except MissingPart as error:
        return error
    return None


def _unready(voices: Catalogue, card: VoiceCard) -> MissingPart | None:
    """Whether files of a voice are missing on this machine, or the measurement of its loudness."""
    cure = card.install_command
    if not voices.installed(card):
        return MissingPart(
            f"The voice {card.id} is not installed. Fix: {cure}.",
            f"لم يُثبَّت الصوت {card.id}. الحل: {cure}.",
        )
    if not card.calibrated:
        return MissingPart(
            f"The voice {card.id} is not calibrated: its loudness was never measured. Fix: {cure}.",
            f"الصوت {card.id} غير معايَر: لم تُقَس جهارته بعد. الحل: {cure}.",
        )
    return None


def _choice(settings: Settings, voices: Catalogue, elsewhere: Elsewhere) -> tuple[str, str]:
    """Which voices requests may name, in English and in Arabic."""
    names = [card.id for card in speaking(settings, voices, elsewhere)]
    if not names:
        return "No voice is installed.", "لا يوجد صوت مثبّت."
    return f"Installed: {', '.join(names)}.", f"الأصوات المثبّتة: {'، '.join(names)}."
