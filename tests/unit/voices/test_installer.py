"""A voice is installed whole or not at all, whatever the server does."""

import fcntl
import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from dataclasses import dataclass, field, replace
from io import BytesIO

import pytest

from voices.calibration import Calibration
from voices.card import Limits, Names, VoiceCard, VoiceFile
from voices.catalogue import Catalogue
from voices.download import Patience
from voices.errors import InstallFailed, LicenceNotAccepted
from voices.installer import check, install, remove
from voices.licence import CommercialUse

MODEL = random.Random(1).randbytes(1_000_000)  # noqa: S311  # any bytes
SETTINGS = b'{"audio": {"sample_rate": 16000}}'
OWN_CARD = """
engine = "espeak"
id = "mine"
language = "ar"
dialect = "jordan"
gender = "female"
sample_rate = 16000
licence = "CC0-1.0"
commercial_use = true
attribution = "nobody"
name = { ar = "صوتي", en = "Mine" }
limits = { characters = 500 }
"""
HASTY = Patience(silence=0.3, attempts=3, pause=0.01)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def card(url="", *, verified=True, commercial_use=CommercialUse.YES):
    hashes = (sha256(MODEL), sha256(SETTINGS)) if verified else (None, None)
    return VoiceCard(
        id="mine",
        name=Names("صوتي", "Mine"),
        engine="piper",
        language="ar",
        dialect="standard",
        gender="female",
        sample_rate=16000,
        licence="CC-BY-NC-4.0" if commercial_use is CommercialUse.NO else "CC0-1.0",
        commercial_use=commercial_use,
        attribution="nobody",
        limits=Limits(500),
        files=(
            VoiceFile("model.onnx", f"{url}/model.onnx" if url else "", len(MODEL), hashes[0]),
            VoiceFile("model.onnx.json", f"{url}/model.onnx.json" if url else "", None, hashes[1]),
        ),
    )


@dataclass
class House:
    catalogue: Catalogue
    shop: object
    said: list[str] = field(default_factory=list)

    def install(self, voice=None, **how):
        how = {"hear": self.hear, "patience": HASTY, "say": self.said.append} | how
        install(self.catalogue, voice or card(self.shop.url), self.tell, **how)

    def hear(self, folder):
        """As loud as its model's bytes are, so that another model is another gain."""
        [model] = (file for file in folder.iterdir() if file.name in {"model.onnx", "ar1"})
        return Calibration(model.read_bytes()[0] / 20 + 0.07, 0.1)

    def tell(self, path, done, total):
        self.told = [*getattr(self, "told", []), (path, done, total)]

    @property
    def home(self):
        return self.catalogue.folder(card())

    def whole(self):
        model, settings = self.home / "model.onnx", self.home / "model.onnx.json"
        return model.read_bytes() == MODEL and settings.read_bytes() == SETTINGS


@pytest.fixture
def house(tmp_path, shop):
    shop.files = {"/model.onnx": MODEL, "/model.onnx.json": SETTINGS}
    return House(Catalogue(tmp_path / "voices"), shop)


def test_a_voice_is_fetched_checked_and_put_in_place(house):
    house.install()

    assert house.whole()
    assert house.catalogue.installed(card())
    assert check(house.catalogue, card()) == ()
    assert [path.name for path in house.home.parent.iterdir() if path.is_dir()] == ["mine"]


def test_progress_tells_how_far_each_file_is(house):
    house.install()

    mine = [(done, total) for path, done, total in house.told if path == "model.onnx"]
    assert mine == sorted(mine)
    assert mine[-1] == (len(MODEL), len(MODEL))


def test_a_cut_connection_goes_on_where_it_broke_off(house, faults):
    faults(cut_after=400_000)

    house.install()

    assert house.whole()
    assert house.shop.ranges[:2] == [None, "bytes=400000-"]


def test_a_stalled_connection_is_given_up_and_taken_up_again(house, faults):
    faults(stall_after=300_000)

    house.install()

    assert house.whole()
    assert house.shop.ranges[1] == "bytes=300000-"


