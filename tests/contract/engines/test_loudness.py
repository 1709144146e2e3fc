"""An article is as loud in one voice as in another, once each was measured."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.audio.loudness import measure
from voices.catalogue import Catalogue

ROOT = Path(__file__).parents[3]
ARTICLE = ROOT / "tests" / "corpus" / "pages" / "olive_bank.txt"


def istami(data, *words):
    kept = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    environment = {**kept, "ISTAMI_DATA_DIR": str(data), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "service", *map(str, words)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "made",
    [
        "espeak",
        pytest.param("mbrola_ar1", marks=pytest.mark.mbrola),
        pytest.param("mbrola_ar2", marks=pytest.mark.mbrola),
    ],
)
def test_an_article_is_at_the_loudness_that_is_set(made, request, tmp_path):
    card = request.getfixturevalue(made).card
    if card.files:
        istami(tmp_path, "voices", "install", card.id, "--accept-licence")
        assert (Catalogue(tmp_path / "voices").folder(card) / "calibration.json").is_file()

    istami(tmp_path, "speak", ARTICLE, "--voice", card.id, "-o", tmp_path / "article.mp3")

    assert measure((tmp_path / "article.mp3").read_bytes()).integrated == pytest.approx(-16, abs=1)
