"""What was measured on, and with which versions."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from benchmarks.loading import find
from benchmarks.processes import CORES
from cache.server import find_program
from service.model.errors import MissingPart

_PACKAGES = ("istami", "uvicorn", "celery", "redis", "onnxruntime", "espeakng-loader", "lameenc", "pydub")
_MILLION, _PACES = 1_000_000, 3
_NEURAL = ("piper-tts", "coqui-tts", "torch")


def described() -> dict[str, str]:
    """The machine, in words."""
    return {
        "processor": _processor(),
        "cores": str(len(CORES)),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }


def busy() -> float:
    """How many programs of any user ran or waited for a core in the last minute."""
    return os.getloadavg()[0]


def pace() -> float:
    """Processor milliseconds of a million additions in Python: how fast the machine is at the moment."""
    return min(map(_additions, range(_PACES)))


def versions() -> Mapping[str, str]:
    """Of what has a part in the figures; what is not installed is left out."""
    server = find_program()
    programs: dict[str, Sequence[str]] = {"nginx": ["nginx", "-v"], "wrk": ["wrk", "-v"]}
    found = {name: _package(name) for name in (*_PACKAGES, *_NEURAL)}
    found |= {name: _said(command) for name, command in programs.items()}
    found["Redis server"] = _said([str(server), "--version"]) if server else None
    return {name: number for name, number in found.items() if number}


def _additions(_: int) -> float:
    begun, total = time.process_time(), 0
    for number in range(_MILLION):
        total += number
    return (time.process_time() - begun) * 1e3


def _package(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _said(command: Sequence[str]) -> str | None:
    """The version that a program reports."""
    try:
        told = subprocess.run([find(command[0]), *command[1:]], capture_output=True, text=True, check=False)
    except MissingPart:
        return None
    numbers = re.search(r"(\d+\.\d+(?:\.\d+)*)", told.stdout + told.stderr)
    return numbers[1] if numbers else None


def _processor() -> str:
    names = re.findall(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return names[0] if names else platform.processor()
