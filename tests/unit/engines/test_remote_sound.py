"""WAV as servers of all kinds write it, and what only looks like it."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from service.engines.remote.sound import decode
from service.model.errors import EngineError

RATE = 24_000
TONE = (0.3 * np.sin(np.arange(2400) / 20)).astype(np.float32)


def wav(
    data: bytes,
    code: int = 1,
    channels: int = 1,
    bits: int = 16,
    *,
    size: int | None = None,
    before: bytes = b"",
) -> bytes:
    block = channels * bits // 8
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, code, channels, RATE, RATE * block, block, bits)
    said = len(data) if size is None else size
    return (
        b"RIFF"
        + struct.pack("<I", 0xFFFFFFFF)
        + b"WAVE"
        + form
        + before
        + struct.pack("<4sI", b"data", said)
        + data
    )


INT16 = (TONE * 32767).round().astype("<i2").tobytes()
STEREO = np.repeat(np.frombuffer(INT16, "<i2"), 2).tobytes()
RIGHT = {
    "16 bits": wav(INT16),
    "floating point": wav(TONE.astype("<f4").tobytes(), code=3, bits=32),
    "stereo": wav(STEREO, channels=2),
    "a stream of unknown length": wav(INT16, size=0xFFFFFFFF),
    "a stream with size 0": wav(INT16, size=0),
    "a chunk before the samples": wav(INT16, before=b"LIST" + struct.pack("<I", 5) + b"INFO\0\0"),
    "half a sample at the end of a stream": wav(INT16 + b"\1", size=0xFFFFFFFF),
}
WRONG = {
    "cut off": wav(INT16[:-500], size=len(INT16)),
    "cut off within the header": wav(INT16)[:30],
    "8 bits": wav(bytes(2400), bits=8),
    "24 bits": wav(bytes(2400), bits=24),
    "six channels": wav(INT16, channels=6),
    "mu-law": wav(bytes(2400), code=7, bits=8),
    "not a number": wav(np.full(2400, np.nan, "<f4").tobytes(), code=3, bits=32),
    "an MP3": b"ID3" + bytes(100),
}


@pytest.mark.parametrize("body", RIGHT.values(), ids=RIGHT)
def test_it_is_read(body: bytes) -> None:
    assert np.abs(decode(body, "audio/wav", "wav", RATE) - TONE).max() < 0.001


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_it_is_refused_with_words(body: bytes) -> None:
    with pytest.raises(EngineError) as caught:
        decode(body, "audio/wav", "wav", RATE)
    assert caught.value.ar


def test_samples_that_begin_like_a_text_are_samples() -> None:
    body = b"{\0" + INT16
    assert decode(body, "audio/pcm", "pcm", RATE).size == len(body) // 2
