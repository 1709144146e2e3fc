"""Programs that are measured: on which cores they run, when they are there, how they end."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any

import httpx
import psutil

CORES: Sequence[int] = sorted(os.sched_getaffinity(0))
"""Those that this process may use."""
_START_SECONDS = 90.0
_STOP_SECONDS = 40.0
_LOOK_SECONDS = 0.05


@contextmanager
def pinned(cores: Sequence[int]) -> Generator[None]:
    """Run this thread, and its children meanwhile, only on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def running(
    command: Sequence[str],
    cores: Sequence[int],
    log: IO[Any] | int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Generator[subprocess.Popen[bytes]]:
    """Run a program on some cores."""
    with pinned(cores):
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until(condition: Callable[[], bool], what: str, seconds: float = _START_SECONDS) -> None:
    """Wait until a condition is true.

    Raises:
        RuntimeError: it does not become true.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not {what} within {seconds:g} s")
        time.sleep(_LOOK_SECONDS)


def until_answered(address: str) -> None:
    """Wait until a web server answers.

    Raises:
        RuntimeError: it does not in time.
    """

    def answers() -> bool:
        try:
            return bool(httpx.get(address, trust_env=False).status_code)
        except httpx.TransportError:
            return False

    until(answers, f"answered at {address}")


def worked(process: psutil.Process) -> float:
    """Processor seconds that a process has taken till now."""
    times = process.cpu_times()
    return float(times.user + times.system)


def free_port() -> int:
    """A free TCP port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
