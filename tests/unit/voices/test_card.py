from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from voices.card import read_card
from voices.catalogue import Catalogue
from voices.errors import BadCard

CARD = """
id = "mine"
engine = "piper"
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
FILE = '[[files]]\npath = "{path}"\nurl = "https://example.org/a"\n'


def test_a_card_that_tells_little_has_plain_defaults():
    card = read_card(CARD, "mine.toml")

    assert (card.id, card.name.ar, card.limits.characters) == ("mine", "صوتي", 500)
    assert (card.speed, card.gain_db, card.measured_rtf, card.files) == (1.0, None, None, ())
    assert not card.unverified


def test_a_file_without_a_hash_makes_the_voice_unverified():
    assert read_card(CARD + FILE.format(path="model.onnx"), "mine.toml").unverified


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a/../../b", "", "a\\\\b"])
def test_a_file_outside_of_the_voice_s_folder_is_refused(path):
    with pytest.raises(BadCard, match=r"mine\.toml"):
        read_card(CARD + FILE.format(path=path), "mine.toml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('engine = "piper"', ""),
        ('engine = "piper"', "engine = 3"),
        ("commercial_use = true", 'commercial_use = "perhaps"'),
        ("commercial_use = true", "commercial_use = 1"),
        ("commercial_use = true", 'commercial_use = true\nevidence = { read = "x", at = "y", on = "soon" }'),
        ("commercial_use = true", 'commercial_use = true\nevidence = { read = "x", on = 2026-11-29 }'),
        ("commercial_use = true", 'commercial_use = true\nconsent = { who = "x", on = 2026-11-29 }'),
        ("commercial_use = true", "commercial_use = true\ndata_licence = 3"),
        ("sample_rate = 16000", "sample_rate = 0"),
        ('id = "mine"', 'id = "../mine"'),
        ('id = "mine"', 'id = "mine"\nlicense = "typo"'),
        ('id = "mine"', "id = "),
        ('id = "mine"', 'id = "mine"\nabilities = ["dancing"]'),
        ('id = "mine"', 'id = "mine"\nabilities = "pitch"'),
        ('id = "mine"', 'id = "mine"\nlacks = [3]'),
        ('id = "mine"', 'id = "mine"\nlacks = [""]'),
    ],
)
def test_a_card_with_a_wrong_field_is_refused_by_name(old, new):
    with pytest.raises(BadCard, match=r"mine\.toml"):
        read_card(CARD.replace(old, new), "mine.toml")


@pytest.mark.parametrize(
    ("written", "use"),
    [("true", "yes"), ("false", "no"), ('"yes"', "yes"), ('"no"', "no"), ('"unknown"', "unknown")],
)
def test_commercial_use_is_one_of_three_and_old_cards_are_read(written, use):
    card = read_card(CARD.replace("commercial_use = true", f"commercial_use = {written}"), "mine.toml")

    assert card.commercial_use == use
    assert card.is_lawful(date(2026, 11, 29)) is (use == "yes")


def test_a_card_tells_what_its_licence_rests_on():
    told = (
        CARD
        + """data_licence = "CC0-1.0"
[evidence]
read = "LICENSE: MIT"
at = "https://voices.example"
on = 2026-11-29
"""
    )

    card = read_card(told, "mine.toml")

    assert card.data_licence == "CC0-1.0"
    assert str(card.evidence) == "LICENSE: MIT (https://voices.example, 2026-11-29)"


@pytest.mark.parametrize(
    ("until", "day", "lawful"),
    [
        ("", "2036-01-01", True),
        ("until = 2027-01-31", "2027-01-31", True),
        ("until = 2027-01-31", "2027-02-01", False),
    ],
)
def test_a_cloned_voice_is_lawful_as_long_as_its_speaker_agrees(until, day, lawful):
    told = f"""{CARD}[consent]
who = "ليلى المراكشي"
on = "2026-11-01"
purpose = "to read this paper's articles"
{until}
"""

    assert read_card(told, "mine.toml").is_lawful(date.fromisoformat(day)) is lawful


@pytest.mark.parametrize("card", Catalogue(Path("none")).list(), ids=lambda card: card.id)
def test_every_card_of_ours_says_what_its_licence_rests_on(card):
    assert card.evidence is not None
    assert card.evidence.on <= datetime.now(UTC).date()
    assert "not stated" not in card.licence
