"""A WAV whose length is known before its samples are there (RIFF, 16 bits, mono)."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator

_BYTES = 2
"""Of a sample."""


async def whole(samples: AsyncIterator[bytes], count: int, rate: int) -> AsyncIterator[bytes]:
    """The file; it begins when its samples do.

    Args:
        samples: 16-bit little-endian PCM, a piece at a time. What a resampler makes too many is left out, and
            what it makes too few is filled up with silence.
        count: samples that the file has.
        rate: samples a second.
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


def _header(size: int, rate: int) -> bytes:
    """What stands before so many bytes of samples."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * _BYTES, _BYTES, 8 * _BYTES)
    return struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE") + form + struct.pack("<4sI", b"data", size)
