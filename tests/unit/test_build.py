"""What names a build: every byte of every file that is installed, on any machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("cache", "service", "voices")
FLIPPED = """
import sys
from pathlib import Path
from service.util.release import release

named = release.__wrapped__
before = named()
for name in sys.stdin.read().splitlines():
    path = Path(name)
    content = path.read_bytes()
    at = len(content) // 2
    path.write_bytes(content[:at] + bytes([(content + b"\\0")[at] ^ 1]) + content[at + 1:])
    if named() == before:
        print("unseen:", path)
    path.write_bytes(content)
assert named() == before, "as before, when all bytes are"
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages as another machine has them: elsewhere, with other times, and compiled anew."""
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, copy_function=shutil.copyfile, ignore=ignored)
    return tmp_path


@pytest.fixture
def named(copy: Path) -> Callable[[], str]:
    """What a process calls the copy."""
    return lambda: run(copy, "from service.util.release import release; print(release())").strip()


def run(folder: Path, program: str, told: str = "") -> str:
    """What a program prints that has these packages."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", program]
    ran = subprocess.run(
        command, env=environment, cwd=folder, input=told, capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_two_processes_agree_wherever_the_files_lie(copy: Path, named: Callable[[], str]) -> None:
    first = named()
    assert first == named() == run(ROOT, "from service.util.release import release; print(release())").strip()
    assert (copy / "service" / "__pycache__").exists(), "what was compiled meanwhile does not count"
    assert len(first.partition("+")[2]) == 10


@pytest.mark.timeout(300)
def test_a_byte_that_changes_in_any_file_changes_it(copy: Path) -> None:
    files = [path for package in PACKAGES for path in sorted((copy / package).rglob("*")) if path.is_file()]
    one_of_a_kind = {(path.parent, path.suffix): path for path in files}.values()
    assert len({path.suffix for path in one_of_a_kind}) > 5, "code, tables and pages"
    assert run(copy, FLIPPED, "\n".join(map(str, one_of_a_kind))) == ""


def test_a_file_that_comes_goes_or_is_renamed_changes_it(copy: Path, named: Callable[[], str]) -> None:
    table = copy / "service" / "text" / "normalisation" / "scales.tsv"
    before = named()
    table.rename(table.with_name("scales2.tsv"))
    renamed = named()
    table.with_name("scales2.tsv").unlink()
    gone = named()
    (copy / "cache" / "new.py").write_text("", encoding="utf-8")
    assert len({before, renamed, gone, named()}) == 4
