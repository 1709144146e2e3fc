import json
from dataclasses import replace

import pytest

from voices.card import read_card
from voices.judgement import Judgement, read_judgement, shortcomings, write_judgement
from voices.licence import CommercialUse

CARD = read_card(
    'id = "ours"\nengine = "espeak"\nlanguage = "ar"\ndialect = "standard"\ngender = "male"\n'
    'sample_rate = 16000\nlicence = "x"\ncommercial_use = true\nattribution = "x"\n'
    'name = { ar = "x", en = "x" }\nlimits = { characters = 9 }\n',
    "card",
)
FIT = Judgement(
    fingerprint="f" * 64,
    date="2026-11-29T12:00:00+00:00",
    device="cpu",
    threads=1,
    real_time_factor=0.1,
    slowest_factor=0.2,
    first_sound=0.1,
    loudness=-16,
    loudness_spread=1,
    true_peak=-2,
    silence=0.1,
    longest_silence=0.2,
    letter_coverage=1.0,
    dnsmos=3.0,
    cer=0.20,
    recogniser="whisper-base",
)


def test_a_voice_at_the_marks_is_fit():
    assert shortcomings(CARD, FIT) == ()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"cer": 0.201}, "CER 0.20"),
        ({"cer": float("nan")}, "CER"),
        ({"cer": None}, "not measured"),
        ({"dnsmos": 2.99}, "DNSMOS 2.99"),
        ({"dnsmos": None}, "not measured"),
        ({"letter_coverage": 0.98, "lacking": ("پ",)}, "پ"),
        ({"letter_coverage": None}, "not measured"),
        ({"slowest_factor": 1.0}, "slower than speech"),
    ],
)
def test_each_mark_that_is_missed_or_not_measured_is_named(changed, told):
    lacks = shortcomings(CARD, replace(FIT, **changed))

    assert len(lacks) == 1
    assert told in lacks[0].en
    assert lacks[0].ar


@pytest.mark.parametrize("use", [CommercialUse.NO, CommercialUse.UNKNOWN])
def test_a_voice_that_may_not_earn_money_is_not_fit(use):
    assert "commercial" in shortcomings(replace(CARD, commercial_use=use), FIT)[0].en


def test_a_judgement_belongs_to_one_fingerprint(tmp_path):
    write_judgement(tmp_path, CARD, FIT)

    assert read_judgement(tmp_path, FIT.fingerprint) == FIT
    assert read_judgement(tmp_path, "0" * 64) is None
    assert json.loads((tmp_path / "judgement.json").read_text())["fit_for_air"] is True


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"fingerprint": 3}', "\x00"])
def test_a_damaged_judgement_is_none(tmp_path, content):
    (tmp_path / "judgement.json").write_text(content)

    assert read_judgement(tmp_path, FIT.fingerprint) is None
