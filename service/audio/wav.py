"""Writes WAV (RIFF, 16 bits, mono): a clip, or a stream whose length is known before its samples arrive."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator

from service.model.recording import Clip

_BYTES = 2
"""Bytes per sample."""


async def whole(samples: AsyncIterator[bytes], count: int, rate: int) -> AsyncIterator[bytes]:
    """The file; its first bytes come with the first samples.

    Args:
        samples: 16-bit little-endian PCM in chunks. A resampler's surplus samples are dropped, and missing
            ones are replaced with silence.
        count: number of samples in the file.
        rate: sample rate in Hz.
    """
    left = _BYTES * count
    begun = await anext(samples, b"")
    yield _header(left, rate) + begun[:left]
    left -= min(left, len(begun))
    async for piece in samples:
        yield piece[:left]
        left -= min(left, len(piece))
    if left:
        yield bytes(left)


def of(clip: Clip) -> bytes:
    """A clip as a file."""
    return _header(len(clip.pcm), clip.sample_rate) + clip.pcm


def _header(size: int, rate: int) -> bytes:
    """The RIFF header for so many bytes of samples."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * _BYTES, _BYTES, 8 * _BYTES)
    return struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE") + form + struct.pack("<4sI", b"data", size)
