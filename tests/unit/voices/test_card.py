import pytest

from voices.card import read_card
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
        ("commercial_use = true", 'commercial_use = "yes"'),
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
