"""What asks for ranges as fast as it is answered: wrk, and redis-benchmark."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import pinned
from service.model.errors import MissingPart

CONNECTIONS = 32
RANGE = 64 * 1024
_SCRIPT = Path(__file__).parent / "data" / "ranges.lua"
_SECONDS = 5
_GETS = 40_000


@dataclass(frozen=True, slots=True)
class Answered:
    """The result of a load test."""

    rate: float
    """Requests a second."""
    p50: float
    """Milliseconds in which half of them were answered."""
    p99: float


def find(program: str) -> str:
    """Where a program is.

    Raises:
        MissingPart: it is not installed.
    """
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise MissingPart(f"{program} is not installed", f"{program} غير مثبّت")
    return found


def ranges(address: str, size: int, cores: Sequence[int]) -> Answered:
    """Ask over HTTP.

    Args:
        address: of something that answers ranges.
        size: of it, in bytes.
        cores: that wrk runs on, a thread each.

    Raises:
        MissingPart: wrk is not installed.
        RuntimeError: not every answer was the range that was asked for.
    """
    threads = ["--threads", str(len(cores)), "--connections", str(CONNECTIONS)]
    command = [find("wrk"), *threads, "--latency", "--script", str(_SCRIPT), "--duration"]
    with pinned(cores):
        subprocess.run([*command, "1", address, "--", str(size)], check=True, capture_output=True)
        told = subprocess.run(
            [*command, str(_SECONDS), address, "--", str(size)], check=True, capture_output=True
        )
    found = json.loads(told.stdout.splitlines()[-1])
    head = found["bytes"] / found["requests"] - RANGE
    if found["errors"] or not 0 < head < RANGE / 16:
        raise RuntimeError(f"these are not the ranges that were asked for: {found}")
    return Answered(found["requests"] / found["seconds"], found["p50"], found["p99"])


def store(socket: str, name: str, cores: Sequence[int]) -> float:
    """Ask Redis itself, by redis-benchmark; requests a second.

    Raises:
        MissingPart: redis-benchmark is not installed.
    """
    command = [find("redis-benchmark"), "-s", socket, "-c", str(CONNECTIONS), "-n", str(_GETS), "--csv"]
    with pinned(cores):
        told = subprocess.run(
            [*command, "GETRANGE", name, "0", str(RANGE - 1)], check=True, capture_output=True, text=True
        )
    return float(told.stdout.splitlines()[-1].split(",")[1].strip('"'))
