"""Gain with a ceiling: loud peaks are eased down over a few milliseconds instead of being cut off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CEILING_DB = -2.0
"""Highest sample, in dB of full scale. One dB below the −1 dBTP that broadcasters allow (EBU R 128), for
what lies between the samples and what the MP3 coder adds."""

_LOOKAHEAD_SECONDS = 0.005


def limit(pcm: bytes, sample_rate: int, gain_db: float) -> bytes:
    """Apply a gain and keep every sample under the ceiling.

    A look-ahead limiter: the gain that each sample would need is spread to its neighbours by a running
    minimum and smoothed by a window of the same length, so that it never exceeds what a peak allows
    (Giannoulis, Massberg & Reiss, "Digital Dynamic Range Compressor Design", 2012, section on look-ahead).
    """
    if not pcm:
        return pcm
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64) / 32768 * 10 ** (gain_db / 20)
    ceiling = 10 ** (CEILING_DB / 20)
    peaks = np.abs(samples)
    if peaks.max() > ceiling:
        needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
        samples *= _eased(needed, max(1, round(_LOOKAHEAD_SECONDS * sample_rate)))
    scaled: NDArray[np.int16] = np.rint(samples * 32767).astype("<i2")
    return scaled.tobytes()


def _eased(gain: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """A gain curve without corners that is nowhere above ``gain``."""
    width = 2 * reach + 1
    # The minimum over 2·reach either side, then a Hann average over reach either side: each average is of
    # minima that all include the sample in the middle, so it cannot exceed that sample's own gain.
    padded = np.pad(gain, 2 * reach, constant_values=1.0)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, width).min(axis=1)
    window = np.hanning(width + 2)[1:-1]
    return np.convolve(lowest, window / window.sum(), mode="valid")
