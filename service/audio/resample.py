"""Resamples a clip to the track's sample rate, for a second voice with another rate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import soxr

from service.model.recording import Clip


def resampled(clip: Clip, sample_rate: int) -> Clip:
    """The clip at ``sample_rate`` hertz, band-limited, with the same duration and word timings."""
    if clip.sample_rate == sample_rate:
        return clip
    samples = np.frombuffer(clip.pcm, dtype="<i2")
    # soxr uses the machine's byte order; it rounds with dither, and clips the overshoot of its filters.
    converted = soxr.resample(samples.astype(np.int16), clip.sample_rate, sample_rate)
    return replace(clip, pcm=converted.astype("<i2").tobytes(), sample_rate=sample_rate)
