"""The systemd units are units that systemd takes, and shut in well."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

UNITS = sorted((Path(__file__).parents[2] / "deploy/systemd").glob("*.service"))
MOST_EXPOSED = 3.0
"""Of systemd's own score, from 0 to 10; below 5 it calls a unit fairly safe."""


@pytest.fixture
def analyse(tmp_path: Path, program):
    command = program("systemd-analyze")

    def analyse(unit: Path, *words: str) -> subprocess.CompletedProcess[str]:
        # An instance, and a program that is there.
        copy = tmp_path / unit.name.replace("@", "@1")
        text = unit.read_text(encoding="utf-8").replace("/opt/istami/bin/istami", sys.executable)
        copy.write_text(text, encoding="utf-8")
        return subprocess.run([command, *words, str(copy)], capture_output=True, text=True, check=False)

    return analyse


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_it_without_a_word(analyse, unit: Path) -> None:
    done = analyse(unit, "verify", "--man=no", "--recursive-errors=no")
    ours = [line for line in done.stderr.splitlines() if "istami" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_it_may_do_little_beside_its_work(analyse, unit: Path) -> None:
    done = analyse(unit, "security", "--offline=yes", "--no-pager")
    (score,) = re.findall(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert float(score) <= MOST_EXPOSED, done.stdout


def test_the_web_has_no_worker_of_its_own_and_a_worker_is_one() -> None:
    starts = {unit.stem: re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE) for unit in UNITS}
    assert starts["istami-web"][0].startswith("/opt/istami/bin/istami serve --workers 0")
    assert starts["istami-worker@"][0].startswith("/opt/istami/bin/istami worker")
