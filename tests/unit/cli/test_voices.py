import json

import pytest
from typer.testing import CliRunner

from service.audio.loudness import measure
from service.cli.voices import app
from service.model.errors import IstamiError, UnknownVoice


@pytest.fixture
def istami(tmp_path, monkeypatch):
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments):
        return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    return run


def test_list_tells_of_every_voice_whether_it_may_earn_money(istami):
    lines = {line.split()[0]: line.split() for line in istami("list").output.splitlines()[1:] if line.strip()}

    assert lines["espeak-ar"][-2:] == ["yes", "yes"]
    assert lines["xtts-v2"][-2:] == ["no", "no"]


def test_show_tells_licence_and_hashes(istami):
    shown = istami("show", "xtts-v2").output

    assert "Coqui Public Model License" in shown
    assert "commercial use:   NO" in shown
    assert "model.pth (d5822cb1" in shown
    assert "config.json (hash recorded at first install)" in shown


def test_an_unknown_voice_is_named(istami):
    with pytest.raises(UnknownVoice, match="'nobody'"):
        istami("show", "nobody")


def test_a_voice_that_may_not_earn_money_asks_first(istami):
    with pytest.raises(IstamiError, match="--accept-licence"):
        istami("install", "mms-ar")


def test_a_sample_is_an_mp3_at_the_loudness_of_a_programme(istami, tmp_path):
    target = tmp_path / "sample.mp3"

    assert istami("sample", "espeak-ar", "-o", target).exit_code == 0

    assert abs(measure(target.read_bytes()).integrated - -16) < 1


def test_the_embedded_voice_is_calibrated_already(istami, tmp_path):
    told = istami("sample", "espeak-ar", "-o", tmp_path / "sample.mp3").stderr

    gain = float(told.split("gain ")[1].split(" dB")[0])
    carded = float(istami("show", "espeak-ar").output.split("gain:")[1].split(" dB")[0])
    assert abs(gain - carded) < 1


def test_check_says_which_file_of_an_added_voice_has_changed(istami, tmp_path):
    home = tmp_path / "data" / "voices" / "ours"
    home.mkdir(parents=True)
    (home / "model.onnx").write_bytes(b"weights")
    (home / "installed.json").write_text(json.dumps({"model.onnx": "0" * 64}))
    (home / "card.toml").write_text(
        'id = "ours"\nengine = "piper"\nlanguage = "ar"\ndialect = "standard"\ngender = "male"\n'
        'sample_rate = 16000\nlicence = "x"\ncommercial_use = true\nattribution = "x"\n'
        'name = { ar = "x", en = "x" }\nlimits = { characters = 9 }\nfiles = [{ path = "model.onnx" }]\n'
    )

    checked = istami("check")

    assert checked.exit_code == 1
    assert "ours: missing or changed: model.onnx" in checked.output
