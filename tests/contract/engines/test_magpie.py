"""Magpie, with a model made here: the seven graphs, random weights."""

import json
import shutil
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from service.engines import pcm
from service.engines.engine import Surroundings
from service.engines.magpie import timings
from service.engines.magpie_model import GRAPHS, Chance, MagpieModel, Spoken
from service.engines.magpie_tokens import Token
from service.engines.registry import load
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.testing.engines import SENTENCE
from voices.catalogue import Catalogue

SPEAKERS = ("aria", "jason", "john", "leo", "sofia")
TOKENS = [1657, *range(1703, 1733), 1657, 3358]


def utterance(text):
    return Utterance(text, text, "")


def spoken(voice, **options):
    return load(replace(voice.card, options=options), voice.surroundings).speak(utterance(SENTENCE), 1.0)


@pytest.fixture(scope="module")
def model(magpie):
    return MagpieModel(magpie.surroundings.folder, Surroundings(magpie.surroundings.folder))


def test_the_seed_the_speaker_and_the_locale_are_heard_and_nothing_else_changes(magpie):
    usual = spoken(magpie)

    assert spoken(magpie, seed=0, speaker=0, locale="ar-MSA", temperature=0.6, top=80, guidance=2.5) == usual
    for option in ({"seed": 1}, {"speaker": 1}, {"locale": "ar-SA"}, {"temperature": 0.9}, {"guidance": 1.0}):
        assert spoken(magpie, **option).pcm != usual.pcm


def test_without_temperature_chance_has_no_part(magpie):
    assert spoken(magpie, temperature=0.0, seed=1) == spoken(magpie, temperature=0.0, seed=2)


def test_attention_moves_forward_through_the_text_to_its_end(model):
    said = model.say(TOKENS, 0, Chance())

    assert said.attended == sorted(said.attended)
    assert said.attended[-1] >= len(TOKENS) - 3
    assert all(later - earlier <= 6 for earlier, later in pairwise(said.attended[:-1]))
    # Two frames a step; the last step may have one, or none.
    assert len(said.attended) - 1 <= said.samples.size / said.step <= len(said.attended)
    assert said.step == 2 * 1024


def test_a_short_text_is_said_whole_though_the_codec_needs_four_frames(model):
    said = model.say([1657, 1703, 1657, 3358], 0, Chance())

    assert 0 < said.samples.size <= said.step * len(said.attended)


def test_a_speech_that_does_not_end_is_an_error_and_not_half_a_sentence(model):
    with pytest.raises(EngineError, match="did not end"):
        model.say(TOKENS, 0, Chance(steps=3))


def test_words_begin_where_the_text_is_attended_to_and_share_a_step_that_passes_several():
    tokens = [Token(0, word) for word in (None, 0, 0, None, 1, None, 2, None, None)]
    said = Spoken(np.zeros(6 * 100, np.float32), [1, 2, 2, 6, 6, 8], 100)

    words = [(each.word, each.start, each.end) for each in timings(tokens, said, 1.0, 100)]

    assert words == [(0, 0.0, 3.0), (1, 3.0, 4.5), (2, 4.5, 6.0)]
    assert timings(tokens, said, 2.0, 100)[0].end == 1.5


def test_words_that_attention_never_reaches_share_what_is_left():
    tokens = [Token(0, word) for word in (None, 0, None, 1, None, None)]
    said = Spoken(np.zeros(200, np.float32), [1, 1], 100)

    assert [each.word for each in timings(tokens, said, 1.0, 100)] == [0, 1]


def test_a_letter_without_a_token_is_an_error_that_names_it(magpie):
    with pytest.raises(EngineError, match=r"«ݐ» \(U\+0750\)"):
        magpie.load().speak(utterance("قَالَ ݐ"), 1.0)


def test_what_is_not_installed_names_its_cure(magpie, tmp_path):
    with pytest.raises(EngineError, match="istami voices install tiny-magpie"):
        load(magpie.card, Surroundings(tmp_path))


@pytest.mark.parametrize("options", [{"speaker": 2}, {"speaker": -1}, {"locale": "ar-EG"}])
def test_an_unknown_speaker_or_locale_is_refused_with_those_there_are(magpie, options):
    with pytest.raises(EngineError, match=r"0 to 1, not|ar-AE, ar-MSA, ar-SA"):
        spoken(magpie, **options)


@pytest.mark.parametrize("damaged", [*(f"{name}.onnx" for name in GRAPHS), "assets/magpie_config.json"])
def test_a_damaged_file_is_an_engine_error(magpie, tmp_path, damaged):
    shutil.copytree(magpie.surroundings.folder, tmp_path / "voice")
    (tmp_path / "voice" / damaged).write_bytes(b"nothing")

    with pytest.raises(EngineError, match="cannot be loaded"):
        load(magpie.card, Surroundings(tmp_path / "voice"))


def test_a_graph_of_another_shape_is_an_engine_error(magpie, tmp_path):
    shutil.copytree(magpie.surroundings.folder, tmp_path / "voice")
    config = tmp_path / "voice" / "assets" / "magpie_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"decoder_n_layers": 1}))

    with pytest.raises(EngineError, match="model failed"):
        load(magpie.card, Surroundings(tmp_path / "voice")).speak(utterance(SENTENCE), 1.0)


def test_the_cards_name_every_file_that_the_engine_reads(tmp_path):
    catalogue = Catalogue(tmp_path)
    for number, speaker in enumerate(SPEAKERS):
        found = catalogue.get(f"magpie-{speaker}")
        assert found.engine == "magpie"
        assert found.options["speaker"] == number
        assert found.limits.characters <= 200
        paths = {file.path for file in found.files}
        assert {f"{name}.onnx" for name in GRAPHS} < paths
        assert {"magpie_config.json", "context_embeddings.npy", "tokenizer.json"} <= {
            path.removeprefix("assets/") for path in paths
        }


def test_sound_is_neither_stretched_nor_cut_at_its_own_speed(magpie):
    engine = magpie.load()
    plain, slow = (pcm.from_int16(engine.speak(utterance(SENTENCE), speed).pcm) for speed in (1.0, 0.5))

    assert abs(slow.size - 2 * plain.size) < 0.05 * plain.size
