"""An install ends with a voice that was heard and measured, or with nothing."""

import os
import resource
import shutil
import signal
import tarfile
from dataclasses import replace

import pytest

from voices.calibration import Calibration, read_calibration, write_calibration
from voices.card import Limits, Names, VoiceCard, VoiceFile
from voices.catalogue import Catalogue
from voices.errors import InstallFailed
from voices.installer import check, install, remove

MODEL, ANOTHER = b"a" * 400_000, b"b" * 400_000
GAIN, ROUNDED = 11.87, 12.0


class Mute(Exception):  # noqa: N818
    """The voice cannot be heard."""


def card(url="", **other):
    mine = VoiceCard(
        id="mine",
        name=Names("صوتي", "Mine"),
        engine="piper",
        language="ar",
        dialect="standard",
        gender="female",
        sample_rate=16000,
        licence="CC0-1.0",
        commercial_use=True,
        attribution="nobody",
        limits=Limits(500),
        files=(VoiceFile("model.onnx", f"{url}/model.onnx" if url else ""),),
    )
    return replace(mine, **other)


def hear(_folder, gain=GAIN):
    return Calibration(gain, 0.1)


def mute(_folder):
    raise Mute


def fetched(catalogue, shop, hear=hear, **how):
    install(catalogue, card(shop.url), lambda *_: None, hear=hear, **how)


@pytest.fixture
def catalogue(tmp_path):
    return Catalogue(tmp_path / "voices")


@pytest.fixture
def stick(tmp_path):
    """A folder with the voice, for a machine without a network."""
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(MODEL)
    return folder


@pytest.fixture
def shop(shop):
    shop.files = {"/model.onnx": MODEL}
    return shop


def folders(catalogue):
    above = catalogue.folder(card()).parent
    return sorted(path.name for path in above.iterdir() if path.is_dir()) if above.exists() else []


class TestAFailedAudition:
    def test_puts_nothing_in_place_and_what_was_fetched_is_not_fetched_again(self, catalogue, shop):
        with pytest.raises(Mute):
            fetched(catalogue, shop, mute)
        assert not catalogue.folder(card()).exists()

        fetched(catalogue, shop)

        assert len(shop.ranges) == 1
        assert read_calibration(catalogue.folder(card())).gain_db == ROUNDED
        assert folders(catalogue) == ["mine"]

    def test_leaves_the_voice_that_was_there(self, catalogue, shop):
        fetched(catalogue, shop)
        before = read_calibration(catalogue.folder(card()))

        with pytest.raises(Mute):
            fetched(catalogue, shop, mute)

        assert check(catalogue, card()) == ()
        assert read_calibration(catalogue.folder(card())) == before

    def test_keeps_nothing_for_a_voice_that_is_removed(self, catalogue, shop):
        with pytest.raises(Mute):
            fetched(catalogue, shop, mute)

        remove(catalogue, card())

        assert folders(catalogue) == []

    def test_of_files_that_were_brought_leaves_nothing(self, catalogue, stick):
        with pytest.raises(Mute):
            install(catalogue, card(), print, hear=mute, source=stick)

        assert folders(catalogue) == []

    @pytest.mark.parametrize("there", [False, True])
    def test_that_is_killed_leaves_what_was_there(self, catalogue, shop, there):
        if there:
            fetched(catalogue, shop)
        child = os.fork()
        if not child:
            fetched(catalogue, shop, lambda _: os.kill(os.getpid(), signal.SIGKILL))
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
        assert catalogue.folder(card()).exists() == there
        assert not there or check(catalogue, card()) == ()

        fetched(catalogue, shop)

        assert folders(catalogue) == ["mine"]

    def test_that_is_killed_between_the_renames_is_undone_by_the_next(self, catalogue, stick):
        install(catalogue, card(), print, hear=hear, source=stick)
        home = catalogue.folder(card())
        home.rename(home.with_name(".old-mine"))

        with pytest.raises(Mute):
            install(catalogue, card(), print, hear=mute, source=stick)

        assert check(catalogue, card()) == ()
        assert folders(catalogue) == ["mine"]