def test_an_interrupted_install_goes_on_the_next_time(house, faults):
    faults(cut_after=300_000)
    faults(*[{"status": 503}] * 3)
    with pytest.raises(InstallFailed, match="503"):
        house.install()
    assert not house.home.exists()

    house.install()

    assert house.whole()
    assert "bytes=300000-" in house.shop.ranges


def test_a_server_that_cannot_resume_starts_anew(house, faults):
    house.shop.resumes = False
    faults(cut_after=300_000)

    house.install()

    assert house.whole()


def test_a_file_that_changed_meanwhile_is_not_patched_together(house, faults):
    faults(cut_after=300_000, body=bytes(1_000_000))

    house.install()

    assert house.whole()


def test_a_server_that_changes_the_file_again_and_again_is_told_so(house, faults):
    faults(*[{"cut_after": 300_000, "body": bytes([number]) * 1_000_000} for number in range(9)])

    with pytest.raises(InstallFailed, match="the server changes the file while it is fetched"):
        house.install()

    assert not house.home.exists()
    assert [line for line in house.said if "changed the file after 300000 bytes" in line]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:9", "the server refuses connections"),
        ("http://voices.invalid", "the server's name is unknown"),
    ],
)
def test_a_server_that_is_not_there_is_told_within_seconds_and_each_retry_at_once(house, url, why):
    begun = time.monotonic()

    with pytest.raises(InstallFailed, match=why):
        house.install(card(url), patience=Patience())

    assert time.monotonic() - begun < 10
    assert [line.partition("; ")[2] for line in house.said] == [
        "retrying in 1 s (2 of 3)",
        "retrying in 2 s (3 of 3)",
    ]


def test_a_server_that_fails_is_tried_again_and_each_retry_is_told(house, faults):
    faults({"status": 503})

    house.install()

    assert house.said == ["model.onnx: HTTP 503; retrying in 0.01 s (2 of 3)"]


def test_a_file_for_which_there_is_no_room_is_not_begun(house, faults):
    huge = 1 << 60
    faults(claim=huge)
    [model, settings] = card(house.shop.url).files

    with pytest.raises(InstallFailed, match="MiB are needed"):
        house.install(replace(card(), files=(replace(model, size=huge), settings)))

    assert len(house.shop.ranges) == 1
    assert not house.home.exists()


def test_a_disk_that_fills_up_is_told_and_the_install_goes_on_when_there_is_room(house):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        with pytest.raises(InstallFailed, match="too large"):
            house.install()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not house.home.exists()
    asked = len(house.shop.ranges)

    house.install()

    assert house.whole()
    assert house.shop.ranges[asked] == "bytes=300000-"


def test_ctrl_c_loses_nothing_that_has_come(house, faults, tmp_path):
    (house.home).mkdir(parents=True)
    files = "".join(
        f'[[files]]\npath = "{file.path}"\nurl = "{file.url}"\n' for file in card(house.shop.url).files
    )
    (house.home / "card.toml").write_text(OWN_CARD + files, encoding="utf-8")
    faults(stall_after=300_000)
    install_it = [sys.executable, "-m", "service", "voices", "install", "mine"]
    environment = {**os.environ, "ISTAMI_DATA_DIR": str(tmp_path)}
    process = subprocess.Popen(install_it, env=environment, stderr=subprocess.PIPE)
    part = house.home.with_name(".installing-mine") / "mine" / "model.onnx.part"
    deadline = time.monotonic() + 60
    while not (part.exists() and part.stat().st_size == 300_000):
        assert time.monotonic() < deadline
        time.sleep(0.02)

    process.send_signal(signal.SIGINT)

    _, told = process.communicate(timeout=300)
    assert process.returncode == 130
    assert b"Traceback" not in told
    house.install(card(house.shop.url))
    assert house.whole()
    assert house.shop.ranges[1] == "bytes=300000-"


def test_a_server_that_claims_more_than_it_sends_is_not_believed(house, faults):
    faults(*[{"claim": len(MODEL) + 5}] * 3)

    with pytest.raises(InstallFailed, match="its card says"):
        house.install()

    assert not house.home.exists()


