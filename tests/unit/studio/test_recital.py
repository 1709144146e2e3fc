"""A whole article spoken in one process, with a second voice for Latin script."""

import numpy as np
import pytest

from service.cli import comparing
from service.config.settings import Settings
from service.engines import pcm
from service.model.article import Submission
from service.model.errors import BadArticle
from service.server.container import Container
from service.text.diacritisation.diacritiser import Diacritiser

CARD = """
id = "english"
engine = "espeak"
language = "en"
dialect = "standard"
gender = "male"
sample_rate = 22050
licence = "x"
commercial_use = true
attribution = "x"
gain_db = {gain}
name = {{ ar = "x", en = "x" }}
limits = {{ characters = 2000 }}
options = {{ voice = "en" }}
"""
ARABIC = "وصل القطار إلى المحطة."
LATIN = "«The Morning Garden of the Harbour»."


@pytest.fixture
def recited(tmp_path, monkeypatch):
    """Speak a text, with this gain of the voice for Latin script, or without that voice."""
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))
    folder = tmp_path / "voices" / "english"
    folder.mkdir(parents=True)
    (folder / "card.toml").write_text(CARD.format(gain=0), encoding="utf-8")

    def speak(text, gain=None):
        if gain is not None:
            monkeypatch.setenv("ISTAMI_LATIN_VOICE", "english")
            (folder / "card.toml").write_text(CARD.format(gain=gain), encoding="utf-8")
        parts = Container(Settings())
        request = Submission(text=text)
        article = parts.intake.extract(request)
        return comparing._recited(parts, article, request, parts.card("espeak-ar"), Diacritiser())

    return speak


def test_every_sentence_is_spoken_with_the_pauses_of_a_recording(recited):
    one, two = recited(ARABIC), recited(f"{ARABIC}\n\n{ARABIC}")

    pause = Settings().pause_paragraph
    assert two.duration == pytest.approx(2 * one.duration + pause, abs=0.05)
    assert not np.any(pcm.from_int16(one.pcm)[-5:] > 0.01)


def test_the_second_voice_is_brought_to_the_loudness_of_the_first(recited):
    arabic = recited(ARABIC)

    quiet, loud = recited(f"{ARABIC} {LATIN}", gain=-5.7), recited(f"{ARABIC} {LATIN}", gain=6.3)

    assert len(quiet.pcm) == len(loud.pcm) > len(arabic.pcm)
    after = len(arabic.pcm)  # the Arabic comes first, and is the same
    assert quiet.pcm[: after - 2000] == loud.pcm[: after - 2000]
    ratio = level(loud.pcm[after:]) / level(quiet.pcm[after:])
    assert 20 * np.log10(ratio) == pytest.approx(12, abs=1.5)


def level(sound):
    return float(np.sqrt(np.mean(pcm.from_int16(sound) ** 2)))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ("نص قصير.", "نص قصير."),
        ("كلمات كثيرة عن المطر. " * 400, "كلمات كثيرة عن المطر. " * 400),
        ("سطر\nوسطر.txt آخر", "سطر\nوسطر.txt آخر"),
    ],
)
def test_a_text_of_any_length_is_no_file(given, field):
    assert comparing._request(given).text == field


def test_a_file_is_read_and_a_missing_one_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "مقال").write_text("جملة من ملف.", encoding="utf-8")

    assert comparing._request("مقال").text == "جملة من ملف."
    with pytest.raises(BadArticle, match=r"article\.txt"):
        comparing._request("article.txt")
