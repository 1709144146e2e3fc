"""What .ci/run may take is said there, step by step."""

import re
import shlex
import subprocess
from pathlib import Path

SCRIPT = (Path(__file__).parents[2] / ".ci" / "run").read_text(encoding="utf-8")
STEPS = [shlex.split(line) for line in SCRIPT.splitlines() if line.startswith("step ")]
FUNCTION = re.search(r"^step\(\) \{.*?^\}", SCRIPT, re.MULTILINE | re.DOTALL)[0]


def test_all_steps_together_may_take_seventy_minutes():
    assert len(STEPS) >= 5
    assert sum(int(budget) for _, _, budget, *_ in STEPS) <= 70 * 60


def carried_out(*lines: str) -> subprocess.CompletedProcess[str]:
    script = "\n".join(
        ["set -euo pipefail", "spent=() left=0", FUNCTION, *lines, 'printf "%s\\n" "${spent[@]}"']
    )
    return subprocess.run(["/bin/bash", "-c", script], capture_output=True, text=True, check=False)


def test_a_step_within_its_budget_is_listed_with_what_it_took():
    done = carried_out('step "short" 30 true')
    assert done.returncode == 0
    assert re.search(r"^ +\d+ / +30  short$", done.stdout, re.MULTILINE)


def test_a_step_beyond_its_budget_fails_and_ends_everything():
    done = carried_out('step "long" 1 sleep 60', 'step "never" 30 echo reached')
    assert done.returncode == 124
    assert "long: over its budget of 1 s" in done.stderr
    assert "reached" not in done.stdout


def test_what_a_step_leaves_is_the_next_one_s():
    done = carried_out('step "short" 20 true', 'step "long" 1 sleep 2')
    assert done.returncode == 0
    assert re.search(r"^ +\d+ / +(20|21)  long$", done.stdout, re.MULTILINE)


def test_a_step_that_fails_ends_everything():
    done = carried_out('step "wrong" 30 false', 'step "never" 30 echo reached')
    assert done.returncode == 1
    assert "reached" not in done.stdout
