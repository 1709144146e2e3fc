"""With every card, each letter, mark and phone of news is said, replaced, or an error that names it."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from service.engines.alphabet import LETTERS, MARKS
from service.engines.engine import Surroundings
from service.engines.registry import coverage, load
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.testing.engines import Voice
from service.text.phonetics.phonemes import phonemise
from tests import magpie_table
from tests.contract.engines.conftest import require
from voices.catalogue import Catalogue

CARDS = {card.id: card for card in Catalogue(Path("none")).list()}
MARK = {"piper": pytest.mark.piper, "coqui": (pytest.mark.coqui, pytest.mark.timeout(600))}
BORROWED = "غُوگِلْ فِي پَارِيسْ وَڤِيتُو چَادْ وَژَاكْ"
SPELT = "غُوغِلْ فِي بَارِيسْ وَفِيتُو تشَادْ وَجَاكْ"
UNSAYABLE = "وَصَلَ غُوۋِلْ أَمْسِ"


def arabic(text):
    return Utterance(text, text, phonemise(text))


def piper_files(card, folder):
    """A configuration with the phonemes that Piper's trainer gives every voice; no card has others."""
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    model = next(file.path for file in card.files if file.path.endswith(".onnx"))
    told = {
        "audio": {"sample_rate": card.sample_rate},
        "espeak": {"voice": card.language},
        "num_symbols": 256,
        "num_speakers": 1,
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
    }
    (folder / model).touch()
    (folder / f"{model}.json").write_text(json.dumps(told), encoding="utf-8")
    return Surroundings(folder)


@pytest.mark.parametrize("id_", [pytest.param(id_, marks=MARK.get(CARDS[id_].engine, ())) for id_ in CARDS])
def test_every_voice_says_or_replaces_what_news_needs(id_, request, tmp_path):
    card = CARDS[id_]
    surroundings = Surroundings(tmp_path)
    if card.engine == "piper":
        require("piper")
        surroundings = piper_files(card, tmp_path)
    elif card.engine == "coqui":
        small = request.getfixturevalue("mms" if id_ == "mms-ar" else "xtts")
        small.load().close()
        surroundings = small.surroundings
    elif card.engine == "mbrola":
        require("mbrola")
    elif card.engine == "kokoro":
        symbols = request.getfixturevalue("kokoro").surroundings.folder / "symbols.json"
        name = next(file.path for file in card.files if file.path.endswith(".json"))
        shutil.copy(symbols, tmp_path / name)
    elif card.engine == "magpie":
        assets = tmp_path / "assets"
        assets.mkdir()
        magpie_table.write(assets)
        told = {"language_to_tokenizer": magpie_table.LANGUAGES}
        (assets / "magpie_config.json").write_text(json.dumps(told), encoding="utf-8")

    told = coverage(card, surroundings)

    assert told is not None
    assert set(told.lacks) <= set(card.lacks)
    assert len(told.known) >= 26


VOICES = [
    "espeak",
    pytest.param("mbrola_ar2", marks=pytest.mark.mbrola),
    pytest.param("piper", marks=MARK["piper"]),
    pytest.param("vits", marks=MARK["coqui"]),
]


@pytest.fixture(params=VOICES)
def voice(request) -> Voice:
    return request.getfixturevalue(request.param)


def test_a_letter_without_a_sound_is_an_error_that_names_it(voice):
    engine = voice.load()

    with pytest.raises(EngineError, match=re.escape("«ۋ» (U+06CB)")):
        engine.speak(arabic(UNSAYABLE), 1.0)


@pytest.mark.coqui
@pytest.mark.timeout(600)
def test_a_vits_says_borrowed_letters_as_the_nearest(vits):
    engine = vits.load()

    assert engine.speak(arabic(BORROWED), 1.0).pcm == engine.speak(arabic(SPELT), 1.0).pcm


@pytest.mark.piper
def test_piper_reads_no_letter_by_its_number(piper):
    engine = piper.load()

    assert engine.speak(arabic("ڤِيتُو وَژَاكْ"), 1.0).pcm == engine.speak(arabic("فِيتُو وَجَاكْ"), 1.0).pcm


@pytest.mark.piper
def test_espeak_s_arabic_reads_every_letter_that_piper_is_given(piper):
    """A letter unknown to eSpeak NG is left out, or read by its number in a word of its own."""
    from service.engines import piper as engine

    read = engine._Script(engine._config(piper.surroundings.folder / "tones.onnx"), piper.card)
    unsaid = "".join(read.phonemes("بَب"))
    for letter in set(LETTERS) - {"ٱ", "ا", "ى"}:
        said = "".join(read.phonemes(f"بَ{letter}ِب"))
        assert len(said) > len(unsaid), letter
        assert " " not in said, letter


@pytest.mark.piper
def test_a_piper_phoneme_without_an_id_is_said_by_the_nearest_or_refused(piper, tmp_path):
    for name in ("tones.onnx", "tones.onnx.json"):
        (tmp_path / name).write_bytes((piper.surroundings.folder / name).read_bytes())
    told = json.loads((tmp_path / "tones.onnx.json").read_text("utf-8"))
    for lacking in "pħ":
        del told["phoneme_id_map"][lacking]
    (tmp_path / "tones.onnx.json").write_text(json.dumps(told), encoding="utf-8")
    engine = load(piper.card, Surroundings(tmp_path))

    # Each phoneme of this voice has the same length, so one that is left out shortens the clip.
    whole = piper.load().speak(arabic("پَاب"), 1.0)
    other = engine.speak(arabic("پَاب"), 1.0)
    assert other.duration == pytest.approx(whole.duration, abs=0.01)
    assert other.pcm != whole.pcm
    with pytest.raises(EngineError, match="«ħ»"):
        engine.speak(arabic("حَالْ"), 1.0)
    assert set(coverage(piper.card, Surroundings(tmp_path)).lacks) == {"ح"}


@pytest.mark.coqui
@pytest.mark.timeout(600)
def test_a_card_may_say_that_a_letter_s_token_was_never_trained(vits):
    careful = load(replace(vits.card, lacks=("ظ",)), vits.surroundings)

    with pytest.raises(EngineError, match="«ظ»"):
        careful.speak(arabic("ظِلّ"), 1.0)


@pytest.mark.coqui
@pytest.mark.timeout(600)
def test_xtts_says_borrowed_letters_and_refuses_unknown_ones(xtts):
    engine = load(xtts.card, xtts.surroundings)

    assert set(coverage(xtts.card, xtts.surroundings).instead) == set("پچژڤگ")
    assert engine.speak(arabic("پَارِيسْ"), 1.0).duration > 0.3
    with pytest.raises(EngineError, match="«ۋ»"):
        engine.speak(arabic(UNSAYABLE), 1.0)
    engine.close()


@pytest.mark.coqui
@pytest.mark.timeout(600)
def test_torch_refuses_what_onnx_runtime_refuses(vits):
    from service.engines.coqui import TorchEngine

    engine = TorchEngine(vits.card, vits.surroundings)

    with pytest.raises(EngineError, match="«ۋ»"):
        engine.speak(arabic(UNSAYABLE), 1.0)
    assert engine.speak(arabic(BORROWED), 1.0).duration > 1


def test_all_marks_of_news_are_asked_for():
    assert len(LETTERS) == 36 + 1 + 5
    assert len(MARKS) == 9
