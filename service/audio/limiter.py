"""Gain with a ceiling: loud peaks are eased down over a few milliseconds instead of being cut off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CEILING_DB = -2.0
"""Highest sample, in dB of full scale. One dB below the −1 dBTP that broadcasters allow (EBU R 128), for
what lies between the samples and what the MP3 coder adds."""

_BLOCK = 16
"""Samples that share one step of the gain curve: under a millisecond at every sample rate."""
_REACH_SECONDS = 0.005
"""How long before a peak the gain begins to fall, and after it to rise."""


def limit(pcm: bytes, sample_rate: int, gain_db: float) -> bytes:
    """Apply a gain and keep every sample under the ceiling.

    A look-ahead limiter: the gain that each stretch would need is spread to its neighbours by a running
    minimum and smoothed by a shorter window, so that it never exceeds what a peak allows (Giannoulis,
    Massberg & Reiss, "Digital Dynamic Range Compressor Design", 2012, on look-ahead).
    """
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) * (10 ** (gain_db / 20) / 32768)
    ceiling = 10 ** (CEILING_DB / 20)
    peaks = np.abs(samples)
    if peaks.size and peaks.max() > ceiling:
        blocks = np.pad(peaks, (0, -len(peaks) % _BLOCK)).reshape(-1, _BLOCK).max(axis=1)
        needed = ceiling / np.maximum(blocks, ceiling)
        gain = _eased(needed, max(1, round(_REACH_SECONDS * sample_rate / _BLOCK)))
        middles = np.arange(len(blocks)) * _BLOCK + _BLOCK / 2
        samples *= np.interp(np.arange(len(samples)), middles, gain)
    scaled: NDArray[np.int16] = np.rint(samples * 32767).astype("<i2")
    return scaled.tobytes()


def _eased(gain: NDArray[np.floating], reach: int) -> NDArray[np.floating]:
    """A gain curve without corners that is nowhere above ``gain``, not even between its steps."""
    # Each average is over minima that all look one block further than the average itself reaches: so all of
    # them include the block in the middle and both its neighbours.
    padded = np.pad(gain, 2 * reach + 1, constant_values=1.0)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 3).min(axis=1)
    window = np.hanning(2 * reach + 3)[1:-1]
    return np.convolve(lowest, window / window.sum(), mode="valid")
