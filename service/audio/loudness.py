"""Measures the loudness of a recording with ffmpeg (ITU-R BS.1770, EBU R 128)."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

from service.audio.ffmpeg import find_ffmpeg, last_line
from service.model.errors import EngineError


@dataclass(frozen=True, slots=True)
class Loudness:
    """A programme's loudness."""

    integrated: float
    """LUFS over the whole programme, silences gated out."""
    short_term_range: float
    """LU between quiet and loud passages (EBU Tech 3342)."""
    true_peak: float
    """dBTP."""


_SUMMARY = re.compile(
    r"I:\s+(?P<integrated>-?[\d.]+|-inf) LUFS"
    r".*?LRA:\s+(?P<range>[\d.]+) LU"
    r".*?Peak:\s+(?P<peak>-?[\d.]+|-inf) dBFS",
    re.DOTALL,
)


def measure(audio: bytes, *, timeout: float = 120.0) -> Loudness:
    """Measure an audio file of any format that ffmpeg reads.

    Raises:
        EngineError: ffmpeg did not run, timed out or could not measure the file; includes its own message.
        MissingPart: no ffmpeg on this machine.
    """
    command = [find_ffmpeg(), "-hide_banner", "-nostdin", "-nostats", "-i", "pipe:0"]
    # Only its summary. This log level omits the lines of each frame, and every release knows it.
    command += ["-v", "info", "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]
    try:
        done = subprocess.run(command, input=audio, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as error:
        raise EngineError("ffmpeg did not end in time", "لم يُنهِ ffmpeg القياس في الوقت المحدد") from error
    except OSError as error:
        raise EngineError(f"ffmpeg does not run: {error.strerror}", "لا يعمل ffmpeg.") from error
    found = None
    for found in _SUMMARY.finditer(done.stderr.decode("utf-8", "replace")):  # noqa: B007  # the last one
        pass
    if done.returncode or found is None:
        why = last_line(done.stderr)
        raise EngineError(f"ffmpeg could not measure the audio: {why}", f"تعذّر على ffmpeg قياس الصوت: {why}")
    return Loudness(float(found["integrated"]), float(found["range"]), float(found["peak"]))
