"""Ctrl-C and SIGTERM are heeded even while Python runs what it ignores the exceptions of."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import signal, sys, time
from service.cli import endings, logs

def end(*_):
    raise SystemExit(7)

class Slow:
    def __del__(self):
        print("in a destructor", flush=True)
        time.sleep(5)

class Broken:
    def __del__(self):
        raise ValueError("broken")

signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGINT, signal.default_int_handler)
endings.are_not_lost()
{more}
broken = Broken()
del broken
slow = Slow()
try:
    del slow
    print("went on", flush=True)
    time.sleep(100)
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.parametrize(
    ("number", "status", "more"),
    [(signal.SIGINT, 130, ""), (signal.SIGTERM, 7, "logs.to_standard_error('INFO', 'json')")],
    ids=["Ctrl-C, text", "SIGTERM, json"],
)
def test_a_signal_that_falls_into_a_destructor_comes_again(number, status, more) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(more=more)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "in a destructor\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=90)
    finally:
        process.kill()
    assert process.returncode == status, err
    assert out == "went on\n"
    assert "broken" in err, "what else is ignored is reported as before"
    assert "KeyboardInterrupt" not in err
