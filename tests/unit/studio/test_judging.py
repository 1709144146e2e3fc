import json
import os
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from service.cli.voices import app
from service.engines.engine import Surroundings
from service.engines.registry import load
from service.model.errors import IstamiError, UnknownVoice
from service.model.recording import Clip
from service.studio import dnsmos, judging, recogniser, sheet
from service.text.phonetics.phonemes import to_reference
from service.text.phonetics.sounds import REFERENCE
from voices.catalogue import Catalogue

CARD = """
id = "{id}"
engine = "{engine}"
language = "{language}"
dialect = "standard"
gender = "male"
sample_rate = 22050
licence = "x"
commercial_use = true
attribution = "x"
name = {{ ar = "x", en = "x" }}
limits = {{ characters = 2000 }}
"""


@pytest.fixture
def istami(tmp_path, monkeypatch):
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))

    def run(*arguments):
        return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    return run


def add(folder, id_, engine="espeak", language="ar"):
    home = folder / "voices" / id_
    home.mkdir(parents=True)
    (home / "card.toml").write_text(CARD.format(id=id_, engine=engine, language=language), encoding="utf-8")
    return home


def test_every_phone_of_arabic_is_in_the_judged_sentences():
    said = {symbol for sentence in judging.sentences() for symbol in to_reference(sentence.phonemes)}

    assert said == {symbol for symbols in REFERENCE.values() for symbol in symbols}


def test_the_words_of_a_pair_differ_in_one_letter_or_mark_of_its_contrast():
    found = list(sheet.pairs())

    assert {pair.contrast for pair in found} >= {"ص/س", "ط/ت", "ض/د", "ظ/ذ", "ح/ه", "ق/ك"}
    for pair in found:
        first, second = map(to_reference, (judging.utterance(word).phonemes for word in pair[1:]))
        assert first != second, pair
        assert abs(len(first) - len(second)) <= 1, pair
        assert recogniser.error_rate([(" ".join(first), " ".join(second))]) > 0 or "/" not in pair.contrast


@pytest.mark.parametrize(
    ("written", "heard", "rate"),
    [
        ("كتاب", "كتاب", 0),
        ("إلى المدرسةِ.", "الي المدرسه", 0),
        ("كتاب", "كتب", 0.25),
        ("قلب", "كلب", 1 / 3),
        ("قم", "", 1),
        ("قم", "قم قم قم", 3),
    ],
)
def test_the_error_rate_counts_what_is_heard_wrong_and_not_how_it_is_spelt(written, heard, rate):
    assert recogniser.error_rate([(written, heard)]) == pytest.approx(rate)


def test_long_texts_count_more_than_short_ones():
    assert recogniser.error_rate([("ا" * 9, "ا" * 9), ("ب", "ت")]) == pytest.approx(0.1)


def test_silence_inside_a_sentence_is_measured():
    tone = (8000 * np.sin(np.arange(16000))).astype("<i2").tobytes()
    clip = Clip(tone + bytes(2 * 8000) + tone + bytes(2 * 1600) + tone, 16000)

    total, longest = judging._silences(clip)

    assert total == pytest.approx(0.6, abs=0.05)
    assert longest == pytest.approx(0.5, abs=0.03)


@pytest.mark.skipif(recogniser.available(), reason="with the extra judge this takes minutes: see below")
def test_what_cannot_be_measured_is_not_passed_and_a_changed_voice_has_no_judgement(istami, tmp_path):
    home = add(tmp_path, "ours")

    judged = istami("judge", "ours")

    assert judged.exit_code == 1
    assert "not measured" in judged.output
    assert (home / "listening.html").is_file()
    kept = json.loads((home / "judgement.json").read_text(encoding="utf-8"))
    assert kept["fit_for_air"] is False
    assert kept["cer"] is None
    assert kept["letter_coverage"] == 1
    assert 0 < kept["real_time_factor"] <= kept["slowest_factor"] < 1
    assert "recognition (CER) not measured" in istami("show", "ours").output
    assert json.loads(istami("show", "ours", "--json").output)["judgement"]["fit_for_air"] is False

    card = home / "card.toml"
    card.write_text(f"gain_db = 3\n{card.read_text(encoding='utf-8')}", encoding="utf-8")

    assert "not judged" in istami("show", "ours").output


def test_a_voice_of_another_language_is_not_judged(istami, tmp_path):
    add(tmp_path, "english", language="en")

    with pytest.raises(IstamiError, match="only Arabic"):
        istami("judge", "english")


def test_an_unknown_voice_is_named(istami):
    with pytest.raises(UnknownVoice, match="nobody"):
        istami("judge", "nobody")


@pytest.fixture(scope="module")
def spoken():
    """Two of the sentences, as the included voice says them, where there is something to judge them with."""
    if not (recogniser.available() and dnsmos.available()):
        told = "the extra istami[judge] is not installed"
        if "judge" in os.environ.get("ISTAMI_REQUIRE", "").split(","):
            pytest.fail(told)
        pytest.skip(told)
    card = Catalogue(Path("nowhere")).get("espeak-ar")
    engine = load(card, Surroundings(Path("nowhere")))
    yield [(sentence, engine.speak(sentence, 1.0)) for sentence in judging.sentences()[:2]]
    engine.close()


@pytest.mark.judge
def test_opinions_are_predicted_alike_each_time_and_noise_is_worse_than_speech(spoken):
    rng = np.random.default_rng(1)
    noise = (6000 * rng.standard_normal(16000 * 10)).clip(-32000, 32000).astype("<i2")

    opinion = dnsmos.overall(spoken[0][1])

    assert opinion == dnsmos.overall(spoken[0][1])
    assert 1 <= dnsmos.overall(Clip(noise.tobytes(), 16000)) < opinion <= 5


@pytest.mark.judge
def test_the_recogniser_hears_the_same_each_time_and_is_joined_once(spoken, tmp_path):
    ear = recogniser.Recogniser(tmp_path)
    joined = (tmp_path / recogniser.NAME / "model.bin").stat()

    again = recogniser.Recogniser(tmp_path)

    assert joined.st_size == 145_217_607
    assert (tmp_path / recogniser.NAME / "model.bin").stat().st_mtime_ns == joined.st_mtime_ns
    for sentence, clip in spoken:
        heard = ear.heard(clip)
        assert heard == again.heard(clip)
        assert 0 < recogniser.error_rate([(sentence.spoken, heard)]) < 3
