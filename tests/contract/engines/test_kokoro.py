"""Kokoro, with voices made here and with its own weights."""

import json
import zipfile
from dataclasses import replace
from itertools import pairwise

import numpy as np
import onnx
import onnxruntime
import pytest
from typer.testing import CliRunner

from service.cli.voices import app
from service.engines import kokoro_graph, kokoro_styles, pcm
from service.engines.engine import Surroundings
from service.engines.kokoro import LONGEST, SAMPLE_RATE, without_images
from service.engines.kokoro_symbols import Symbols, read
from service.engines.registry import load
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.testing.engines import SENTENCE
from service.text.phonetics.phonemes import phonemise
from tests.contract.engines.conftest import card, make, require
from tests.join_kokoro_model import FILES, OPTIONS, PACKAGES
from tests.make_kokoro_voice import IMAGE
from voices.card import VoiceFile
from voices.catalogue import Catalogue
from voices.licence import CommercialUse


def utterance(text):
    return Utterance(text, text, phonemise(text))


def samples(clip):
    return pcm.from_int16(clip.pcm)


def level(sound, frequency, width=20):
    """The strongest part of a spectrum within some hertz, in decibels relative to full scale."""
    window = np.hanning(sound.size)
    spectrum = np.abs(np.fft.rfft(sound * window)) / (window.sum() / 2)
    near = np.abs(np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE) - frequency) <= width
    return 20 * np.log10(spectrum[near].max() + 1e-9)


def symbols(voice, *, own=False):
    folder = voice.surroundings.folder
    return Symbols(read(folder / "symbols.json", voice.card.options["symbols"]), "ar", own=own)


@pytest.mark.parametrize("made", ["kokoro", "kokoro_noisy", "kokoro_told"])
def test_the_style_is_the_row_of_the_number_of_symbols(made, request):
    voice = request.getfixturevalue(made)
    engine = voice.load()
    own = voice.card.options.get("phonemes") == "own"
    for text in ("نَعَمْ", "قَالَ نَعَمْ", SENTENCE):
        count = len(symbols(voice, own=own).spell(utterance(text)))
        sound = samples(engine.speak(utterance(text), 1.0))
        loudness = np.sqrt(2 * np.mean(np.square(sound[600:-600])))
        assert loudness == pytest.approx(0.1 + (count - 1) / 4000, abs=0.003)


def test_a_model_that_draws_lots_says_the_same_in_every_process_and_still_has_its_noise(kokoro_noisy):
    model = kokoro_noisy.surroundings.folder / "tones.onnx"
    given = {
        "input_ids": np.zeros((1, 3), np.int64),
        "ref_s": np.zeros((1, 256), np.float32),
        "speed": np.ones(1, np.float32),
    }
    drawn = onnxruntime.InferenceSession(model)
    assert not np.array_equal(*(drawn.run(None, given)[0] for _ in range(2)))

    stilled = [onnxruntime.InferenceSession(kokoro_graph.prepared(model)) for _ in range(2)]
    first, *more = [session.run(["audio"], given)[0] for session in stilled for _ in range(2)]

    assert all(np.array_equal(first, other) for other in more)
    time = np.arange(first.size)
    rest = first - IMAGE * (np.cos(np.pi * 0.4 * time) + np.cos(np.pi * 0.8 * time))
    assert 0.0005 < rest.std() < 0.002
    assert np.abs(np.corrcoef(rest[:-1], rest[1:])[0, 1]) < 0.05


def test_random_nodes_within_other_nodes_are_stilled_too(tmp_path):
    inner = onnx.helper.make_graph(
        [onnx.helper.make_node("RandomNormal", [], ["lot"], shape=[1, 4])],
        "branch",
        [],
        [onnx.helper.make_tensor_value_info("lot", onnx.TensorProto.FLOAT, [1, 4])],
    )
    outer = onnx.helper.make_graph(
        [onnx.helper.make_node("If", ["whether"], ["audio"], then_branch=inner, else_branch=inner)],
        "model",
        [onnx.helper.make_tensor_value_info("whether", onnx.TensorProto.BOOL, [])],
        [onnx.helper.make_tensor_value_info("audio", onnx.TensorProto.FLOAT, [1, 4])],
    )
    opsets = [onnx.helper.make_opsetid("", 18)]
    onnx.save(onnx.helper.make_model(outer, opset_imports=opsets, ir_version=9), tmp_path / "model.onnx")

    session = onnxruntime.InferenceSession(kokoro_graph.prepared(tmp_path / "model.onnx"))
    said = [session.run(None, {"whether": np.array(way)})[0] for way in (True, True, False, False)]

    assert np.array_equal(said[0], said[1])
    assert np.array_equal(said[2], said[3])
    assert said[0].std() > 0


def test_image_tones_are_not_heard(kokoro):
    sound = samples(kokoro.load().speak(utterance(SENTENCE), 1.0))

    assert 20 * np.log10(IMAGE) == pytest.approx(-40)  # in what the model makes
    assert level(sound, 4800) < -75
    assert level(sound, 9600) < -75


