"""What needs no library loads none: the version and the help come at once on a slow machine."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"celery", "fastapi", "kombu", "lxml", "numpy", "redis", "starlette", "uvicorn"}
OURS = {"cache", "service", "voices"}
LIGHT = {"service", "service.cli", "service.util"}
"""Our packages that may be loaded: no rules of reading, no parts of the service."""
PROGRAM = """
import json, sys
from service.cli.main import main
try:
    main()
finally:
    json.dump(sorted(sys.modules), sys.stderr)
"""


def loaded(*words: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout
    return set(json.loads(done.stderr))


@pytest.mark.parametrize("words", [("--version",), ("--help",), ("-h",)], ids=" ".join)
def test_neither_libraries_nor_rules_are_loaded(words: tuple[str, ...]) -> None:
    modules = loaded(*words)
    assert "service.cli.main" in modules
    assert not HEAVY & modules
    ours = {name for name in modules if name.partition(".")[0] in OURS}
    assert {".".join(name.split(".")[:2]) for name in ours} <= LIGHT, sorted(ours)


def test_what_a_command_loads_is_seen() -> None:
    modules = loaded("serve", "--help") | loaded("explain", "--help")
    assert modules >= HEAVY | {"cache", "voices", "service.text"}
