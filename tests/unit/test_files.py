"""Files that programs change together: nothing is lost between them, and none is ever empty or half."""

import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from service.config.lexicons import Lexicons
from service.config.sites import Sites
from service.model.errors import Unwritable
from service.text.lexicon.entries import Entry
from service.text.lexicon.lexicon import Lexicon
from service.util import files
from service.webhooks import Endpoints
from tests.humming import MODEL, furnish
from voices.calibration import Calibration, write_calibration
from voices.receipt import write_receipt

AT_ONCE = 20
PROGRAM = """
import json, os, sys
from pathlib import Path
from service.cli import lexicon, sites, voices, webhooks  # once, before all of them begin
from service.cli.main import main
commands, folder = json.loads(sys.argv[1]), Path(sys.argv[2])
wait, go = os.pipe()
children = []
for number, command in enumerate(commands):
    child = os.fork()
    if child:
        children.append(child)
        continue
    os.close(go)
    told = os.open(folder / f"told-{number}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(told, 1)
    os.dup2(told, 2)
    os.read(wait, 1)
    sys.argv = ["istami", *command]
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code or 0
    sys.stdout.flush()
    os._exit(code)
os.close(go)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
failed = [number for number, code in enumerate(codes) if code]
print(json.dumps([(folder / f"told-{number}").read_text() for number in failed]))
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[[list[list[str]]], list[str]]:
    """Runs commands, each in a process of its own, all at the same moment; what those wrote that failed."""

    def run(commands: list[list[str]]) -> list[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
        environment |= {"ISTAMI_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "200"}
        program = [sys.executable, "-c", PROGRAM, json.dumps(commands), str(tmp_path)]
        ran = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return list(json.loads(ran.stdout))

    return run


class TestManyAtOnce:
    """Each change is made to what the one before has left."""

    def test_sites(self, run, tmp_path: Path) -> None:
        names = [f"site-{number}.example" for number in range(AT_ONCE)]

        assert run([["sites", "add", name] for name in names]) == []

        assert set(Sites(tmp_path / "data/sites.toml").all()) == set(names)
        changes = ["--articles", "--characters", "--seconds"]
        assert run([["sites", "set", names[0], change, "7"] for change in changes]) == []
        daily = Sites(tmp_path / "data/sites.toml").all()[names[0]].daily
        assert (daily.articles, daily.characters, daily.seconds) == (7, 7, 7)

    def test_of_those_who_add_the_same_site_one_does(self, run) -> None:
        refused = run([["sites", "add", "the-same.example"]] * 5)

        assert len(refused) == 4
        assert all("already exists" in each for each in refused)

    def test_webhooks(self, run, tmp_path: Path) -> None:
        names = [f"hook-{number}" for number in range(AT_ONCE)]

        added = [["webhooks", "add", name, f"https://203.0.113.9/{name}"] for name in names]
        assert run(added) == run([["webhooks", "list"]]) == []

        assert set(Endpoints(tmp_path / "data/webhooks.toml").all()) == set(names)

    def test_lexicons(self, run, tmp_path: Path) -> None:
        words = [f"زرقطون{chr(0x627 + number)}" for number in range(AT_ONCE)]

        assert run([["lexicon", "add", word, f"{word}ُ"] for word in words]) == []

        own = Lexicons(tmp_path / "data/lexicons").own(None)
        assert {entry.grapheme for entry in own.entries} == set(words)

    def test_voices(self, run, tmp_path: Path, monkeypatch) -> None:
        source = tmp_path / "source"
        source.mkdir()
        (source / "model.bin").write_bytes(MODEL)
        (source / "config.json").write_text('{"audio": {"sample_rate": 22050}}')
        told = ["--licence", "CC0-1.0", "--attribution", "us", "--commercial-use"]
        told += ["--name-ar", "صوت", "--name-en", "Voice"]
        engine = tmp_path / "engine"
        engine.mkdir()
        monkeypatch.setenv("PYTHONPATH", furnish(engine, "")["PYTHONPATH"])

        refused = run([["voices", "add", "the-same", "humming", str(source), *told]] * 4)

        home = tmp_path / "data/voices/the-same"
        why = ("There is a voice the-same already", "the-same is being installed already")
        assert len([each for each in refused if any(words in each for words in why)]) == 3, refused
        assert {file.name for file in home.iterdir()} >= {"card.toml", "installed.json", "model.bin"}
        assert not list(home.parent.glob(".adding-*"))


WRITER = """
import sys
from pathlib import Path
from service.config.sites import Sites
sites = Sites(Path(sys.argv[1]))
print("begun", flush=True)
number = 0
while True:
    number += 1
    sites.keep("news.example", {"section": f"{number} " * 2000})
