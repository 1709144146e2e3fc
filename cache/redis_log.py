"""What a Redis server's log says of why the server ended, or could not do what it was asked for."""

from __future__ import annotations

import os
import re
from pathlib import Path

_TAIL = 16_384
"""Bytes of the log that are read at most."""
_LINE = re.compile(r"\d+:[A-Z] .{10,30}? (?P<level>[-.*#]) (?P<words>.*)")
"""As in ``22823:M 28 Nov 2026 06:22:49.578 # Wrong signature trying to load DB from file``."""
_IDLE = re.compile(
    r"WARNING|Server initialized|Redis version|Configuration loaded|User requested|ready to exit|"
    r"Signal handler|Redis is starting"
)
"""Lines of the warning level (``#``) that Redis writes when nothing is wrong."""
_DATA = re.compile(r"\bR?DB\b|\bAOF\b")


def length(log: Path) -> int:
    """Bytes of a log, 0 where there is none: what is written from now on begins there."""
    try:
        return log.stat().st_size
    except OSError:
        return 0


def complaints(log: Path, begun: int = 0) -> list[str]:
    """The warnings in a log, without what stands before them in their lines; none where it cannot be read.

    Args:
        log: the file.
        begun: byte at which to begin.
    """
    return [words for words in _warnings(log, begun) if words and not _IDLE.search(words)]


def end(log: Path) -> str:
    """The last line of a log, if it is a warning; else an empty string."""
    told = _warnings(log, 0)
    return told[-1] if told and told[-1] and not _IDLE.search(told[-1]) else ""


def of_data(words: str) -> bool:
    """Whether a warning is about the data on disk."""
    return _DATA.search(words) is not None


def _warnings(log: Path, begun: int) -> list[str]:
    """What each line warns of; an empty string for those that do not."""
    try:
        with log.open("rb") as file:
            file.seek(max(begun, file.seek(0, os.SEEK_END) - _TAIL))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    found = (_LINE.fullmatch(line) for line in lines)
    return [each["words"].rstrip(".") if each and each["level"] == "#" else "" for each in found]
