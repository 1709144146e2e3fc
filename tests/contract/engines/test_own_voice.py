"""A publisher's own voice, from a folder to the air."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

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


WITHOUT = ("TTS", "coqui", "onnx-", "onnx", "torch", "trainer", "transformers")
"""What the beginnings of packages are that an exported voice does not need; ONNX Runtime stays."""


@pytest.fixture
def without_torch(tmp_path):
    """A Python that has this one's packages but torch, Coqui TTS and what comes with them."""
    packages = tmp_path / "packages"
    packages.mkdir()
    for found in Path(sysconfig.get_path("purelib")).iterdir():
        if not found.name.startswith(WITHOUT) or found.name.startswith("onnxruntime"):
            (packages / found.name).symlink_to(found)
    root = Path(__file__).parents[3]
    environment = {**os.environ, "ISTAMI_DATA_DIR": str(tmp_path / "there")}
    environment["PYTHONPATH"] = f"{root}:{packages}"

    def run(*words):
        return subprocess.run(
            [sys.executable, "-S", *map(str, words)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.mark.coqui
@pytest.mark.timeout(600)
def test_an_exported_voice_is_installed_and_heard_without_torch(vits, without_torch, tmp_path, monkeypatch):
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path / "here"))

    def istami(*arguments):
        return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    still = ("--option", "noise_scale=0", "--option", "noise_w=0")
    istami("add", "ours", "coqui", vits.surroundings.folder, *TOLD, "--commercial-use", *still)
    written = istami("export", "ours", "-o", tmp_path / "ours.tar")
    assert written.exit_code == 0
    assert "CC0-1.0; credit: a script" in written.output
    assert without_torch("-c", "import torch").returncode == 1

    done = without_torch("-m", "service", "voices", "install", "ours", "--from", tmp_path / "ours.tar")

    assert done.returncode == 0, done.stderr
    here, there = (Catalogue(tmp_path / place / "voices") for place in ("here", "there"))
    assert there.fingerprint(there.get("ours")) == here.fingerprint(here.get("ours"))
    assert not list(there.folder(there.get("ours")).glob("*.pth"))
    done = without_torch("-m", "service", "voices", "sample", "ours", "-o", tmp_path / "ours.mp3")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "ours.mp3").stat().st_size > 5000
    assert without_torch("-m", "service", "voices", "check").returncode == 0
