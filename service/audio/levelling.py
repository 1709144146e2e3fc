"""Finds the gain that brings a clip to a loudness."""

from __future__ import annotations

from service.audio import wav
from service.audio.limiter import limit
from service.audio.loudness import measure
from service.model.recording import Clip

_ROUNDS = 4
"""The limiter takes a part of each gain away again; after so many the rest is below 0.1 dB."""


def gain_to(clip: Clip, loudness: float) -> float:
    """The gain in dB at which the clip, with its peaks limited as they will be on air, has this loudness.

    Args:
        clip: speech; silences are gated out.
        loudness: integrated, in LUFS.

    Raises:
        EngineError: ffmpeg could not measure it.
        MissingPart: no ffmpeg on this machine.
    """
    gain = 0.0
    for _ in range(_ROUNDS):
        limited = Clip(limit(clip.pcm, clip.sample_rate, gain), clip.sample_rate)
        gain += loudness - measure(wav.of(limited)).integrated
    return gain