"""


def test_whenever_it_is_killed_there_is_a_whole_file(tmp_path: Path) -> None:
    path, chance = tmp_path / "sites.toml", random.Random(12)  # noqa: S311 - no secret
    Sites(path).keep("kept.example", {"section": "before"})
    for _ in range(12):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            writer.stdout.readline()
            time.sleep(chance.uniform(0, 0.15))
            writer.send_signal(signal.SIGKILL)
        found = tomllib.loads(path.read_text("utf-8"))
        assert found["kept.example"] == {"section": "before"}
        assert len(set(found.get("news.example", {"section": "1"})["section"].split())) == 1
        # Nor does whoever died keep others out.
        Sites(path).keep("kept.example", {"section": "before"})


LIMITED = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
from service.model.errors import IstamiError
from service.config.lexicons import Lexicons
from service.config.sites import Sites
from service.text.lexicon.lexicon import Lexicon
from service.webhooks import Endpoints
from voices.calibration import Calibration, write_calibration
folder = Path(sys.argv[1])
changes = {
    "sites.toml": lambda path: Sites(path).keep("news.example", {"section": "a" * 2000}),
    "webhooks.toml": lambda path: Endpoints(path).keep("cms", {"url": "https://203.0.113.9/" + "a" * 2000}),
    "common.tsv": lambda path: Lexicons(path.parent).change(None, lambda own: Lexicon.shipped()),
}
for name, change in changes.items():
    try:
        change(folder / name)
    except IstamiError as error:
        print(name, type(error).__name__, error.en, error.ar)
"""


def test_a_disk_that_takes_no_more_leaves_what_there_was(tmp_path: Path) -> None:
    Sites(tmp_path / "sites.toml").keep("news.example", {"section": "before"})
    secret = "whsec_" + "A" * 32
    Endpoints(tmp_path / "webhooks.toml").keep("cms", {"url": "https://203.0.113.9/", "secret": secret})
    Lexicons(tmp_path).keep(Lexicon((Entry("زرقطون", "زُرْقُطُون"),)), None)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    told = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True
    )

    lines = told.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [
        [name, "Unwritable"] for name in ("sites.toml", "webhooks.toml", "common.tsv")
    ]
    assert all("File too large" in line and "تعذّرت الكتابة" in line for line in lines)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    # A file where the folder must be: even root cannot write into that.
    (tmp_path / "data").write_text("")

    for change in (
        lambda: Sites(tmp_path / "data/sites.toml").keep("news.example", {}),
        lambda: Lexicons(tmp_path / "data/lexicons").change(None, lambda own: own),
        lambda: Endpoints(Path("/proc/none/webhooks.toml")).remove("cms"),
    ):
        with pytest.raises(Unwritable):
            change()


class TestWhatIsReplaced:
    def test_keeps_its_permissions(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("before")
        path.chmod(0o640)

        files.replace(path, "after")

        assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("after", 0o640)

    def test_is_private_where_it_must_be(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("before")

        files.replace(path, "after", private=True)

        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_stays_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "real").write_text("before")
        (tmp_path / "link").symlink_to("real")

        files.replace(tmp_path / "link", "after")

        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real").read_text() == "after"

    def test_is_seen_to_have_changed(self, tmp_path: Path) -> None:
        """Even within one tick of the clock, and of the same size."""
        path = files.replace(tmp_path / "file", "1")
        before = files.stamp(path)
        os.utime(files.replace(path, "2"), ns=(before[0], before[0]))

        assert files.stamp(path) != before

    def test_leaves_nothing_beside_it(self, tmp_path: Path) -> None:
        write_receipt(tmp_path, {"voice.onnx": "0" * 64})
        write_calibration(tmp_path, Calibration(1.0, 0.1))
        Sites(tmp_path / "sites.toml").keep("news.example", {})

        assert {path.name for path in tmp_path.iterdir()} == {
            "installed.json",
            "calibration.json",
            "sites.toml",
        }


def test_a_folder_in_the_place_of_an_output_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()

    with pytest.raises(Unwritable, match="Is a directory"), files.whole(tmp_path / "there") as file:
        file.write(b"sound")

    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert not list((tmp_path / "there").iterdir())
