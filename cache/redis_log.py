"""Reads from a Redis server's log why the server ended or could not execute a command."""

from __future__ import annotations

import os
import re
from pathlib import Path

_TAIL = 16_384
"""Maximum number of bytes read from the log's end."""
_LINE = re.compile(r"\d+:[A-Z] .{10,30}? (?P<level>[-.*#]) (?P<words>.*)")
"""As in ``22823:M 28 Nov 2026 06:22:49.578 # Wrong signature trying to load DB from file``."""
_IDLE = re.compile(
    r"WARNING|Server initialized|Redis version|Configuration loaded|User requested|ready to exit|"
    r"Signal handler|Redis is starting"
)
"""Lines of the warning level (``#``) that Redis writes when nothing is wrong."""
_DATA = re.compile(r"\bR?DB\b|\bAOF\b")


def length(log: Path) -> int:
    """Return a log's size in bytes, 0 if it does not exist: later lines start at this offset."""
    try:
        return log.stat().st_size
    except OSError:
        return 0


def complaints(log: Path, begun: int = 0) -> list[str]:
    """Return the warnings in a log, without their line prefixes; empty if the log cannot be read.

    Args:
        log: the file.
        begun: byte offset at which to start.
    """
    return [words for words in _warnings(log, begun) if words and not _IDLE.search(words)]


def end(log: Path) -> str:
    """Return the last line of a log if it is a warning, else an empty string."""
    told = _warnings(log, 0)
    return told[-1] if told and told[-1] and not _IDLE.search(told[-1]) else ""


def of_data(words: str) -> bool:
    """Whether a warning is about the data on disk."""
    return _DATA.search(words) is not None


def _warnings(log: Path, begun: int) -> list[str]:
    """Return each line's warning, or an empty string for a line without one."""
    try:
        with log.open("rb") as file:
            file.seek(max(begun, file.seek(0, os.SEEK_END) - _TAIL))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    found = (_LINE.fullmatch(line) for line in lines)
    return [each["words"].rstrip(".") if each and each["level"] == "#" else "" for each in found]
