"""MBROLA, with the databases that Debian has."""

from dataclasses import replace

import pytest

from service.engines.engine import Surroundings
from service.engines.mbrola_script import SYMBOLS
from service.engines.registry import load
from service.model.errors import EngineError, MissingPart
from service.model.reading import Utterance

pytestmark = pytest.mark.mbrola


@pytest.fixture(params=["mbrola_ar1", "mbrola_ar2"])
def voice(request):
    return request.getfixturevalue(request.param)


def test_every_two_phones_can_follow_one_another(voice):
    engine = voice.load()

    for one in SYMBOLS:
        ipa = " ".join(f"ba{one}{other}a" for other in SYMBOLS)
        words = " ".join("قال" for _ in SYMBOLS)
        # Each pair between vowels: a pair that the database lacks ends the program.
        assert engine.speak(Utterance(words, words, ipa), 1.0).duration > 5


def test_a_word_lasts_as_long_as_its_sounds_were_asked_to(voice):
    clip = voice.load().speak(Utterance("قال لي", "قَالَ لِي", "qaːla liː"), 1.0)

    first, second = clip.words
    assert first.end == second.start
    # 75 + 135 + 70 + 65 ms, and 70 + 1.33 × 135, at the card's pace
    assert first.end - first.start == pytest.approx(0.345 / voice.card.speed, abs=0.04)
    assert second.end == pytest.approx(clip.duration, abs=0.02)


def test_another_pitch_on_the_card_is_heard(voice):
    said = Utterance("قال نعم", "قَالَ نَعَمْ", "qaːla naʕam")
    high = replace(voice.card, options={**voice.card.options, "pitch": 180})

    clips = [load(card, voice.surroundings).speak(said, 1.0) for card in (voice.card, high)]

    assert clips[0].pcm != clips[1].pcm
    assert clips[0].duration == pytest.approx(clips[1].duration, abs=0.02)


def test_a_damaged_database_is_an_error(voice, tmp_path):
    [file] = voice.card.files
    (tmp_path / file.path).write_bytes(b"no diphones")

    with pytest.raises(EngineError, match="MBROLA failed"):
        load(voice.card, Surroundings(tmp_path))


def test_a_voice_that_is_not_installed_names_its_cure(voice, tmp_path):
    with pytest.raises(EngineError, match=f"istami voices install {voice.card.id}"):
        load(voice.card, Surroundings(tmp_path))


def test_without_the_program_its_package_is_named(voice, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(MissingPart, match="apt-get install mbrola"):
        voice.load()