def test_a_server_that_claims_more_of_a_file_of_unknown_size_is_asked_again(house, faults):
    house.shop.resumes = False
    faults({}, {"claim": len(SETTINGS) + 5})

    house.install()

    assert house.whole()
    assert len(house.shop.ranges) == 3


def test_a_server_that_keeps_claiming_more_fails_in_the_end(house, faults):
    house.shop.resumes = False
    faults({}, *[{"claim": len(SETTINGS) + 5}] * 9)

    with pytest.raises(InstallFailed, match="could not be fetched"):
        house.install()

    assert not house.home.exists()


def test_a_server_that_claims_less_than_it_has_is_found_out_by_the_hash(house, faults):
    faults({}, {"claim": 7})

    with pytest.raises(InstallFailed, match="SHA-256"):
        house.install()

    assert not house.home.exists()


def test_wrong_bytes_are_refused_and_the_voice_that_was_there_stays(house, faults):
    house.install()
    (house.home / "model.onnx").write_bytes(b"damaged")
    faults(body=bytes(len(MODEL)))

    with pytest.raises(InstallFailed, match="SHA-256"):
        house.install()

    assert (house.home / "model.onnx").read_bytes() == b"damaged"
    house.install()
    assert house.whole()


def test_a_missing_file_is_not_asked_for_again_and_again(house, faults):
    faults(status=404)

    with pytest.raises(InstallFailed, match="404"):
        house.install()

    assert len(house.shop.ranges) == 1


def test_an_unverified_hash_is_recorded_at_the_first_install_and_holds_from_then_on(house):
    voice = card(house.shop.url, verified=False)
    house.install(voice)
    (house.home / "model.onnx").unlink()
    house.shop.files["/model.onnx"] = bytes(len(MODEL))

    assert check(house.catalogue, voice) == ("model.onnx",)
    with pytest.raises(InstallFailed, match="SHA-256"):
        house.install(voice)


def test_what_is_there_and_right_is_not_fetched_again(house):
    house.install()
    asked = len(house.shop.ranges)

    house.install()

    assert len(house.shop.ranges) == asked
    assert house.whole()


def test_a_changed_and_a_missing_file_are_both_named_by_check(house):
    house.install()
    (house.home / "model.onnx").write_bytes(b"changed")
    (house.home / "model.onnx.json").unlink()

    assert check(house.catalogue, card()) == ("model.onnx", "model.onnx.json")


def test_a_licence_without_commercial_use_must_be_accepted(house):
    voice = card(house.shop.url, commercial_use=CommercialUse.NO)

    with pytest.raises(LicenceNotAccepted, match=r"must not.*CC-BY-NC-4\.0.*--accept-licence"):
        house.install(voice)
    house.install(voice, accept_licence=True)

    assert house.whole()


def test_a_licence_that_nobody_found_must_be_accepted_and_is_not_called_a_prohibition(house):
    voice = card(house.shop.url, commercial_use=CommercialUse.UNKNOWN)

    with pytest.raises(LicenceNotAccepted, match=r"unknown whether.*--accept-licence") as refused:
        house.install(voice)
    assert "must not" not in refused.value.en
    assert "لا يُعرف" in refused.value.ar
    house.install(voice, accept_licence=True)

    assert house.whole()


def test_a_folder_serves_a_machine_without_a_network(house, tmp_path):
    source = tmp_path / "stick"
    source.mkdir()
    (source / "model.onnx").write_bytes(MODEL)
    (source / "model.onnx.json").write_bytes(SETTINGS)

    house.install(card(), source=source)

    assert house.whole()
    assert house.shop.ranges == []


def test_a_folder_that_lacks_a_file_is_refused_by_name(house, tmp_path):
    with pytest.raises(InstallFailed, match=r"model\.onnx"):
        house.install(card(), source=tmp_path)


def tar(path, members, *, link=False):
    with tarfile.open(path, "w:gz") as file:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            file.addfile(entry, BytesIO(data))
        if link:
            entry = tarfile.TarInfo("model.onnx")
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            file.addfile(entry)
    return path