def test_nothing_else_is_taken_away_with_them():
    noise = np.random.default_rng(1).standard_normal(5 * SAMPLE_RATE).astype(np.float32) * 0.1
    silence = np.zeros(SAMPLE_RATE, np.float32)
    given = np.concatenate([silence, noise, silence])

    kept = without_images(given)

    assert kept.size == given.size
    before, after = (np.fft.rfft(sound) for sound in (given, kept))
    frequencies = np.fft.rfftfreq(given.size, 1 / SAMPLE_RATE)
    apart = np.minimum(np.abs(frequencies - 4800), np.abs(frequencies - 9600)) > 40
    changed = np.sqrt(np.mean(np.abs(after - before)[apart] ** 2) / np.mean(np.abs(before)[apart] ** 2))
    assert 20 * np.log10(changed) < -60
    # A notch rings; where nobody speaks that stays far below hearing.
    assert np.abs(kept[: SAMPLE_RATE // 2]).max() < 1e-4
    assert np.abs(kept[-SAMPLE_RATE // 2 :]).max() < 1e-4


def test_a_text_of_more_symbols_than_a_run_takes_is_said_to_its_end_with_all_words_in_order(kokoro):
    text = " ".join([SENTENCE] * 12)
    count = len(symbols(kokoro).spell(utterance(text)))
    assert count > 2 * LONGEST

    once, clip = (kokoro.load().speak(utterance(said), 1.0) for said in (SENTENCE, text))

    assert [word.word for word in clip.words] == list(range(len(text.split())))
    assert all(one.end <= other.start for one, other in pairwise(clip.words))
    assert clip.words[-1].end > 11.5 * once.duration


def test_a_word_of_more_symbols_than_a_run_takes_is_said_to_its_end(kokoro):
    clip = kokoro.load().speak(Utterance("بلد" * 150, "بَلَدُ" * 150, ""), 1.0)

    assert clip.duration > 0.1 * 150 * 6


def test_word_times_are_those_of_the_durations(kokoro_told):
    clip = kokoro_told.load().speak(utterance("نَعَمْ قَالَ"), 1.0)

    # Tones of 100 ms: an end, six symbols, a break, six symbols, an end.
    assert [(word.word, round(word.start, 2), round(word.end, 2)) for word in clip.words] == [
        (0, 0.1, 0.7),
        (1, 0.8, 1.4),
    ]


def test_a_voice_without_a_symbol_for_a_sound_refuses_by_name(kokoro):
    strange = replace(kokoro.card, options={"voice": "tones"})

    with pytest.raises(EngineError, match=r"no symbol for «ʕ» \(U\+0295\)"):
        load(strange, kokoro.surroundings).speak(utterance("نَعَمْ"), 1.0)


def test_what_is_not_installed_names_its_cure(kokoro, tmp_path):
    with pytest.raises(EngineError, match="istami voices install tiny-kokoro"):
        load(kokoro.card, Surroundings(tmp_path))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tones.onnx", b"nothing"),
        ("tones.onnx", b""),
        ("symbols.json", b"[]"),
        ("symbols.json", b'{"vocab": {"a": "b"}}'),
        ("voice.npz", b"nothing"),
        ("voice.npz", b""),
    ],
)
def test_a_damaged_file_is_an_engine_error_that_names_it(kokoro, tmp_path, name, content):
    for file in kokoro.card.files:
        (tmp_path / file.path).write_bytes((kokoro.surroundings.folder / file.path).read_bytes())
    (tmp_path / name).write_bytes(content)

    with pytest.raises(EngineError, match="model" if name == "tones.onnx" else name):
        load(kokoro.card, Surroundings(tmp_path))


def test_a_model_of_another_kind_is_refused_with_its_inputs(kokoro, tmp_path):
    for file in kokoro.card.files:
        (tmp_path / file.path).write_bytes((kokoro.surroundings.folder / file.path).read_bytes())
    model = onnx.load(tmp_path / "tones.onnx")
    model.graph.input.append(onnx.helper.make_tensor_value_info("sid", onnx.TensorProto.INT64, [1]))
    onnx.save(model, tmp_path / "tones.onnx")

    with pytest.raises(EngineError, match=r"not a Kokoro model.*sid"):
        load(kokoro.card, Surroundings(tmp_path))


def test_an_unknown_voice_or_kind_of_phonemes_is_refused(kokoro):
    with pytest.raises(EngineError, match=r"nobody.*voice\.npz"):
        load(replace(kokoro.card, options={"voice": "nobody"}), kokoro.surroundings)
    with pytest.raises(EngineError, match="espeak or own, not 'ipa'"):
        load(replace(kokoro.card, options={"voice": "tones", "phonemes": "ipa"}), kokoro.surroundings)


def test_a_voice_of_torch_s_is_read_and_its_pickle_never_loaded(tmp_path):
    rows = np.arange(510 * 256, dtype="<f4").reshape(510, 1, 256)
    with zipfile.ZipFile(tmp_path / "voice.pt", "w") as archive:
        archive.writestr("af/data.pkl", b"ctorch\nFloatStorage\ncos\nsystem\n(S'false'\ntR.")
        archive.writestr("af/byteorder", b"little")
        archive.writestr("af/data/0", rows.tobytes())

    assert np.array_equal(kokoro_styles.read(tmp_path / "voice.pt", ""), rows[:, 0])


def test_a_voice_of_torch_s_in_other_numbers_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "voice.pt", "w") as archive:
        archive.writestr("af/data.pkl", b"ctorch\nHalfStorage\n.")
        archive.writestr("af/data/0", bytes(510 * 256 * 2))

    with pytest.raises(EngineError, match="32-bit floats"):
        kokoro_styles.read(tmp_path / "voice.pt", "")


def test_an_added_voice_is_measured_and_checked(kokoro_told, tmp_path, monkeypatch):
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))
    told = ("--name-ar", "نغمات", "--name-en", "Tones", "--licence", "CC0-1.0", "--attribution", "a script")

    def istami(*arguments):
        return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    files = kokoro_told.surroundings.folder
    added = istami("add", "ours", "kokoro", files, *told, "--commercial-use", "--option", "symbols=ʕ=7 ħ=8")

    assert added.exit_code == 0, added.output
    assert "ours is installed: gain" in added.output
    assert Catalogue(tmp_path / "voices").get("ours").sample_rate == SAMPLE_RATE
    assert istami("check").exit_code == 0


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    """Kokoro's own weights, with a Japanese voice: what is tested is the engine."""
    require("kokoro", modules=PACKAGES)
    folder = tmp_path_factory.mktemp("stock")
    make("join_kokoro_model.py", folder)
    assert (folder / "kokoro.onnx").stat().st_size == 92_361_271
    engine = load(card("kokoro", SAMPLE_RATE, files=FILES, **OPTIONS), Surroundings(folder, threads=2))
    yield engine, folder
    engine.close()


