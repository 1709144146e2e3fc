"""WebVTT captions from sentence marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from service.model.recording import Mark

_MARK = "\u200f"
"""RIGHT-TO-LEFT MARK."""


def webvtt(marks: Iterable[Mark]) -> str:
    """WebVTT (W3C), one cue per sentence."""
    cues = (
        f"{number}\n{_timestamp(mark.start)} --> {_timestamp(mark.end)}\n{_set(mark.text)}\n"
        for number, mark in enumerate(marks, 1)
    )
    return "\n".join(["WEBVTT\nLanguage: ar\n", *cues])


def right_to_left(text: str) -> str:
    """Mark an Arabic line that begins with a Latin name so that it is rendered right to left.

    Without such a mark, the first letter decides the direction of a line (UAX #9, rule P2).
    """
    directions = [unicodedata.bidirectional(char) for char in text]
    strong = [each for each in directions if each in {"L", "R", "AL"}]
    mixed = strong[:1] == ["L"] and len({*strong} - {"L"}) > 0
    return f"{_MARK}{text}" if mixed else text


def _timestamp(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def _set(text: str) -> str:
    """Valid cue text; an arrow or an empty line would end the cue."""
    return (
        " ".join(right_to_left(text).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    )
