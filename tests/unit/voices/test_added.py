import json
from dataclasses import replace
from datetime import date

import pytest

from voices import added
from voices.added import Description
from voices.calibration import Calibration
from voices.catalogue import Catalogue
from voices.errors import BadCard, InstallFailed
from voices.installer import check
from voices.licence import CommercialUse, Consent, Evidence

ABOUT = Description(
    id="ours",
    name_ar='صوت "الجريدة"',
    name_en="The paper's voice",
    licence="all rights ours",
    attribution="The Paper",
    commercial_use=CommercialUse.UNKNOWN,
    data_licence="recorded by us",
    evidence=Evidence('the contract with "Huda"', "our archive", date(2026, 11, 1)),
    consent=Consent("Huda", date(2026, 11, 1), "our articles", date(2031, 10, 31)),
    options={"speaker": "Huda"},
)


def add(folder, engine, source, about, hear=lambda _card: lambda _folder: Calibration(11.93, 0.6)):
    return added.add(folder, engine, source, about, hear=hear)


def checkpoint(folder, config):
    folder.mkdir()
    (folder / "model.pth").write_bytes(b"weights")
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "events.out.tfevents").write_bytes(b"a training log")
    return folder


def test_a_publisher_s_checkpoint_becomes_a_voice(tmp_path):
    files = checkpoint(tmp_path / "run", {"audio": {"sample_rate": 22050}})

    add(tmp_path / "voices", "coqui", files, ABOUT)

    catalogue = Catalogue(tmp_path / "voices")
    card = catalogue.get("ours")
    assert (card.name.ar, card.sample_rate, card.engine) == ('صوت "الجريدة"', 22050, "coqui")
    assert card.options == {"speaker": "Huda"}
    assert (card.commercial_use, card.data_licence) == (CommercialUse.UNKNOWN, "recorded by us")
    assert (card.evidence, card.consent) == (ABOUT.evidence, ABOUT.consent)
    assert [file.path for file in card.files] == ["config.json", "model.pth"]
    assert catalogue.installed(card)
    assert check(catalogue, card) == ()
    assert (card.gain_db, card.measured_rtf) == (12.0, 0.6)


def test_what_was_made_beside_a_checkpoint_is_not_taken_for_the_voice_s_own(tmp_path):
    files = checkpoint(tmp_path / "run", {"audio": {"sample_rate": 22050}})
    for name in ("istami.onnx", "istami.json", "derived.json", "installed.json", "calibration.json"):
        (files / name).write_bytes(b"{}")

    card = add(tmp_path / "voices", "coqui", files, ABOUT)

    assert [file.path for file in card.files] == ["config.json", "model.pth"]


def test_a_voice_may_speak_another_language(tmp_path):
    files = checkpoint(tmp_path / "run", {"audio": {"sample_rate": 22050}})

    add(tmp_path / "voices", "coqui", files, replace(ABOUT, language="fr-FR"))

    assert Catalogue(tmp_path / "voices").get("ours").language == "fr-FR"


@pytest.mark.parametrize(
    ("config", "rate"),
    [
        ({"audio": {"sample_rate": 22050, "output_sample_rate": 24000}}, 24000),
        ({"data": {"sampling_rate": 16000}}, 16000),
    ],
)
def test_the_sample_rate_is_the_one_that_is_heard(tmp_path, config, rate):
    card = add(tmp_path / "voices", "coqui", checkpoint(tmp_path / "run", config), ABOUT)

    assert card.sample_rate == rate


def test_a_folder_that_tells_no_sample_rate_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(InstallFailed, match="sample rate"):
        add(tmp_path / "voices", "coqui", checkpoint(tmp_path / "run", {}), ABOUT)

    assert not (tmp_path / "voices").exists()


def test_a_name_that_is_taken_is_refused(tmp_path):
    files = checkpoint(tmp_path / "run", {"audio": {"sample_rate": 22050}})
    add(tmp_path / "voices", "coqui", files, ABOUT)

    with pytest.raises(InstallFailed, match="already"):
        add(tmp_path / "voices", "coqui", files, ABOUT)


def test_an_id_that_is_a_path_is_refused(tmp_path):
    files = checkpoint(tmp_path / "run", {"audio": {"sample_rate": 22050}})
    climbing = Description("../ours", "ا", "a", "x", "x", commercial_use=CommercialUse.YES)

    with pytest.raises(BadCard):
        add(tmp_path / "voices", "coqui", files, climbing)

    assert not (tmp_path / "ours").exists()


@pytest.mark.parametrize("end", [ZeroDivisionError, KeyboardInterrupt, SystemExit])
def test_a_voice_that_cannot_be_heard_is_not_added_and_its_name_stays_free(tmp_path, end):
    files = checkpoint(tmp_path / "run", {"audio": {"sample_rate": 22050}})

    def hear(card):
        def fail(folder):
            assert (folder.name, card.id, (folder / "model.pth").read_bytes()) == ("ours", "ours", b"weights")
            raise end

        return fail

    with pytest.raises(end):
        add(tmp_path / "voices", "coqui", files, ABOUT, hear)

    assert not [path for path in (tmp_path / "voices").iterdir() if path.is_dir()]
    add(tmp_path / "voices", "coqui", files, ABOUT)
    assert Catalogue(tmp_path / "voices").get("ours").calibrated


def test_what_a_killed_process_left_is_cleared_away_by_the_next(tmp_path):
    left = tmp_path / "voices" / ".adding-other" / "other"
    left.mkdir(parents=True)
    (left / "model.pth").write_bytes(bytes(1000))

    add(tmp_path / "voices", "coqui", checkpoint(tmp_path / "run", {"audio": {"sample_rate": 22050}}), ABOUT)

    assert [path.name for path in (tmp_path / "voices").iterdir() if path.is_dir()] == ["ours"]


def test_what_another_process_is_adding_is_left_alone(tmp_path):
    folder = tmp_path / "voices"
    files = checkpoint(tmp_path / "run", {"audio": {"sample_rate": 22050}})

    def meanwhile(_card):
        def hear(made):
            add(folder, "coqui", files, replace(ABOUT, id="other"))
            assert (made / "model.pth").is_file()
            return Calibration(0.0, 0.1)

        return hear

    add(folder, "coqui", files, ABOUT, meanwhile)

    assert {"ours", "other"} <= {card.id for card in Catalogue(folder).list()}
