"""Recordings are made anew when their sound changes, and only then."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from service.model import versions
from service.text.normalisation.transliteration import Language
from service.text.pipeline.rule_chain import ReadingOptions, chain

ROOT = Path(__file__).parents[2]
SOUND = ROOT / "tests" / "corpus" / "sound"
KEYS = """
import json, sys
from pathlib import Path
sys.path.insert(0, "tests/corpus/sound")
import keys, service
from service.recordings import plan as planning
from service.server import voice_profile
from service.server.container import Container
from service.config.settings import Settings
from service.model.article import Submission
from voices.catalogue import Catalogue
settings, voices = Settings(), Catalogue(Path("none"))
text = "وصل 3 ركاب إلى محطة Casa Port سنة 2024. ثم عادوا؟"
article = Container(settings).intake.extract(Submission(text=text))
sound = voice_profile.sound(settings, voices, None, None)
plan = planning.plan(article, Container(settings).intake.read(article), sound)
found = {
    **keys.all_keys(),
    "voices": {card.id: voices.fingerprint(card) for card in voices.list()},
    "article": [plan.key, *(planning.sentence_key(sentence, plan) for sentence in plan.sentences)],
}
print(json.dumps([str(Path(service.__file__).parent.parent), found]))
"""
OPENED = """
import sys
opened = set()
sys.addaudithook(lambda event, args: opened.add(str(args[0])) if event == "open" else None)
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.utterance import utter_all
from service.model.reading import SpokenText
utter_all([SpokenText("نعم، وصل أحد عشر مسافرا.")], Diacritiser())
print(*sorted(name for name in opened if name.endswith((".tsv", ".txt", ".toml"))), sep="\\n")
"""


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """A Python that finds the packages in this folder alone."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
    environment |= {"PYTHONPATH": str(folder), "ISTAMI_DATA_DIR": str(folder / "var")}
    return subprocess.run(
        [sys.executable, *args], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and a short record, to be changed at will."""
    for package in ("service", "voices", "cache"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SOUND, tmp_path / "tests/corpus/sound", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    record = tmp_path / "tests/corpus/sound/recorded.jsonl"
    head, *lines = record.read_text("utf-8").splitlines(keepends=True)
    kept = [
        line for line in lines if json.loads(line)["stage"] in {"own/names", "own/phrases", "numbers/counted"}
    ]
    record.write_text(head + "".join(kept), encoding="utf-8")
    return tmp_path


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_what_comes_out_changes_only_with_its_version() -> None:
    checked = run(ROOT, str(SOUND / "record.py"), "--check")

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_rule_is_on_record() -> None:
    code = """
import sys
sys.path.insert(0, "tests/corpus/sound")
import record, stages
sentences = record.recorded()[1]
readings = (stages.reading(each["written"], each["options"]) for each in sentences)
print(*{step.rule for reading in readings for step in reading.steps}, sep="\\n")
"""
    fired = set(run(ROOT, "-c", code).stdout.splitlines())
    every = (ReadingOptions(), ReadingOptions(locale="ar-EG"), ReadingOptions(latin=Language.ENGLISH))
    rules = {link.name for options in every for link in chain(options)}

    assert rules - fired == set(), (
        f"add sentences that they change to {SOUND / 'written.tsv'}, and run record.py beside it"
    )


def test_every_table_behind_the_plan_is_on_record() -> None:
    opened = {Path(name).name for name in run(ROOT, "-c", OPENED).stdout.splitlines()}
    head = json.loads((SOUND / "recorded.jsonl").read_text("utf-8").splitlines()[0])

    assert {"phones.tsv", "phrases.tsv", "spellings.tsv"} <= opened
    recorded = " ".join(head["UTTERANCE"]["parts"])
    assert [name for name in opened if name not in recorded] == []


def test_keys_of_version_0_1_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A raised version changes keys, as it is meant to; nothing else may."""
    monkeypatch.setattr(versions, "PIPELINE", 2)
    monkeypatch.syspath_prepend(str(SOUND))
    import keys

    known = json.loads((SOUND / "keys.json").read_text("utf-8"))

    assert keys.all_keys() == {
        "plans": [case["keys"] for case in known["plans"]],
        "cards": [card["fingerprint"] for card in known["cards"]],
    }


def test_comments_layout_and_places_of_modules_change_no_key(copy: Path) -> None:
    # Given a copy in which every file bears a comment, every module is laid out anew, and one has moved,
    before = json.loads(run(ROOT, "-c", KEYS).stdout)
    for module in copy.rglob("*.py"):
        module.write_text(module.read_text("utf-8") + "\n# A remark.\n", encoding="utf-8")
    for table in [*copy.rglob("*.tsv"), *copy.rglob("voices/cards/*.toml")]:
        table.write_text(table.read_text("utf-8") + "# A remark.\n" * (table.name != "phones.tsv"), "utf-8")
    formatted = run(copy, "-m", "ruff", "format", "--line-length", "79", "service", "voices", "cache")
    (copy / "service/text/phonetics/pausal.py").rename(copy / "service/text/waqf.py")
    replaced(
        copy / "service/text/phonetics/utterance.py", "service.text.phonetics.pausal", "service.text.waqf"
    )

    after = run(copy, "-c", KEYS)

    # then it is the copy that is asked, and its keys are the same.
    assert re.search(r"[1-9]\d* files reformatted", formatted.stdout), formatted.stderr
    assert after.returncode == 0, after.stderr
    where, found = json.loads(after.stdout)
    assert Path(where) == copy
    assert found == before[1]


def test_a_change_of_sound_is_refused_until_its_version_is_raised(copy: Path) -> None:
    # Given changes of a reading, of vowels, of phonemes, and of the track,
    record = copy / "tests/corpus/sound/recorded.jsonl"
    untouched = record.read_bytes()
    replaced(copy / "service/text/diacritisation/phrases.tsv", "خمسةَ عَشَرَ", "خمسةُ عَشَرَ")
    replaced(copy / "service/text/phonetics/syllables.py", "weight[own[-2]] > 1", "weight[own[-2]] > 2")
    replaced(copy / "service/audio/join.py", "FADE_MS = 5", "FADE_MS = 500")
    replaced(copy / "service/audio/frames.py", "TAIL_SECONDS = 0.2", "TAIL_SECONDS = 0.3")
    replaced(copy / "service/text/core/letters.tsv", "\t", "\tx")
    replaced(copy / "service/text/grammar/cardinals.py", "ثلاث", "أربع")

    # when they are checked, each is named with what to do; and nothing is recorded.
    checked = run(copy, "tests/corpus/sound/record.py", "--check")
    assert checked.returncode == 1, checked.stderr
    assert "raise UTTERANCE in service/model/versions.py" in checked.stdout
    assert "text/phrases.tsv" in checked.stdout
    assert "raise PIPELINE in service/model/versions.py" in checked.stdout
    assert "is read otherwise than is on record" in checked.stdout
    refused = run(copy, "tests/corpus/sound/record.py")
    assert refused.returncode == 1
    assert "raise UTTERANCE" in refused.stderr
    assert record.read_bytes() == untouched

    # Raised, they have to be recorded, and then all is well.
    replaced(copy / "service/model/versions.py", 'UTTERANCE = "', 'UTTERANCE = "next-')
    replaced(copy / "service/model/versions.py", "PIPELINE = ", "PIPELINE = 1")
    raised = run(copy, "tests/corpus/sound/record.py", "--check")
    assert raised.returncode == 1
    assert "UTTERANCE was raised" in raised.stdout
    assert "PIPELINE was raised" in raised.stdout
    assert run(copy, "tests/corpus/sound/record.py").returncode == 0
    assert run(copy, "tests/corpus/sound/record.py", "--check").returncode == 0
