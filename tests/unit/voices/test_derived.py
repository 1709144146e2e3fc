"""What an engine makes of a voice's files is looked after as the files themselves are."""

import os
from dataclasses import replace

import pytest

from voices.calibration import Calibration
from voices.card import Limits, Names, VoiceCard, VoiceFile
from voices.catalogue import Catalogue
from voices.derived import read_derived, write_derived
from voices.installer import check, install

CARD = VoiceCard(
    id="mine",
    name=Names("صوتي", "Mine"),
    engine="coqui",
    language="ar",
    dialect="standard",
    gender="female",
    sample_rate=16000,
    licence="CC0-1.0",
    commercial_use=True,
    attribution="nobody",
    limits=Limits(500),
    files=(VoiceFile("model.pth"), VoiceFile("config.json")),
)


def hear(folder):
    """As an engine exports a checkpoint: once, with a number that shows how often."""
    note = read_derived(folder)
    if note is None or note.damaged(folder) or note.outdated(folder):
        (folder / "model.onnx").write_bytes(b"made " + os.urandom(8))
        write_derived(folder, ["model.onnx"], ["model.pth"], ["model.pth"], ["numpy"])
    return Calibration(3.0, 0.1)


@pytest.fixture
def stick(tmp_path):
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "model.pth").write_bytes(b"weights")
    (folder / "config.json").write_bytes(b"{}")
    return folder


@pytest.fixture
def catalogue(tmp_path, stick):
    catalogue = Catalogue(tmp_path / "voices")
    install(catalogue, CARD, print, hear=hear, source=stick)
    return catalogue


@pytest.fixture
def model(catalogue):
    return catalogue.folder(CARD) / "model.onnx"


def test_what_is_whole_is_fine(catalogue, model):
    assert model.is_file()
    assert check(catalogue, CARD) == ()


def test_damage_is_named_also_where_size_and_time_stay(catalogue, model):
    seen = model.stat()
    model.write_bytes(model.read_bytes()[:-1] + b"?")
    os.utime(model, ns=(seen.st_atime_ns, seen.st_mtime_ns))

    assert check(catalogue, CARD) == ("model.onnx",)


@pytest.mark.parametrize("how", [os.unlink, lambda path: os.truncate(path, 3)])
def test_what_is_cut_off_or_gone_is_named(catalogue, model, how):
    how(model)

    assert check(catalogue, CARD) == ("model.onnx",)


def test_what_was_made_of_another_file_is_named(catalogue):
    (catalogue.folder(CARD) / "model.pth").write_bytes(b"weight!")

    assert check(catalogue, CARD) == ("model.pth", "model.onnx")


def test_an_install_of_the_same_files_keeps_it_and_one_of_others_does_not(catalogue, model, stick):
    made = model.read_bytes()

    install(catalogue, CARD, print, hear=hear)
    assert model.read_bytes() == made

    model.write_bytes(b"damaged")
    install(catalogue, CARD, print, hear=hear)
    repaired = model.read_bytes()
    assert repaired.startswith(b"made ")
    assert check(catalogue, CARD) == ()

    (stick / "model.pth").write_bytes(b"others!")
    (catalogue.folder(CARD) / "installed.json").unlink()
    install(catalogue, CARD, print, hear=hear, source=stick)
    assert model.read_bytes() not in {made, repaired}


def test_a_voice_is_there_without_what_it_was_made_of(catalogue, model):
    before = catalogue.fingerprint(CARD)
    (catalogue.folder(CARD) / "model.pth").unlink()

    assert catalogue.installed(CARD)
    assert check(catalogue, CARD) == ()
    assert catalogue.fingerprint(CARD) == before
    model.unlink()
    assert not catalogue.installed(CARD)


def test_a_voice_is_not_there_without_its_other_files(catalogue):
    (catalogue.folder(CARD) / "config.json").unlink()

    assert not catalogue.installed(CARD)
    assert check(catalogue, CARD) == ("config.json",)


def test_a_note_that_cannot_be_read_is_none(catalogue):
    (catalogue.folder(CARD) / "derived.json").write_text('{"made": {"model.onnx": 3}}')

    assert read_derived(catalogue.folder(CARD)) is None
    assert not catalogue.installed(replace(CARD, files=(*CARD.files, VoiceFile("more"))))
