"""Checks a take: one sentence as the microphone heard it."""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.engines import pcm
from service.model.counting import SECOND, counted
from service.model.errors import IstamiError
from service.model.recording import Clip

MOST_SECONDS = 40
MOST_BYTES = 44 + 2 * 96_000 * MOST_SECONDS
"""Size of the longest take that is accepted."""
_RATES = range(22_050, 96_001)
"""Sample rates, in Hz: below, training voices would lose their upper octave."""
_FRAME_SECONDS = 0.02
_CLIPPED = 0.998
"""Amplitude at which a sample counts as clipped; two in a row are heard."""
_QUIETEST = -38.0
"""Least level of the speech, in dBFS."""
_LEAST_DISTANCE = 26.0
"""Least distance from the noise of the room to the speech, in dB."""
_QUIET_FRAMES = 2
"""The quietest frames are the room's noise: a reader who makes no pause leaves no more between words."""
_ABOVE_NOISE, _BELOW_LOUD, _INAUDIBLE = 10.0, 30.0, -60.0
"""Speech is so far above the noise, not so far below the loudest vowels (dB), and above this level (dBFS)."""
_FLOOR = -90.0
"""Level of digital silence, in dBFS: 16 bits show no less."""
_EDGE_SECONDS = 0.1
_SHORTEST, _LONGEST = 0.025, 0.30
"""Seconds of speech per letter."""
_ALLOWANCE = 1.0
"""Seconds of speech for which pauses inside may be longer."""
_KEPT_SECONDS = 0.2
"""Silence that stays at each end for training."""


class BadTake(IstamiError):  # noqa: N818
    """A take that must be recorded again; the message says why and what helps."""


class Measured(NamedTuple):
    """Levels of a take."""

    speech: float
    """RMS of the speech, in dBFS."""
    noise: float
    """RMS of the room, in dBFS."""
    peak: float
    """Highest sample, in dBFS."""
    start: float
    """When the speech begins and ends, in seconds."""
    end: float


def read(wav: bytes) -> Clip:
    """The clip in a WAV file.

    Raises:
        BadTake: it is no WAV of 16 bits, mono, at 22,050 Hz or more, or it is too long.
    """
    try:
        riff, _, wave = struct.unpack_from("<4sI4s", wav)
        name, size, form, channels, rate, _, _, bits = struct.unpack_from("<4sIHHIIHH", wav, 12)
        data, length = struct.unpack_from("<4sI", wav, 36)
    except struct.error as error:
        raise _no_wav() from error
    plain = (riff, wave, name, size, form, channels, bits, data) == (
        b"RIFF",
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        16,
        b"data",
    )
    samples = wav[44 : 44 + length]
    if not plain or rate not in _RATES or length != len(wav) - 44 or length % 2:
        raise _no_wav()
    clip = Clip(samples, rate)
    if clip.duration > MOST_SECONDS:
        raise BadTake(
            f"The take is longer than {MOST_SECONDS} seconds.",
            f"التسجيل أطول من {counted(MOST_SECONDS, SECOND)}.",
        )
    return clip


def check(clip: Clip, letters: int) -> Measured:
    """Measure a take.

    Args:
        clip: of ``read``.
        letters: in the sentence.

    Raises:
        BadTake: it is clipped, too quiet, too noisy, cut off, or has another length than its sentence.
    """
    samples = pcm.from_int16(clip.pcm)
    frame = int(_FRAME_SECONDS * clip.sample_rate)
    frames = samples[: samples.size // frame * frame].reshape(-1, frame)
    if len(frames) < 2 * _EDGE_SECONDS / _FRAME_SECONDS:
        raise BadTake("The take is empty.", "التسجيل فارغ.")
    loud = np.abs(samples) >= _CLIPPED
    if (loud[1:] & loud[:-1]).any():
        raise BadTake(
            "The take is clipped: lower the microphone's level, or move back a little.",
            "الصوت مقصوص القمم: اخفض مستوى الميكروفون، أو ابتعد عنه قليلًا.",
        )
    levels = _decibels(np.sqrt((frames**2).mean(axis=1)))
    noise = _noise(levels)
    audible = max(noise + _ABOVE_NOISE, float(np.percentile(levels, 95)) - _BELOW_LOUD, _INAUDIBLE)
    speech = np.flatnonzero(levels > audible)
    level = float(_decibels(np.sqrt((frames[speech] ** 2).mean()))) if speech.size else _FLOOR
    if level < _QUIETEST:
        raise BadTake(
            "The take is too quiet: raise the microphone's level, or come closer.",
            "الصوت خافت: ارفع مستوى الميكروفون، أو اقترب منه.",
        )
    if level - noise < _LEAST_DISTANCE:
        raise BadTake(
            f"The room is too noisy: the noise is only {level - noise:.0f} dB below the voice.",
            f"في الغرفة ضوضاء: ليس بينها وبين الصوت إلا {level - noise:.0f} ديسيبل.",
        )
    start, end = int(speech[0]) * _FRAME_SECONDS, (int(speech[-1]) + 1) * _FRAME_SECONDS
    _check_edges(start, clip.duration - end)
    _check_length(end - start, letters)
    return Measured(level, noise, float(_decibels(np.abs(samples).max())), start, end)


def _noise(levels: npt.NDArray[np.float64]) -> float:
    """The level of the room. A microphone that has just been opened gives zeros, which are no room."""
    heard = np.sort(levels[levels > _FLOOR])
    return float(heard[:_QUIET_FRAMES].mean()) if heard.size else _FLOOR


def trimmed(clip: Clip, measured: Measured) -> Clip:
    """The take with little silence at its ends, as training wants it; its level is unchanged."""
    first = max(0, round((measured.start - _KEPT_SECONDS) * clip.sample_rate))
    last = round((measured.end + _KEPT_SECONDS) * clip.sample_rate)
    return Clip(clip.pcm[2 * first : 2 * last], clip.sample_rate)


def _check_edges(before: float, after: float) -> None:
    if min(before, after) < _EDGE_SECONDS:
        raise BadTake(
            "The sentence is cut off: wait a moment after you start, and before you stop.",
            "الجملة مقطوعة الطرف: انتظر لحظة بعد بدء التسجيل وقبل إيقافه.",
        )


def _check_length(seconds: float, letters: int) -> None:
    if seconds < _SHORTEST * letters:
        raise BadTake("Part of the sentence is missing.", "لم تُقرأ الجملة كاملة.")
    if seconds > _LONGEST * letters + _ALLOWANCE:
        raise BadTake("The take is longer than its sentence.", "التسجيل أطول من جملته: اقرأها مرة واحدة.")


def _decibels(amplitude: npt.ArrayLike) -> npt.NDArray[np.float64]:
    above: npt.NDArray[np.float64] = 20 * np.log10(np.maximum(amplitude, 1e-9))
    return np.maximum(above, _FLOOR)


def _no_wav() -> BadTake:
    return BadTake(
        "A take is a WAV file: 16 bits, mono, 22,050 Hz or more.",
        "التسجيل ملف WAV بعمق 16 بت وقناة واحدة ومعدل لا يقل عن 22050 هرتز.",
    )
