import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from service.audio.loudness import measure
from service.cli.voices import app
from service.model.errors import EngineError, IstamiError, MissingPart, UnknownVoice
from service.studio.consent import Consent, write
from tests.humming import MODEL, furnish
from voices.catalogue import Catalogue


@pytest.fixture
def istami(tmp_path, monkeypatch):
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments):
        return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    return run


def test_list_tells_of_every_voice_whether_it_may_earn_money(istami):
    head, *rows = istami("list").output.splitlines()
    lines = {row.split()[0]: [row.split()[1], row.split()[3]] for row in rows}

    assert head.split()[:4] == ["id", "commercial", "air", "here"]
    assert lines["espeak-ar"] == ["yes", "yes"]
    assert lines["xtts-v2"] == ["no", "no"]
    assert lines["piper-ar-kareem-medium"] == ["unknown", "no"]
    assert max(map(len, rows)) <= 80


def test_show_tells_licence_and_hashes(istami):
    shown = istami("show", "xtts-v2").output

    assert "Coqui Public Model License" in shown
    assert "commercial use:   NO" in shown
    assert "evidence:         Coqui Public Model License" in shown
    assert "model.pth (d5822cb1" in shown
    assert "config.json (hash recorded at first install)" in shown


def test_an_unknown_voice_is_named(istami):
    with pytest.raises(UnknownVoice, match="'nobody'"):
        istami("show", "nobody")


def test_a_voice_that_may_not_earn_money_asks_first(istami):
    with pytest.raises(IstamiError, match="--accept-licence"):
        istami("install", "mms-ar")
    with pytest.raises(IstamiError, match="It is unknown whether piper-ar-kareem-low"):
        istami("install", "piper-ar-kareem-low")


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
    assert "Fix: istami voices install ours" in checked.output


TOLD = ("--name-ar", "صوتنا", "--name-en", "Ours", "--licence", "CC0-1.0", "--attribution", "us")
OURS = (*TOLD, "--commercial-use")


@pytest.fixture
def files(tmp_path):
    """A voice with a file of its own; eSpeak speaks, which is here at all times."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "config.json").write_text('{"audio": {"sample_rate": 22050}}')
    return folder


@pytest.fixture
def catalogue(tmp_path):
    return Catalogue(tmp_path / "data" / "voices")


ENGINE = """
import numpy as np
from service.model.recording import Clip

def load(card, surroundings):
    if card.options["sound"] == "crash":
        raise RuntimeError("a defect of its engine")
    return Odd(card)

class Odd:
    def __init__(self, card):
        self.sample_rate = card.sample_rate
        self.level, self.seconds = {"faint": (0.006, 3), "endless": (0.2, 600)}[card.options["sound"]]
    def speak(self, utterance, speed):
        tone = np.sin(np.arange(self.seconds * self.sample_rate) / 10) * self.level * 32767
        return Clip(tone.astype("<i2").tobytes(), self.sample_rate)
    def close(self):
        pass
"""


@pytest.fixture
def foreign_engine(tmp_path, monkeypatch):
    """An engine in a distribution of somebody else's."""
    packages = tmp_path / "packages"
    about = packages / "odd-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[istami.engines]\nodd = odd_engine:load\n")
    (packages / "odd_engine.py").write_text(ENGINE)
    monkeypatch.syspath_prepend(packages)
    return "odd"


class TestAVoiceThatCannotBeHeard:
    """It is not added, whatever the reason, and its name stays free."""

    @pytest.fixture(autouse=True)
    def nothing_stays(self, istami, files, tmp_path):
        yield
        assert not (tmp_path / "data" / "voices" / "ours").exists()
        os.environ["PATH"] = self.path
        assert istami("add", "ours", "espeak", files, *OURS).exit_code == 0

    path = os.environ["PATH"]

    def test_for_an_option_that_its_engine_refuses(self, istami, files):
        with pytest.raises(MissingPart, match="ours was not installed, because it could not be heard"):
            istami("add", "ours", "espeak", files, *OURS, "--option", "voice=xx-nowhere")

    def test_for_an_option_of_the_wrong_kind(self, istami, files):
        with pytest.raises(EngineError, match="high"):
            istami("add", "ours", "espeak", files, *OURS, "--option", "pitch=high")

    @pytest.mark.parametrize("option", ["pitch", "=50", "noise_w=0"])
    def test_for_an_option_that_is_none(self, istami, files, option):
        refused = istami("add", "ours", "espeak", files, *OURS, "--option", option)

        assert refused.exit_code == 2
        assert option.rpartition("=")[0] in refused.stderr

    @pytest.mark.parametrize(
        ("sound", "why"),
        [("faint", "too quiet"), ("endless", "too long"), ("crash", "a defect of its engine")],
    )
    def test_for_its_sound(self, istami, files, foreign_engine, sound, why):
        with pytest.raises(EngineError, match=why):
            istami("add", "ours", foreign_engine, files, *OURS, "--option", f"sound={sound}")

    @pytest.mark.parametrize("says", ["echo 'Unable to parse option value' >&2; exit 1", "exit 0"])
    def test_for_an_ffmpeg_that_does_not_measure(self, istami, files, tmp_path, monkeypatch, says):
        program = tmp_path / "bin" / "ffmpeg"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\ncat > /dev/null\n{says}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

        with pytest.raises(EngineError, match="ffmpeg could not measure"):
            istami("add", "ours", "espeak", files, *OURS)


