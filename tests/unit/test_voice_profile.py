"""A recording is promised only where all that speaks in it is there."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from service.config.settings import Settings
from service.model.errors import VoiceNotInstalled
from service.model.reading import CaseEndings
from service.server import voice_profile
from voices.catalogue import Catalogue

CARD = """
    id = "joe"
    engine = "nowhere"
    language = "en"
    dialect = "en-US"
    gender = "male"
    sample_rate = 22050
    licence = "Apache-2.0"
    commercial_use = true
    attribution = "us"
    homepage = "https://example.com"
    name = { ar = "جو", en = "Joe" }
    limits = { characters = 600 }
    """


@pytest.fixture
def voices(tmp_path: Path) -> Catalogue:
    """Voices, of which one for English lacks its engine."""
    (tmp_path / "joe").mkdir()
    (tmp_path / "joe" / "card.toml").write_text(textwrap.dedent(CARD), encoding="utf-8")
    return Catalogue(tmp_path)


def test_a_latin_voice_whose_engine_is_missing_is_refused_at_once(voices: Catalogue) -> None:
    with pytest.raises(VoiceNotInstalled, match=r"ISTAMI_LATIN_VOICE.*nowhere"):
        voice_profile.sound(Settings(latin_voice="joe"), voices, "espeak-ar", None)


def test_it_is_not_where_another_machine_has_it(voices: Catalogue) -> None:
    sound = voice_profile.sound(Settings(latin_voice="joe"), voices, "espeak-ar", None, lambda: {"joe"})
    assert sound.latin.voice == "joe"


@pytest.mark.parametrize("endings", CaseEndings)
def test_the_case_endings_are_those_asked_for_or_else_the_service_s(
    voices: Catalogue, endings: CaseEndings
) -> None:
    settings = Settings(case_endings=endings)
    assert voice_profile.sound(settings, voices, "espeak-ar", None).case_endings is endings
    for asked in CaseEndings:
        sound = voice_profile.sound(settings, voices, "espeak-ar", None, case_endings=asked)
        assert sound.case_endings is asked