def zipped(path, members):
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


@pytest.mark.parametrize("pack", [tar, zipped])
def test_an_archive_serves_too_in_whichever_folder_the_files_lie(house, tmp_path, pack):
    members = {"mine/model.onnx": MODEL, "mine/model.onnx.json": SETTINGS, "mine/README": b"hello"}

    house.install(card(), source=pack(tmp_path / "voice", members))

    assert house.whole()


@pytest.mark.parametrize("pack", [tar, zipped])
@pytest.mark.parametrize("name", ["../escaped", "/escaped", "mine/../../escaped"])
def test_an_archive_that_climbs_out_is_refused_whole(house, tmp_path, pack, name):
    members = {"model.onnx": MODEL, "model.onnx.json": SETTINGS, name: b"gotcha"}

    with pytest.raises(InstallFailed, match="leads out"):
        house.install(card(), source=pack(tmp_path / "voice", members))

    assert not house.home.exists()
    assert not list(tmp_path.rglob("escaped"))


def test_an_archive_with_a_link_is_refused(house, tmp_path):
    with pytest.raises(InstallFailed, match="link"):
        house.install(card(), source=tar(tmp_path / "voice", {"model.onnx.json": SETTINGS}, link=True))


def test_a_file_that_is_no_archive_is_refused(house, tmp_path):
    (tmp_path / "voice.zip").write_bytes(b"not an archive")

    with pytest.raises(InstallFailed, match="archive"):
        house.install(card(), source=tmp_path / "voice.zip")


def of_the_system(place):
    """A voice that a package of the system brings."""
    file = VoiceFile("ar1", size=len(MODEL), sha256=sha256(MODEL), system=str(place), package="mbrola-ar1")
    return replace(card(), files=(file,))


def test_what_a_package_of_the_system_brings_is_copied_and_checked(house, tmp_path):
    place = tmp_path / "usr"
    place.write_bytes(MODEL)

    house.install(of_the_system(place))

    assert (house.home / "ar1").read_bytes() == MODEL
    assert check(house.catalogue, of_the_system(place)) == ()
    place.write_bytes(b"another release")
    (house.home / "ar1").unlink()
    with pytest.raises(InstallFailed, match="SHA-256"):
        house.install(of_the_system(place))


def test_without_the_package_its_name_is_told(house, tmp_path):
    with pytest.raises(InstallFailed, match="apt-get install mbrola-ar1"):
        house.install(of_the_system(tmp_path / "nowhere"))

    assert not house.home.exists()


def test_hf_endpoint_stands_in_for_hugging_face(house, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", house.shop.url + "/")

    house.install(card("https://huggingface.co"))

    assert house.whole()


def test_a_proxy_is_honoured(house, monkeypatch):
    house.shop.files = {f"http://voices.invalid{path}": data for path, data in house.shop.files.items()}
    monkeypatch.setenv("http_proxy", house.shop.url)

    house.install(card("http://voices.invalid"))

    assert house.whole()


def test_two_installs_of_one_voice_do_not_mix(house):
    house.home.parent.mkdir(parents=True)
    with (house.home.parent / ".lock-mine").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with pytest.raises(InstallFailed, match="already"):
            house.install()


def test_a_removed_voice_is_gone_and_can_come_back(house):
    house.install()

    remove(house.catalogue, card())

    assert not house.home.exists()
    house.install()
    assert house.whole()


def test_a_voice_that_is_not_there_is_removed_already(house):
    remove(house.catalogue, card())

    assert not house.home.exists()


def test_a_voice_that_the_system_keeps_is_told_of(house):
    house.install()
    tied = house.home.rename(house.home.with_name("elsewhere"))
    house.home.symlink_to(tied)  # which not even root removes as a folder

    with pytest.raises(OSError, match="symbolic link"):
        remove(house.catalogue, card())

    assert list(tied.iterdir())


def test_the_voice_that_comes_along_cannot_be_removed(house):
    with pytest.raises(InstallFailed, match="espeak-ar"):
        remove(house.catalogue, house.catalogue.get("espeak-ar"))
