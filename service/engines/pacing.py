"""Makes speech faster or slower without changing its pitch, for models that cannot.

WSOLA: W. Verhelst and M. Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for high
quality time-scale modification of speech", ICASSP 1993.
"""

from __future__ import annotations

import numpy as np

from service.engines.pcm import Samples

_FRAME_SECONDS = 0.030
"""A frame: two or more periods of most voices."""
_REACH_SECONDS = 0.008
"""How far the best joint is looked for: about a period of a deep voice."""


def paced(samples: Samples, sample_rate: int, speed: float) -> Samples:
    """Speech at another speed.

    Args:
        samples: the speech.
        sample_rate: hertz.
        speed: 2.0 is twice as fast; at 1.0 the samples are unchanged.
    """
    half = int(_FRAME_SECONDS * sample_rate) // 2
    reach = int(_REACH_SECONDS * sample_rate)
    if speed == 1.0 or samples.size < 4 * half:
        return samples
    window = np.hanning(2 * half + 1)[: 2 * half].astype(np.float32)
    steps = max(1, int(samples.size / speed) // half)
    padded = np.pad(samples, (half + reach, 3 * half + 2 * reach))
    made = np.zeros((steps + 1) * half, np.float32)
    follows = padded[reach : reach + 2 * half]
    for step in range(steps):
        near = padded[int(step * half * speed) :][: 2 * half + 2 * reach]
        shift = int(np.argmax(np.correlate(near, follows)))
        start = int(step * half * speed) + shift
        made[step * half : (step + 2) * half] += window * padded[start : start + 2 * half]
        follows = padded[start + half : start + 3 * half]
    return made[half:]