@pytest.mark.kokoro
def test_kokoro_s_own_weights_say_a_sentence_alike_each_time_with_its_words(stock):
    engine, _ = stock
    text = "وَقَالَ الْوَزِيرُ إِنَّ الْعَمَلَ سَيَبْدَأُ"
    once, again = (engine.speak(utterance(text), 1.0) for _ in range(2))

    assert once == again
    assert [word.word for word in once.words] == list(range(5))
    assert 2 < once.duration < 5
    sound, rate = samples(once), SAMPLE_RATE
    spoken = [sound[int(word.start * rate) : int(word.end * rate)] for word in once.words]
    assert all(np.sqrt(np.mean(np.square(each))) > 0.01 for each in spoken)


@pytest.mark.kokoro
def test_kokoro_s_own_weights_are_faster_and_slower_as_told(stock):
    engine, _ = stock
    slow, plain, fast = (engine.speak(utterance("قَالَ نَعَمْ"), speed).duration for speed in (0.5, 1, 2))

    assert 1.6 * plain < slow < 2.4 * plain
    assert plain / 2.4 < fast < plain / 1.6


@pytest.mark.kokoro
def test_the_image_tones_of_kokoro_s_own_weights_are_taken_away_alone(stock):
    _, folder = stock
    ids = json.loads((folder / "vocab.json").read_text())["vocab"]
    spelt = [ids[char] for char in "waqˈaːla lwazˈiːru ʔˈinna lʔˈamala saˈjabdaʔ"]
    given = {
        "tokens": np.array([[0, *spelt, 0]]),
        "style": kokoro_styles.read(folder / "voices.npz", "jf_alpha")[[len(spelt) - 1]],
        "speed": np.ones(1, np.float32),
    }
    session = onnxruntime.InferenceSession(folder / "kokoro.onnx")
    before = session.run(None, given)[0].astype(np.float32)
    after = without_images(before)

    for image in (4800, 9600):
        beside = max(level(before, image + far, 15) for far in (-60, 60))
        assert level(before, image, 2) > beside + 6
        assert level(after, image, 2) < beside
        for far in (-60, 60):
            assert level(after, image + far, 15) == pytest.approx(level(before, image + far, 15), abs=0.1)
    lost = np.sqrt(np.mean(np.square(after - before)) / np.mean(np.square(before)))
    assert 20 * np.log10(lost) < -30


def test_the_cards_of_nabra_name_what_the_engine_needs(tmp_path):
    for voice in ("nabra-82m", "nabra-7m"):
        found = Catalogue(tmp_path).get(voice)
        assert found.engine == "kokoro"
        assert found.sample_rate == SAMPLE_RATE
        assert found.commercial_use is CommercialUse.UNKNOWN
        for ending in (".onnx", ".json", kokoro_styles.SUFFIXES):
            assert len([file for file in found.files if file.path.endswith(ending)]) == 1
        assert all(isinstance(file, VoiceFile) and file.sha256 is None for file in found.files)
