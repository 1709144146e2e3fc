"""Marks as captions."""

from __future__ import annotations

from collections.abc import Iterable

from service.types import Mark


def webvtt(marks: Iterable[Mark]) -> str:
    """WebVTT (W3C), one cue a sentence."""
    cues = (
        f"{number}\n{_timestamp(mark.start)} --> {_timestamp(mark.end)}\n{_escaped(mark.text)}\n"
        for number, mark in enumerate(marks, 1)
    )
    return "\n".join(["WEBVTT\nLanguage: ar\n", *cues])


def _timestamp(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def _escaped(text: str) -> str:
    """As cue text must be; an arrow or an empty line would end the cue."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
