import shutil
from dataclasses import replace

import pytest

from voices.calibration import Calibration, write_calibration
from voices.catalogue import Catalogue
from voices.errors import BadCard, NoSuchVoice
from voices.licence import CommercialUse
from voices.receipt import write_receipt
from voices.terms import Terms

CARD = """
id = "anything"
engine = "piper"
language = "ar"
dialect = "jordan"
gender = "female"
sample_rate = 16000
licence = "CC0-1.0"
commercial_use = {commercial}
attribution = "nobody"
name = {{ ar = "صوتي", en = "{name}" }}
limits = {{ characters = 500 }}
options = {{ warmth = {warmth} }}
files = [{{ path = "model.onnx" }}]
"""


def added(folder, *, name="Mine", commercial="true", warmth=1):
    home = folder / "mine"
    home.mkdir(exist_ok=True)
    text = CARD.format(name=name, commercial=commercial, warmth=warmth)
    (home / "card.toml").write_text(text, encoding="utf-8")
    catalogue = Catalogue(folder)
    return catalogue, catalogue.get("mine")


def test_the_embedded_voice_needs_no_files_and_may_earn_money(tmp_path):
    catalogue = Catalogue(tmp_path / "not there")

    card = catalogue.get("espeak-ar")

    assert card.commercial_use is CommercialUse.YES
    assert catalogue.installed(card)


def test_an_unknown_voice_is_an_error_that_names_those_there_are(tmp_path):
    with pytest.raises(NoSuchVoice, match="espeak-ar") as told:
        Catalogue(tmp_path).get("nobody")
    assert ", " in told.value.en
    assert "، " in told.value.ar
    assert ", " not in told.value.ar


def test_every_card_that_comes_along_tells_its_names_licence_and_attribution(tmp_path):
    for card in Catalogue(tmp_path).list():
        assert card.name.ar, card.id
        assert card.name.en, card.id
        assert card.licence, card.id
        assert card.attribution, card.id
        assert all(file.url.startswith("https://") or file.package for file in card.files), card.id


def test_a_publisher_s_own_card_is_found_under_its_folder_s_name(tmp_path):
    catalogue, card = added(tmp_path)

    assert card.engine == "piper"
    assert card in catalogue.list()
    assert not catalogue.installed(card)


def test_what_a_broken_install_left_is_no_voice(tmp_path):
    catalogue, card = added(tmp_path)
    catalogue.folder(card).rename(tmp_path / ".old-mine")

    assert card.id not in {card.id for card in Catalogue(tmp_path).list()}
    assert ".old-mine" not in {card.id for card in Catalogue(tmp_path).list()}


def test_a_voice_that_is_added_changed_and_removed_later_is_known_at_once(tmp_path):
    catalogue = Catalogue(tmp_path / "voices")
    assert "mine" not in {card.id for card in catalogue.list()}

    (tmp_path / "voices").mkdir()
    added(tmp_path / "voices")
    assert catalogue.get("mine").name.en == "Mine"

    added(tmp_path / "voices", name="Renamed")
    assert catalogue.get("mine").name.en == "Renamed"

    write_calibration(catalogue.folder(catalogue.get("mine")), Calibration(3.0, 0.2))
    assert catalogue.get("mine").gain_db == 3.0

    shutil.rmtree(tmp_path / "voices")
    assert "mine" not in {card.id for card in catalogue.list()}
    assert catalogue.get("espeak-ar")


def test_a_card_that_is_spoilt_later_is_told_and_what_was_known_stays(tmp_path, caplog):
    catalogue, card = added(tmp_path)

    (catalogue.folder(card) / "card.toml").write_text("id = ")

    assert catalogue.get("mine") == card
    assert "mine/card.toml" in caplog.text
    added(tmp_path, name="Repaired")
    assert catalogue.get("mine").name.en == "Repaired"


def test_a_card_that_is_spoilt_from_the_start_is_an_error(tmp_path):
    added(tmp_path)
    (tmp_path / "mine" / "card.toml").write_text("id = ")

    with pytest.raises(BadCard, match=r"mine/card\.toml"):
        Catalogue(tmp_path)


def test_the_fingerprint_changes_with_what_is_heard_and_with_nothing_else(tmp_path):
    catalogue, card = added(tmp_path)
    first = catalogue.fingerprint(card)

    catalogue, card = added(tmp_path, name="Renamed", commercial="false")
    assert catalogue.fingerprint(card) == first

    catalogue, card = added(tmp_path, warmth=2)
    assert catalogue.fingerprint(card) != first


def test_a_letter_that_the_card_calls_lacking_is_heard_and_a_mark_is_not(tmp_path):
    catalogue, card = added(tmp_path)
    first = catalogue.fingerprint(card)

    assert catalogue.fingerprint(replace(card, lacks=("ّ", "ْ"))) == first
    assert catalogue.fingerprint(replace(card, lacks=("گ",))) != first


def test_the_fingerprint_follows_the_bytes_that_were_installed(tmp_path):
    catalogue, card = added(tmp_path)
    before = catalogue.fingerprint(card)

    write_receipt(catalogue.folder(card), {"model.onnx": "ab" * 32})

    assert catalogue.fingerprint(card) != before


def test_a_card_that_is_no_text_is_said_and_named(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "card.toml").write_bytes(b"name = '\xff\xfe'")
    with pytest.raises(BadCard, match=r"mine/card\.toml.*UTF-8"):
        Catalogue(tmp_path)


def test_how_a_server_is_reached_and_paid_is_no_part_of_the_fingerprint(tmp_path):
    def fingerprint(revision, **terms):
        catalogue, card = added(tmp_path)
        remote = Terms(**{"base_url": "https://speech.example/v1", **terms})
        return catalogue.fingerprint(replace(card, options={"revision": revision}, remote=remote))

    assert fingerprint("1", base_url="https://other.example", price=5.0, fallback="a") == fingerprint("1")
    assert fingerprint("2") != fingerprint("1")
