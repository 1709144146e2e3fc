"""Attribute values, converted to our own units."""

from __future__ import annotations

import base64
import binascii
import math
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_to_bytes

from service.model.document import Boundary, Break, LexiconEntry, Prosody
from service.model.errors import BadLexicon
from service.ssml.refusals import refuse
from service.text.lexicon import pls

MAX_BREAK = 60.0
"""Seconds."""
RATES = (0.5, 2.0)
PITCHES = (-5.0, 9.0)
"""Semitones: the range of every engine that can change pitch."""
VOLUMES = (-60.0, 12.0)
"""Decibels."""
SILENT = -120.0
"""Gain in decibels that reduces a 16-bit sample to zero."""

_TIME = re.compile(r"\+?(\d+(?:\.\d+)?|\.\d+)(ms|s)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")
_STEP = re.compile(r"([+-]\d+(?:\.\d+)?)(st|%)")
_GAIN = re.compile(r"([+-]\d+(?:\.\d+)?)dB")
_RATES = {"x-slow": 0.6, "slow": 0.8, "medium": 1.0, "fast": 1.25, "x-fast": 1.5, "default": 1.0}
_PITCHES = {"x-low": -4.0, "low": -2.0, "medium": 0.0, "high": 2.0, "x-high": 4.0, "default": 0.0}
_VOLUMES = {
    "silent": SILENT, "x-soft": -12.0, "soft": -6.0,
    "medium": 0.0, "loud": 4.0, "x-loud": 8.0, "default": 0.0,
}  # fmt: skip
_STRENGTHS = {
    "x-weak": Boundary.VOICE,
    "weak": Boundary.CLAUSE,
    "medium": Boundary.SENTENCE,
    "strong": Boundary.PARAGRAPH,
    "x-strong": Boundary.TITLE,
}
_DATA = re.compile(
    r"data:(?:application/pls\+xml|(?:text|application)/xml)?(?:;charset=utf-8)?(;base64)?,(.*)",
    re.DOTALL | re.IGNORECASE,
)


def pause(element: Any, at: int) -> Break:
    """A ``break`` (§ 3.2.3): its time, else that of its strength, which defaults to ``medium``.

    Raises:
        BadArticle: the time or the strength is invalid.
    """
    time, strength = element.get("time"), element.get("strength", "medium").strip()
    if time is not None:
        found = _TIME.fullmatch(time.strip())
        seconds = float(found[1]) / (1000 if found[2] == "ms" else 1) if found else math.inf
        if seconds > MAX_BREAK:
            raise _bad(element, "time", time, f"500ms, 1.5s (≤ {MAX_BREAK:g}s)")
        return Break(at, seconds)
    if strength == "none":
        return Break(at, 0.0)
    if strength not in _STRENGTHS:
        raise _bad(element, "strength", strength, "none, " + ", ".join(_STRENGTHS))
    return Break(at, None, _STRENGTHS[strength])


def style(element: Any, around: Prosody) -> Prosody:
    """A ``prosody`` (§ 3.2.4) within another.

    A rate is relative to the voice's normal one, as in the specification; relative pitches and volumes add
    up, labels do not.

    Raises:
        BadArticle: a value is invalid, or beyond the limits.
    """
    made = around
    if (rate := element.get("rate")) is not None:
        made = replace(made, rate=_rate(element, rate.strip()))
    if (pitch := element.get("pitch")) is not None:
        made = replace(made, semitones=_pitch(element, pitch.strip(), around.semitones))
    if (volume := element.get("volume")) is not None:
        made = replace(made, decibels=_volume(element, volume.strip(), around.decibels))
    return made


def words(element: Any) -> list[LexiconEntry]:
    """The words of an embedded ``lexicon`` (§ 3.1.5): a ``data:`` URI that contains PLS.

    Raises:
        BadArticle: it has another URI, since nothing is fetched; or it cannot be read.
    """
    found = _DATA.fullmatch(element.get("uri", "").strip())
    if found is None:
        raise refuse(
            element,
            'a lexicon is never fetched: include its words (uri="data:application/pls+xml,…"), or store '
            "them in the lexicon of your site, which always applies",
            "لا يُجلب أي معجم من عنوانه: أرسل كلماته في uri نفسه (data:application/pls+xml,…)، "
            "أو احفظها في معجم موقعك الذي يسري من غير أن يُذكر",
        )
    data = unquote_to_bytes(found[2])
    try:
        if found[1]:
            data = base64.b64decode(data, validate=True)
        entries = list(pls.parse(data, "PLS"))
    except binascii.Error as error:
        raise refuse(element, "the lexicon is not Base64", "المعجم ليس بترميز Base64") from error
    except BadLexicon as error:
        raise refuse(element, error.en, error.ar) from error
    return [LexiconEntry(entry.grapheme, entry.reading, entry.ipa, entry.role) for entry in entries]


def _rate(element: Any, rate: str) -> float:
    found = _PERCENT.fullmatch(rate)
    value = float(found[1]) / 100 if found else _RATES.get(rate)
    if value is None or not RATES[0] <= value <= RATES[1]:
        limits = f"{RATES[0]:.0%}–{RATES[1]:.0%}, " + ", ".join(_RATES)
        raise _bad(element, "rate", rate, limits)
    return value


def _pitch(element: Any, pitch: str, around: float) -> float:
    found = _STEP.fullmatch(pitch)
    value = _PITCHES.get(pitch)
    if found:
        step = float(found[1])
        ratio = 1 + step / 100
        value = around + (step if found[2] == "st" else 12 * math.log2(ratio) if ratio > 0 else -math.inf)
    if value is None or not PITCHES[0] <= value <= PITCHES[1]:
        raise _bad(
            element, "pitch", pitch, f"+2st, -10% ({PITCHES[0]:g}–{PITCHES[1]:+g}st), " + ", ".join(_PITCHES)
        )
    return round(value, 3)


def _volume(element: Any, volume: str, around: float) -> float:
    if volume in _VOLUMES:
        return _VOLUMES[volume]
    found = _GAIN.fullmatch(volume)
    value = around + float(found[1]) if found else math.inf
    if around == SILENT and found:
        return SILENT
    if not VOLUMES[0] <= value <= VOLUMES[1]:
        limits = f"+6dB, -3dB ({VOLUMES[0]:g}–{VOLUMES[1]:+g}dB), " + ", ".join(_VOLUMES)
        raise _bad(element, "volume", volume, limits)
    return value


def _bad(element: Any, attribute: str, value: str, allowed: str) -> Exception:
    shown = value[:40]
    return refuse(
        element,
        f'{attribute}="{shown}" is not allowed. Allowed: {allowed}',
        f'القيمة {attribute}="{shown}" غير ممكنة. الممكن: {allowed}',
    )
