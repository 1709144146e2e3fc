"""Post-processing of engine output, the same for all engines."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.model.errors import EngineError

Samples = npt.NDArray[np.float32]
"""Mono, full scale at -1 and 1."""

SILENCE = 10 ** (-50 / 20)
"""Below this level (-50 dBFS) a sample is inaudible beside speech at -16 LUFS."""
EDGE_SECONDS = 0.010
"""Silence left at each end of a clip: enough for a fade, too short for a pause."""
FULL_SCALE = 32767 / 32768
"""The largest amplitude that 16 bits hold in both polarities."""


class Trimmed(NamedTuple):
    """Sound without the silence around it."""

    samples: Samples
    lead: int
    """Number of samples trimmed from the start."""


def from_int16(pcm: bytes) -> Samples:
    """16-bit little-endian PCM as samples."""
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(32768)


def to_int16(samples: Samples) -> bytes:
    """Samples as 16-bit little-endian PCM."""
    return np.round(np.clip(samples, -FULL_SCALE, FULL_SCALE) * 32768).astype("<i2").tobytes()


def whole(samples: Samples) -> Samples:
    """Return the samples unchanged after checking that all are finite.

    Raises:
        EngineError: a sample is infinite or not a number.
    """
    if not np.isfinite(samples).all():
        raise EngineError("the audio contains values that are not numbers", "في الصوت قيم ليست أعدادًا")
    return samples


def trim(samples: Samples, sample_rate: int) -> Trimmed:
    """Remove DC offset and the silence at both ends, except ``EDGE_SECONDS``.

    Entirely silent sound becomes empty.
    """
    if not samples.size:
        return Trimmed(samples, 0)
    level = samples - np.float32(samples.mean(dtype=np.float64))
    loud = np.flatnonzero(np.abs(level) > SILENCE)
    if not loud.size:
        return Trimmed(level[:0], samples.size)
    edge = int(EDGE_SECONDS * sample_rate)
    first, last = max(0, int(loud[0]) - edge), int(loud[-1]) + 1 + edge
    return Trimmed(level[first:last], first)
