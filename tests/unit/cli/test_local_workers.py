"""Processes that speak an article do not outlive the command that began them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import psutil

PARENT = """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from service.cli import tie
if __name__ == "__main__":
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(1, spawn, tie.to_starter, (partial(os._exit, 1),))
    print(pool.submit(os.getpid).result(), flush=True)
    pool.submit(time.sleep, 600).result()
"""


def test_they_end_when_it_is_killed(tmp_path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(PARENT)
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
    assert _ended(child)


def _ended(child: psutil.Process) -> bool:
    """Whether it ends soon; where nobody fetches its status, it stays as a zombie."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if not child.is_running() or child.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    child.kill()
    return False
