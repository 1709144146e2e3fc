"""The engine in docs/engines.md, installed as a package of someone else's."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from service.engines.engine import Surroundings
from service.engines.registry import load
from service.model.errors import EngineError
from service.model.reading import Utterance
from voices.card import PITCH
from voices.catalogue import Catalogue

PAGE = (Path(__file__).parents[3] / "docs" / "engines.md").read_text(encoding="utf-8")
CODE, TESTS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
ENTRY, CARD = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    site = tmp_path / "site-packages"
    about = site / "beeps-1.0.dist-info"
    about.mkdir(parents=True)
    (site / "beeps.py").write_text(CODE, encoding="utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: beeps\nVersion: 1.0\n")
    points = ENTRY.replace('[project.entry-points."istami.engines"]', "[istami.engines]").replace('"', "")
    (about / "entry_points.txt").write_text(points)
    voice = tmp_path / "voices" / "beeps"
    voice.mkdir(parents=True)
    (voice / "card.toml").write_text(CARD, encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))
    yield Catalogue(tmp_path / "voices")
    sys.modules.pop("beeps", None)


def test_the_example_is_a_whole_engine_in_forty_lines(installed):
    card = installed.get("beeps")

    engine = load(card, Surroundings(installed.folder(card)))
    clip = engine.speak(Utterance("قال نعم", "قَالَ نَعَمْ", ""), 1.0)

    assert len(CODE.splitlines()) <= 40
    assert clip.duration == pytest.approx(0.6, abs=0.01)
    assert [(word.word, word.start, word.end) for word in clip.words] == [(0, 0.0, 0.3), (1, 0.3, 0.6)]


def test_what_it_says_is_checked_as_any_other(installed):
    card = installed.get("beeps")
    engine = load(card, Surroundings(installed.folder(card)))

    with pytest.raises(EngineError, match="nothing to say"):
        engine.speak(Utterance("؟", "؟", ""), 1.0)
    with pytest.raises(EngineError, match="too short"):
        engine.speak(Utterance("قال نعم " * 3, "قَالَ", ""), 1.0)


@pytest.mark.usefixtures("installed")
def test_it_passes_the_tests_of_every_engine(tmp_path):
    """As its authors would run them, in a folder of their own."""
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_beeps.py").write_text(TESTS, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site-packages")}
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir=.", "test_beeps.py"]
    told = {"stdout": subprocess.PIPE, "text": True}
    ran = subprocess.run(command, cwd=tests, env=environment, check=False, **told)
    assert ran.returncode == 0, ran.stdout
    assert int(re.search(r"(\d+) passed", ran.stdout)[1]) > 60


def test_its_card_says_whether_it_can_change_pitch(installed):
    """A rule that names our engines could not know."""
    card = installed.get("beeps")
    higher = Utterance("قال نعم", "قَالَ نَعَمْ", "", semitones=2.0)
    surroundings = Surroundings(installed.folder(card))

    with pytest.raises(EngineError):
        load(card, surroundings).speak(higher, 1.0)
    able = replace(card, abilities=(PITCH,))
    assert load(able, surroundings).speak(higher, 1.0).duration > 0
    assert installed.fingerprint(able) == installed.fingerprint(card), "the voice sounds as before"
