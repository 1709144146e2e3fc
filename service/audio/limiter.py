"""A look-ahead limiter: it attenuates loud peaks over a few milliseconds instead of clipping them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CEILING_DB = -2.0
"""Highest sample, in dB of full scale. One dB below the −1 dBTP that broadcasters allow (EBU R 128), as
headroom for inter-sample peaks and the MP3 encoder's overshoot."""

_BLOCK = 16
"""Samples that share one step of the gain curve: under a millisecond at every sample rate."""
_REACH_SECONDS = 0.005
"""Attack time before a peak and release time after it."""


def limit(pcm: bytes, sample_rate: int, gain_db: float) -> bytes:
    """Apply a gain and limit every sample to the ceiling.

    A look-ahead limiter: a running minimum spreads the gain that each block needs to its neighbours, and a
    shorter window smooths it, so that it never exceeds the gain that a peak allows (Giannoulis,
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
    """A smooth gain curve that is nowhere above ``gain``, not even between its steps."""
    # Each minimum covers one block more than the averaging window on either side: so every minimum in an
    # average includes the middle block and both its neighbours.
    padded = np.pad(gain, 2 * reach + 1, constant_values=1.0)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 3).min(axis=1)
    window = np.hanning(2 * reach + 3)[1:-1]
    return np.convolve(lowest, window / window.sum(), mode="valid")
