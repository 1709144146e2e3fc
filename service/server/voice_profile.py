"""From settings and voice cards to how a recording sounds, and how its text is to be read for that."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from service.config.settings import Settings
from service.engines import parts
from service.engines.engine import Surroundings
from service.model import versions
from service.model.document import Boundary
from service.model.errors import MissingPart, UnknownVoice, VoiceNotInstalled
from service.model.recording import Speaker
from service.recordings.plan import VoiceProfile
from service.text.normalisation.transliteration import Language
from service.text.pipeline.spoken import ReadingOptions
from voices.card import PITCH, VoiceCard
from voices.catalogue import Catalogue
from voices.errors import NoSuchVoice

_CHARACTERS_A_LETTER = 3
"""A letter, its shadda and its vowel: a vowelled text is at most so much longer than its letters."""
_LANGUAGES = {"en": Language.ENGLISH, "fr": Language.FRENCH}
"""Those that Latin script can be told to be in."""


Elsewhere = Callable[[], Collection[str]]
"""Ids of the voices that workers on other machines have."""


def nowhere() -> Collection[str]:
    """No voices: there are no other machines."""
    return ()


def sound(
    settings: Settings,
    voices: Catalogue,
    voice: str | None,
    speed: float | None,
    elsewhere: Elsewhere = nowhere,
) -> VoiceProfile:
    """How a recording sounds.

    Args:
        settings: the site's own.
        voices: all there are.
        voice: the voice's id; ``None``: the site's own.
        speed: 1.0 is the voice's own pace; ``None``: the site's own.
        elsewhere: which voices other machines have.

    Raises:
        UnknownVoice: there is no such voice, or it is not installed; or what the one for Latin script needs.
        MissingPart: the voice for Latin script cannot be had.
    """
    main = ready(settings, voices, voice or settings.voice, elsewhere)
    latin = _latin_ready(settings, voices, elsewhere) or main
    return VoiceProfile(
        voice=main.id,
        voice_fingerprint=voices.fingerprint(main),
        latin=Speaker(latin.id, voices.fingerprint(latin)),
        longest=main.limits.characters // _CHARACTERS_A_LETTER,
        speed=settings.speed if speed is None else speed,
        pauses=_pauses(settings),
        loudness=settings.loudness,
        kbps=settings.bitrate,
        diacritiser=versions.UTTERANCE,
        pitched=frozenset(each.id for each in (main, latin) if PITCH in parts.abilities(each)),
    )


def reading(settings: Settings, voices: Catalogue) -> ReadingOptions:
    """How the site wants its articles read.

    Raises:
        MissingPart: the voice for Latin script cannot be had.
    """
    options = ReadingOptions(
        locale=settings.locale, keep_glosses=settings.keep_glosses, say_links=settings.say_links
    )
    latin = latin_voice(settings, voices)
    if latin is None:
        return options
    return replace(options, latin=_LANGUAGES[_primary(latin)], latin_limit=latin.limits.characters)


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
        VoiceNotInstalled: its files are not there, or what its engine needs.
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


def _lack(settings: Settings, voices: Catalogue, card: VoiceCard) -> MissingPart | None:
    """What keeps a voice from speaking on this machine."""
    if not voices.installed(card):
        return MissingPart(
            f"The voice {card.id} is not installed. Cure: istami voices install {card.id}.",
            f"لم يُثبَّت الصوت {card.id}. الحل: istami voices install {card.id}.",
        )
    try:
        parts.check(card, Surroundings(voices.folder(card), device=settings.device))
    except MissingPart as error:
        return error
    return None


def _choice(settings: Settings, voices: Catalogue, elsewhere: Elsewhere) -> tuple[str, str]:
    """Which voices may be asked for, in English and in Arabic."""
    names = [card.id for card in speaking(settings, voices, elsewhere)]
    if not names:
        return "No voice is installed.", "لا يوجد صوت مثبّت."
    return f"Installed: {', '.join(names)}.", f"الأصوات المثبّتة: {'، '.join(names)}."


def latin_voice(settings: Settings, voices: Catalogue) -> VoiceCard | None:
    """The voice for Latin script, where the site has one.

    Raises:
        MissingPart: there is none of that name, it is not installed, or speaks another language.
    """
    if settings.latin_voice is None:
        return None
    try:
        found = voices.get(settings.latin_voice)
    except NoSuchVoice as error:
        raise MissingPart(f"ISTAMI_LATIN_VOICE: {error.en}", f"ISTAMI_LATIN_VOICE: {error.ar}") from error
    if _primary(found) not in _LANGUAGES:
        raise MissingPart(
            f"ISTAMI_LATIN_VOICE: {found.id} speaks {found.language!r}; set a voice for English or French.",
            f"ISTAMI_LATIN_VOICE: الصوت {found.id} لغته «{found.language}»؛ اختر صوتًا إنجليزيًّا أو فرنسيًّا.",
        )
    if not voices.installed(found):
        raise MissingPart(
            f"ISTAMI_LATIN_VOICE: {found.id} is not installed. Cure: istami voices install {found.id}.",
            f"ISTAMI_LATIN_VOICE: لم يُثبَّت الصوت {found.id}. الحل: istami voices install {found.id}.",
        )
    return found


def _latin_ready(settings: Settings, voices: Catalogue, elsewhere: Elsewhere) -> VoiceCard | None:
    """The voice for Latin script, which can speak here or on another machine.

    Raises:
        VoiceNotInstalled: what its engine needs is not there.
        MissingPart: as ``latin_voice``.
    """
    found = latin_voice(settings, voices)
    lack = None if found is None else _lack(settings, voices, found)
    if found is None or lack is None or found.id in elsewhere():
        return found
    raise VoiceNotInstalled(f"ISTAMI_LATIN_VOICE: {lack.en}", f"ISTAMI_LATIN_VOICE: {lack.ar}")


def _primary(of: VoiceCard) -> str:
    """The primary subtag of the card's language."""
    return of.language.partition("-")[0].lower()


def _pauses(settings: Settings) -> dict[Boundary, float]:
    return {
        Boundary.VOICE: settings.pause_voice,
        Boundary.CLAUSE: settings.pause_clause,
        Boundary.SENTENCE: settings.pause_sentence,
        Boundary.PARAGRAPH: settings.pause_paragraph,
        Boundary.TITLE: settings.pause_title,
    }
