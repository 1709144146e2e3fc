"""A voice that was made on one machine is installed on another, which could not make it."""

import io
import json
import tarfile

import pytest

from voices import added
from voices.calibration import Calibration
from voices.catalogue import Catalogue
from voices.derived import read_derived, write_derived
from voices.errors import BadCard, InstallFailed, LicenceNotAccepted
from voices.installer import check, install
from voices.package import pack, packed_card, unpack

ABOUT = added.Description("ours", "صوتنا", "Ours", "all rights ours", "us", commercial_use=True)


def exporting(folder):
    """As an engine exports a checkpoint."""
    (folder / "model.onnx").write_bytes(b"made of weights")
    write_derived(folder, ["model.onnx"], ["config.json", "model.pth"], ["model.pth"], ["numpy"])
    return Calibration(11.9, 0.6)


def elsewhere(folder):
    """Another machine, which measures a little less, and has no checkpoint to export."""
    assert (folder / "model.onnx").read_bytes() == b"made of weights"
    assert read_derived(folder).damaged(folder) == ()
    assert not (folder / "model.pth").exists()
    return Calibration(11.2, 0.4)


@pytest.fixture
def here(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "config.json").write_text('{"audio": {"sample_rate": 22050}}')
    (run / "model.pth").write_bytes(b"weights")
    added.add(tmp_path / "here", "coqui", run, ABOUT, hear=lambda _card: exporting)
    return Catalogue(tmp_path / "here")


@pytest.fixture
def there(tmp_path):
    return Catalogue(tmp_path / "there")


@pytest.fixture
def archive(here, tmp_path):
    path = tmp_path / "ours.tar"
    with path.open("wb") as file:
        pack(here, here.get("ours"), file)
    return path


def bring(there, source, hear=elsewhere, **how):
    install(there, packed_card(source, "ours"), print, hear=hear, source=source, **how)


def changed(archive, name, content):
    """The archive with another content of one member."""
    other = archive.with_name("changed.tar")
    with tarfile.open(archive) as source, tarfile.open(other, "w") as target:
        for member in source:
            data = source.extractfile(member).read()
            if member.name == f"ours/{name}":
                data, member.size = content, len(content)
            target.addfile(member, io.BytesIO(data))
    return other


def test_it_speaks_there_without_its_checkpoint_and_both_machines_agree(here, there, archive):
    bring(there, archive)

    assert there.installed(there.get("ours"))
    assert check(there, there.get("ours")) == ()
    assert there.get("ours").licence == "all rights ours"
    assert there.fingerprint(there.get("ours")) == here.fingerprint(here.get("ours"))


def test_it_can_be_measured_there_again(here, there, archive):
    bring(there, archive)

    install(there, there.get("ours"), print, hear=elsewhere)

    assert check(there, there.get("ours")) == ()
    assert there.fingerprint(there.get("ours")) == here.fingerprint(here.get("ours"))


def test_a_folder_serves_as_well(there, archive, tmp_path):
    with tarfile.open(archive) as file:
        file.extractall(tmp_path / "unpacked")  # noqa: S202  # made by us

    bring(there, tmp_path / "unpacked" / "ours")

    assert check(there, there.get("ours")) == ()


def test_it_names_no_account_of_the_machine(archive):
    with tarfile.open(archive) as file:
        members = file.getmembers()

    assert {(member.uid, member.uname, member.gid, member.gname) for member in members} == {(0, "", 0, "")}
    assert "ours/model.pth" not in {member.name for member in members}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.onnx", b"made of weight?"),
        ("model.onnx", b""),
        ("config.json", b"{}"),
        ("derived.json", b"{}"),
        ("derived.json", json.dumps({"made": {"../x": {"sha256": "", "size": 0, "mtime_ns": 0}}}).encode()),
    ],
)
def test_a_damaged_archive_leaves_nothing(there, archive, name, content):
    with pytest.raises(InstallFailed):
        bring(there, changed(archive, name, content))

    assert [card.id for card in there.list() if there.folder(card).exists()] == []
    assert not [path for path in there.folder(packed_card(archive, "ours")).parent.iterdir() if path.is_dir()]


@pytest.mark.parametrize("made", ["../x", "card.toml", "a/b"])
def test_what_was_made_has_a_plain_name_of_its_own(there, archive, made):
    seen = {"sha256": "", "size": 0, "mtime_ns": 0}
    note = {"made": {made: seen}, "sources": {}, "replaced": [], "packages": {}}

    with pytest.raises(InstallFailed, match=r"derived\.json"):
        bring(there, changed(archive, "derived.json", json.dumps(note).encode()))


def test_the_archive_of_another_voice_is_refused(archive):
    with pytest.raises(BadCard, match="holds the voice ours, not theirs"):
        packed_card(archive, "theirs")


def test_an_archive_without_a_card_has_none(tmp_path):
    with tarfile.open(tmp_path / "bare.tar", "w"):
        pass

    assert packed_card(tmp_path / "bare.tar", "ours") is None


def test_a_licence_without_commercial_use_is_accepted_there_too(there, archive):
    card = changed(archive, "card.toml", card_without_commercial_use(archive))

    with pytest.raises(LicenceNotAccepted):
        bring(there, card)
    bring(there, card, accept_licence=True)


def card_without_commercial_use(archive):
    with tarfile.open(archive) as file:
        text = file.extractfile("ours/card.toml").read().decode()
    return text.replace("commercial_use = true", "commercial_use = false").encode()


def test_the_card_of_a_voice_that_comes_along_stays_the_program_s_own(archive):
    """Else later versions could not correct it."""
    made = archive.parent / "made"
    made.mkdir()
    joe = Catalogue(archive.parent).get("piper-en-joe")

    unpack(joe, archive, made)

    assert not (made / "card.toml").exists()
    assert (made / "calibration.json").is_file()


def test_the_card_of_a_server_is_refused_since_it_names_a_key_and_where_that_is_sent(tmp_path):
    card = (
        b'id = "ours"\nengine = "remote"\nlanguage = "ar"\ndialect = "standard"\ngender = "male"\n'
        b'sample_rate = 24000\nlicence = "x"\ncommercial_use = "yes"\nattribution = "x"\n'
        b'name = { ar = "x", en = "x" }\nlimits = { characters = 500 }\n'
        b'[remote]\nbase_url = "https://speech.example/v1"\nkey_env = "AWS_SECRET_ACCESS_KEY"\n'
    )
    path = tmp_path / "ours.tar"
    with tarfile.open(path, "w") as archive:
        about = tarfile.TarInfo("card.toml")
        about.size = len(card)
        archive.addfile(about, io.BytesIO(card))

    with pytest.raises(BadCard, match="istami voices connect"):
        packed_card(path, "ours")
