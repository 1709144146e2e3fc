"""What was measured on, and with which versions."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from benchmarks.loading import find
from benchmarks.processes import CORES
from cache.server import find_program
from service.model.errors import MissingPart

_PACKAGES = ("istami", "uvicorn", "celery", "redis", "onnxruntime", "espeakng-loader", "lameenc", "pydub")
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


def versions() -> Mapping[str, str]:
    """Of what has a part in the figures; what is not installed is left out."""
    server = find_program()
    programs: dict[str, Sequence[str]] = {"nginx": ["nginx", "-v"], "wrk": ["wrk", "-v"]}
    found = {name: _package(name) for name in (*_PACKAGES, *_NEURAL)}
    found |= {name: _said(command) for name, command in programs.items()}
    found["Redis server"] = _said([str(server), "--version"]) if server else None
    return {name: number for name, number in found.items() if number}


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
