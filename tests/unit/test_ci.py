"""What .ci/run may take is said there, step by step; and nothing is published that CI has not tested."""

import re
import shlex
import subprocess
from pathlib import Path

import yaml

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


def workflow(name: str) -> dict:
    file = Path(__file__).parents[2] / ".github" / "workflows" / name
    # BaseLoader: `on` is a word, not true.
    return yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506


def test_what_is_published_has_passed_ci():
    jobs = workflow("publish.yml")["jobs"]
    assert jobs["ci"] == {"uses": "./.github/workflows/ci.yml"}
    assert jobs["build"]["needs"] == "ci"
    assert jobs["publish"]["needs"] == "build"
    assert not any("if" in job for job in jobs.values()), "a condition could run a job after one that failed"


def test_ci_can_be_called_and_checks_style_and_runs_the_tests():
    ci = workflow("ci.yml")
    assert "workflow_call" in ci["on"]
    ran = " ; ".join(step.get("run", "") for job in ci["jobs"].values() for step in job["steps"])
    assert "make lint" in ran
    assert "make test" in ran