class TestAFullDisk:
    """The limit on the size of a file fails as a full disk does."""

    @pytest.fixture
    def full(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
        yield
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    @pytest.mark.parametrize("packed", [False, True])
    def test_is_told_and_nothing_is_left(self, catalogue, stick, tmp_path, packed, request):
        source = stick
        if packed:
            source = tmp_path / "voice.tar.gz"
            with tarfile.open(source, "w:gz") as file:
                file.add(stick / "model.onnx", "model.onnx")
        request.getfixturevalue("full")

        with pytest.raises(InstallFailed, match="cannot be written: File too large"):
            install(catalogue, card(), print, hear=hear, source=source)

        assert folders(catalogue) == []

    def test_that_cut_a_copy_off_is_not_taken_for_the_file(self, catalogue, stick):
        cut = catalogue.folder(card()).with_name(".installing-mine") / "mine"
        cut.mkdir(parents=True)
        (cut / "model.onnx.copy").write_bytes(MODEL[:1000])

        install(catalogue, card(), print, hear=hear, source=stick)

        assert (catalogue.folder(card()) / "model.onnx").read_bytes() == MODEL


class TestTheGain:
    def test_two_machines_with_the_same_files_agree(self, tmp_path, stick):
        """Their arithmetic differs in the last digits."""
        prints = set()
        for number, gain in enumerate((11.8, 11.87, 12.1)):
            catalogue = Catalogue(tmp_path / f"machine-{number}")
            install(catalogue, card(), print, hear=lambda _, gain=gain: Calibration(gain, 0.3), source=stick)
            shutil.copy(stick / "model.onnx", catalogue.folder(card()))
            (catalogue.folder(card()) / "card.toml").write_text(TOML, encoding="utf-8")
            prints.add(catalogue.fingerprint(catalogue.get("mine")))

        assert len(prints) == 1

    @pytest.mark.parametrize("basis", [True, False])
    def test_of_identical_files_stays_when_they_are_installed_again(self, catalogue, stick, basis):
        """Also one that an earlier version measured, which did not note of what."""
        install(catalogue, card(), print, hear=hear, source=stick)
        home = catalogue.folder(card())
        noted = read_calibration(home).basis
        write_calibration(home, Calibration(11.6, 0.2, noted if basis else None))

        install(catalogue, card(), print, hear=hear)

        assert read_calibration(home) == Calibration(11.6, 0.1, noted)

    def test_of_other_files_or_another_pace_is_measured(self, catalogue, stick):
        install(catalogue, card(), print, hear=hear, source=stick)
        home = catalogue.folder(card())

        install(catalogue, card(speed=1.2), print, hear=lambda folder: hear(folder, 9.0))
        assert read_calibration(home).gain_db == 9.0

        (stick / "model.onnx").write_bytes(ANOTHER)
        (home / "installed.json").unlink()  # a card that names no hash trusts the first install
        install(catalogue, card(speed=1.2), print, hear=hear, source=stick)
        assert read_calibration(home).gain_db == ROUNDED

    def test_that_an_earlier_version_measured_stays_valid(self, catalogue, stick):
        """An upgrade must not make finished recordings unknown: this fingerprint is one of version 0.1."""
        home = catalogue.folder(card())
        home.mkdir(parents=True)
        (home / "card.toml").write_text(TOML, encoding="utf-8")
        shutil.copy(stick / "model.onnx", home)
        (home / "installed.json").write_text('{"model.onnx": "' + "0" * 64 + '"}\n')
        (home / "calibration.json").write_text('{"gain_db": 11.9, "measured_rtf": 0.1}\n')

        mine = catalogue.get("mine")

        assert mine.calibrated
        assert catalogue.fingerprint(mine) == EARLIER


TOML = """
id = "mine"
engine = "piper"
language = "ar"
dialect = "standard"
gender = "female"
sample_rate = 16000
licence = "CC0-1.0"
commercial_use = true
attribution = "nobody"
name = { ar = "صوتي", en = "Mine" }
limits = { characters = 500 }
files = [{ path = "model.onnx" }]
"""
EARLIER = "c89985a1d26b539255fbdf3b900ec46fc3df34af603c385a77f8c59ff12a0b0f"


class TestAVoiceThatWasNotMeasured:
    @pytest.fixture
    def put_by_hand(self, catalogue, stick):
        home = catalogue.folder(card())
        shutil.copytree(stick, home)
        (home / "card.toml").write_text(TOML, encoding="utf-8")
        return home

    @pytest.mark.usefixtures("put_by_hand")
    def test_is_known_as_such(self, catalogue):
        assert catalogue.installed(catalogue.get("mine"))
        assert not catalogue.get("mine").calibrated

    @pytest.mark.parametrize("line", ["gain_db = 0.0", "files = []"])
    def test_is_one_whose_card_states_no_gain_and_that_has_files(self, catalogue, put_by_hand, line):
        text = TOML.replace('files = [{ path = "model.onnx" }]', "") if "files" in line else TOML
        (put_by_hand / "card.toml").write_text(f"{line}\n{text}", encoding="utf-8")

        assert catalogue.get("mine").calibrated
