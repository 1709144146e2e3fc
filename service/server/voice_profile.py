"""From settings and voice cards to the voice profile of a recording, and the options to read its text."""

from __future__ import annotations

from dataclasses import replace

from service.config.settings import Settings
from service.engines import parts
from service.model import versions
from service.model.document import Boundary
from service.model.reading import CaseEndings
from service.model.recording import Speaker
from service.recordings.plan import VoiceProfile
from service.server.available_voices import (
    LANGUAGES,
    Elsewhere,
    latin_ready,
    latin_voice,
    nowhere,
    ready,
)
from service.text.normalisation.transliteration import Language
from service.text.pipeline.spoken import ReadingOptions
from voices.card import PITCH, primary
from voices.catalogue import Catalogue

_LANGUAGES = dict(zip(LANGUAGES, (Language.ENGLISH, Language.FRENCH), strict=True))
_CHARACTERS_A_LETTER = 3
"""A letter, its shadda and its vowel: the most characters of a vowelled text for each letter."""


def sound(
    settings: Settings,
    voices: Catalogue,
    voice: str | None,
    speed: float | None,
    elsewhere: Elsewhere = nowhere,
    case_endings: CaseEndings | None = None,
) -> VoiceProfile:
    """The voice profile of a recording.

    Args:
        settings: the site's own.
        voices: the catalogue.
        voice: the voice's id; ``None``: the site's own.
        speed: 1.0 is the voice's own pace; ``None``: the site's own.
        elsewhere: returns the voices of other machines.
        case_endings: which are said; ``None``: the site's own.

    Raises:
        UnknownVoice: there is no such voice, or it or a requirement of the Latin voice is not installed.
        MissingPart: the voice for Latin script is not available.
    """
    main = ready(settings, voices, voice or settings.voice, elsewhere)
    latin = latin_ready(settings, voices, elsewhere) or main
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
        case_endings=case_endings or settings.case_endings,
    )


def reading(settings: Settings, voices: Catalogue) -> ReadingOptions:
    """The site's options to read its articles.

    Raises:
        MissingPart: the voice for Latin script is not available.
    """
    options = ReadingOptions(
        locale=settings.locale, keep_glosses=settings.keep_glosses, say_links=settings.say_links
    )
    latin = latin_voice(settings, voices)
    if latin is None:
        return options
    return replace(options, latin=_LANGUAGES[primary(latin.language)], latin_limit=latin.limits.characters)


def _pauses(settings: Settings) -> dict[Boundary, float]:
    return {
        Boundary.BREATH: settings.pause_breath,
        Boundary.VOICE: settings.pause_voice,
        Boundary.CLAUSE: settings.pause_clause,
        Boundary.SENTENCE: settings.pause_sentence,
        Boundary.PARAGRAPH: settings.pause_paragraph,
        Boundary.TITLE: settings.pause_title,
    }
