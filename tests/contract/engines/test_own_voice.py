"""A publisher's own voice, from a folder to the air."""

import pytest
from typer.testing import CliRunner

from service.audio.loudness import measure
from service.cli.voices import app
from service.engines.engine import Surroundings
from service.engines.registry import load
from service.model.reading import Utterance
from voices.catalogue import Catalogue

TOLD = ("--name-ar", "نغمات", "--name-en", "Tones", "--licence", "CC0-1.0", "--attribution", "a script")


@pytest.mark.parametrize(
    ("made", "engine"),
    [
        pytest.param("piper", "piper", marks=pytest.mark.piper),
        pytest.param("vits", "coqui", marks=pytest.mark.coqui),
    ],
)
def test_an_added_voice_is_measured_heard_checked_and_removed(made, engine, request, tmp_path, monkeypatch):
    files = request.getfixturevalue(made).surroundings.folder
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))

    def istami(*arguments):
        return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    still = ("--option", "noise_scale=0", "--option", "noise_w=0")
    added = istami("add", "ours", engine, files, *TOLD, "--commercial-use", *still)
    assert added.exit_code == 0
    assert "ours is installed: gain" in added.output

    catalogue = Catalogue(tmp_path / "voices")
    card = catalogue.get("ours")
    assert card.measured_rtf is not None
    clip = load(card, Surroundings(catalogue.folder(card))).speak(Utterance("نعم", "نَعَمْ", ""), 1.0)
    assert clip.sample_rate == card.sample_rate

    assert istami("sample", "ours", "-o", tmp_path / "ours.mp3").exit_code == 0
    if made == "piper":  # an untrained network hums above what an MP3 keeps
        assert abs(measure((tmp_path / "ours.mp3").read_bytes()).integrated - -16) < 1

    assert istami("check").exit_code == 0
    assert istami("remove", "ours").exit_code == 0
    assert not catalogue.folder(card).exists()
