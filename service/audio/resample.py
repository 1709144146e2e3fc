"""A clip at another sample rate: that of the track, where a second voice has its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import soxr

from service.model.recording import Clip


def resampled(clip: Clip, sample_rate: int) -> Clip:
    """The clip at ``sample_rate`` hertz, band-limited, as long as before; its words stay where they are."""
    if clip.sample_rate == sample_rate:
        return clip
    samples = np.frombuffer(clip.pcm, dtype="<i2")
    # soxr works in the machine's own order of bytes; it rounds with dither, and clips what filters overshoot.
    converted = soxr.resample(samples.astype(np.int16), clip.sample_rate, sample_rate)
    return replace(clip, pcm=converted.astype("<i2").tobytes(), sample_rate=sample_rate)