def test_nothing_is_downloaded_for_a_voice_whose_engine_is_missing(istami, tmp_path):
    home = tmp_path / "data" / "voices" / "far"
    home.mkdir(parents=True)
    (home / "card.toml").write_text(
        'id = "far"\nengine = "nowhere"\nlanguage = "ar"\ndialect = "standard"\ngender = "male"\n'
        'sample_rate = 16000\nlicence = "x"\ncommercial_use = true\nattribution = "x"\n'
        'name = { ar = "x", en = "x" }\nlimits = { characters = 9 }\n'
        'files = [{ path = "a", url = "http://127.0.0.1:9/a" }]\n'
    )

    with pytest.raises(MissingPart, match=r"'nowhere'.*Then: istami voices install far"):
        istami("install", "far")


def test_a_voice_that_was_not_measured_is_shown_as_such_and_the_cure_cures(istami, files, catalogue):
    istami("add", "ours", "espeak", files, *TOLD, "--no-commercial-use")
    before = catalogue.fingerprint(catalogue.get("ours"))
    (catalogue.folder(catalogue.get("ours")) / "calibration.json").unlink()
    cure = "istami voices install ours --accept-licence"

    assert "not calibrated" in next(line for line in istami("list").output.splitlines() if "ours" in line)
    assert f"not calibrated: {cure}" in istami("show", "ours").output
    checked = istami("check")
    assert checked.exit_code == 1
    assert "ours: not calibrated" in checked.output
    assert cure in checked.output
    assert json.loads(istami("check", "--json").output) == [{"id": "ours", "wrong": [], "calibrated": False}]

    assert istami(*cure.split()[2:]).exit_code == 0

    assert istami("check").exit_code == 0
    assert catalogue.fingerprint(catalogue.get("ours")) == before


def test_two_installs_of_the_same_files_have_one_fingerprint(istami, files, tmp_path, monkeypatch):
    prints = set()
    for data in ("one", "another"):
        monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path / data))
        istami("add", "ours", "espeak", files, *OURS)
        voices = Catalogue(tmp_path / data / "voices")
        prints.add(voices.fingerprint(voices.get("ours")))

    assert len(prints) == 1


def test_a_voice_is_exported_and_installed_by_its_name_where_nobody_knows_it(
    istami, files, tmp_path, monkeypatch
):
    istami("add", "ours", "espeak", files, *OURS)
    written = istami("export", "ours", "-o", tmp_path / "ours.tar")
    assert "CC0-1.0; credit: us" in written.output
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path / "there"))

    assert istami("install", "ours", "--from", tmp_path / "ours.tar").exit_code == 0

    prints = {
        voices.fingerprint(voices.get("ours"))
        for voices in (Catalogue(tmp_path / data / "voices") for data in ("data", "there"))
    }
    assert len(prints) == 1
    with pytest.raises(IstamiError, match="holds the voice ours, not theirs"):
        istami("install", "theirs", "--from", tmp_path / "ours.tar")


def test_only_a_voice_that_is_whole_is_exported(istami, files, tmp_path):
    with pytest.raises(IstamiError, match="it comes with istami"):
        istami("export", "espeak-ar", "-o", tmp_path / "voice.tar")
    istami("add", "ours", "espeak", files, *OURS)
    (tmp_path / "data" / "voices" / "ours" / "config.json").write_text("{}")

    with pytest.raises(IstamiError, match=r"changed: config\.json"):
        istami("export", "ours", "-o", tmp_path / "voice.tar")

    assert not (tmp_path / "voice.tar").exists()


def test_who_installs_a_voice_that_is_slower_than_speech_is_told_before(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "empty").mkdir()

    with pytest.raises(IstamiError, match="does not contain"):
        app(
            ["install", "xtts-v2", "--accept-licence", "--from", str(tmp_path / "empty")],
            standalone_mode=False,
        )

    assert "xtts-v2 is slower than speech on a CPU: about 3.9 s" in capsys.readouterr().err


def test_without_a_network_the_files_to_bring_are_named(tmp_path):
    command = [sys.executable, "-m", "service", "voices", "install", "nabra-7m", "--accept-licence"]
    away = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "ISTAMI_DATA_DIR": str(tmp_path)}
    done = subprocess.run(command, env=away, capture_output=True, text=True, check=False, timeout=120)

    assert done.returncode == 1
    assert "istami voices install nabra-7m --accept-licence --from FOLDER" in done.stderr
    for name in ("model.onnx", "config.json", "af_msa.bin"):
        assert f"  {name}  https://huggingface.co/" in done.stderr


def test_the_consent_of_a_recording_reaches_the_voices_card(istami, tmp_path, monkeypatch):
    engine, recordings, files = (tmp_path / name for name in ("engine", "recordings", "files"))
    for folder in (engine, recordings, files):
        folder.mkdir()
    furnish(engine, "")
    monkeypatch.syspath_prepend(engine)
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path / "voices"))
    (files / "model.bin").write_bytes(MODEL)
    (files / "config.json").write_text('{"audio": {"sample_rate": 22050}}')
    signed = datetime.now(UTC)
    agreed = Consent("سلمى", "الصحيفة", "قراءة المقالات", signed.date(), signed)
    write(recordings, agreed)
    told = ["--name-ar", "صوتنا", "--name-en", "Ours", "--licence", "ours", "--attribution", "us"]

    istami("add", "ours", "humming", files, *told, "--commercial-use", "--consent", recordings)

    card = Catalogue(tmp_path / "voices" / "voices").get("ours")
    assert (card.consent.who, card.consent.purpose, card.consent.until) == (
        "سلمى",
        "قراءة المقالات",
        signed.date(),
    )
    assert card.is_lawful(signed.date())
    assert not card.is_lawful(signed.date() + timedelta(days=1))
    with pytest.raises(IstamiError, match="no consent"):
        istami("add", "other", "humming", files, *told, "--consent", files)
