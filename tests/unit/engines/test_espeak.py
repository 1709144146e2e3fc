import gc
from dataclasses import replace

import psutil
import pytest

from service.engines.engine import Surroundings
from service.engines.espeak import load
from service.model.errors import MissingPart
from service.model.reading import Utterance
from voices.catalogue import Catalogue

LONG = (
    "أَعْلَنَتِ الْحُكُومَةُ صَبَاحَ الْيَوْمِ عَنْ خُطَّةٍ جَدِيدَةٍ لِتَطْوِيرِ قِطَاعِ التَّعْلِيمِ، وَتَشْمَلُ الْخُطَّةُ بِنَاءَ مَدَارِسَ حَدِيثَةٍ فِي الْمُدُنِ وَالْقُرَى."
)


def engine(tmp_path, **options):
    card = Catalogue(tmp_path).get("espeak-ar")
    return load(replace(card, options={**card.options, **options}), Surroundings(tmp_path))


def utterance(text):
    return Utterance(text, text, "")


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.25, 1.5, 2.0])
def test_speed_changes_the_pace_in_proportion(tmp_path, speed):
    speaker = engine(tmp_path)
    plain = speaker.speak(utterance(LONG), 1.0).duration

    assert speaker.speak(utterance(LONG), speed).duration * speed == pytest.approx(plain, rel=0.08)


def test_news_is_read_at_120_to_165_words_a_minute_before_the_pauses_between_sentences(tmp_path):
    clip = engine(tmp_path).speak(utterance(LONG), 1.0)

    assert 120 <= len(LONG.split()) * 60 / clip.duration <= 165


def test_every_option_of_the_card_is_heard(tmp_path):
    said = utterance(LONG)
    plain = engine(tmp_path).speak(said, 1.0).pcm

    for option, value in {"words_per_minute": 180, "pitch": 60, "range": 20, "voice": "ar+f2"}.items():
        assert engine(tmp_path, **{option: value}).speak(said, 1.0).pcm != plain, option


def test_every_word_is_timed_in_order(tmp_path):
    clip = engine(tmp_path).speak(utterance(LONG), 1.0)

    assert [word.word for word in clip.words] == list(range(len(LONG.split())))


def test_a_pause_within_belongs_to_no_word(tmp_path):
    clip = engine(tmp_path).speak(utterance("قَالَ نَعَمْ، ثُمَّ ذَهَبَ"), 1.0)

    before, after = clip.words[1], clip.words[2]
    assert after.start - before.end > 0.03


def test_a_voice_that_espeak_lacks_is_named(tmp_path):
    with pytest.raises(MissingPart, match="'mb-ar1'"):
        engine(tmp_path, voice="mb-ar1").speak(utterance(LONG), 1.0)


def test_a_library_that_cannot_be_loaded_is_a_missing_part(tmp_path, monkeypatch):
    voice = engine(tmp_path)
    broken = tmp_path / "libespeak-ng.so"
    broken.write_bytes(b"no library")
    monkeypatch.setattr("service.engines.espeak_library._installed", lambda: (str(broken), b""))
    with pytest.raises(MissingPart, match="cannot be loaded") as told:
        voice.speak(utterance(LONG), 1.0)
    assert str(tmp_path) not in told.value.en


@pytest.mark.parametrize("voice", ["ar", "sem/ar"])
def test_a_voice_is_the_same_by_its_language_and_by_its_file(tmp_path, voice):
    said = utterance(LONG)

    assert engine(tmp_path, voice=voice).speak(said, 1.0) == engine(tmp_path).speak(said, 1.0)


def test_a_thousand_utterances_leave_nothing_behind(tmp_path):
    speaker, process = engine(tmp_path), psutil.Process()

    def resident(utterances):
        for _ in range(utterances):
            speaker.speak(utterance("قَالَ نَعَمْ"), 1.0)
        gc.collect()
        return process.memory_info().rss

    before = resident(200)
    assert resident(1000) - before < 1000 * 1024
