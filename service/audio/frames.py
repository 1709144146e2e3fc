"""Encodes PCM as MP3 frames, clip by clip; the encoded clips concatenate to one stream.

Each clip has its own encoder and yields as many frames as its PCM fills. A new encoder's first frame refers
to no earlier frame, so a decoder passes from clip to clip as from frame to frame. The samples that the codec
spreads across a join (its delay and half a window) are lost: so a clip ends in ``TAIL_SECONDS`` of digital
silence, or ``LEAST_TAIL`` where only a breath follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import lameenc

from service.model.errors import EngineError
from service.model.recording import EncodedClip

SAMPLE_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Sample rates of MP3 (ISO/IEC 11172-3, 13818-3 and the MPEG-2.5 extension), in Hz."""

DELAY = 1105
"""Codec delay in samples, from encoder input to decoder output: 576 of LAME's padding, 528 of the decoder's
filters (ISO/IEC 11172-3) and one more that decoders count."""

TAIL_SECONDS = 0.2
"""Silence at the end of a clip: at 8 kHz, the lowest rate, the delay and nearly half a window of 1152."""
LEAST_TAIL = DELAY + 256
"""Samples of silence at the end of a clip that a breath follows: the delay and half the filters' window.
At 16 kHz they last 85 ms."""

_QUALITY = 7
"""LAME's own scale, 0 slowest to 9 fastest. At 7 it still uses its psychoacoustic model, and encodes speech
in half the time of 5."""

_BIT_RATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""kbit/s by the header's bit rate index, for layer III of MPEG-1 and of MPEG-2 and 2.5."""

_HEADER_BYTES = 4
_SYNC_BYTES = 2
_PADDED = 0x02
"""The padding bit in a frame header's third byte: the frame is one byte longer."""


@dataclass(frozen=True, slots=True)
class Format:
    """Format shared by all frames of one file: mono, constant bit rate."""

    sample_rate: int
    kbps: int

    def __post_init__(self) -> None:
        """Reject rates that MP3 does not support, with a ``ValueError``."""
        rates = _BIT_RATES[self.version]
        most = rates[-1] if self.sample_rate >= 16000 else 64  # noqa: PLR2004  # MPEG-2.5, in LAME
        known = self.sample_rate in SAMPLE_RATES and self.kbps in rates[1:]
        if not known or self.kbps > most:
            raise ValueError(f"MP3 knows no {self.kbps} kbit/s at {self.sample_rate} Hz")

    @property
    def version(self) -> int:
        """1 for MPEG-1; 2 for MPEG-2 and MPEG-2.5."""
        return 1 if self.sample_rate >= 32000 else 2  # noqa: PLR2004  # where MPEG-1's rates begin

    @property
    def samples_a_frame(self) -> int:
        """PCM samples in one frame."""
        return 1152 if self.version == 1 else 576

    def frames_for(self, samples: int) -> int:
        """Number of frames that hold so many samples."""
        return -(-samples // self.samples_a_frame)

    def frame_bytes(self, kbps: int) -> int:
        """Size in bytes of a frame at this bit rate, without padding."""
        return self.samples_a_frame * kbps * 125 // self.sample_rate

    def frame_header(self, kbps: int) -> bytes:
        """Sync, version, layer III, no CRC; bit rate and sample rate indices; mono (ISO/IEC 13818-3)."""
        half = self.sample_rate < 16000  # noqa: PLR2004  # where MPEG-2.5's rates end
        version_bits = 0b11 if self.version == 1 else 0b00 if half else 0b10
        rates = {1: (44100, 48000, 32000), 2: (22050, 24000, 16000)}[self.version]
        rate_index = rates.index(self.sample_rate * 2 if half else self.sample_rate)
        bit_rate_index = _BIT_RATES[self.version].index(kbps)
        return bytes([0xFF, 0xE3 | version_bits << 3, bit_rate_index << 4 | rate_index << 2, 0b1100_0000])

    def lowest_rate(self, room: int) -> int:
        """The lowest bit rate, from the file's own on, at which a frame has so many bytes."""
        rates = _BIT_RATES[self.version]
        return next(rate for rate in rates if rate >= self.kbps and self.frame_bytes(rate) >= room)


def encode(pcm: bytes, layout: Format) -> bytes:
    """Encode PCM as whole frames, the last one padded with silence.

    Raises:
        EngineError: the encoder's output is not self-contained, or has another layout or length.
    """
    frames = layout.frames_for(len(pcm) // 2)
    lame = lameenc.Encoder()
    lame.silence()
    lame.set_channels(1)
    lame.set_in_sample_rate(layout.sample_rate)
    lame.set_out_sample_rate(layout.sample_rate)
    lame.set_bit_rate(layout.kbps)
    lame.set_quality(_QUALITY)
    made = bytes(lame.encode(pcm.ljust(2 * frames * layout.samples_a_frame, b"\0")))
    made += bytes(lame.flush())
    ends = [0, *_ends(made, layout)]
    if len(ends) <= frames or not _self_contained(made, layout):
        raise EngineError("The MP3 encoder made no whole frames.", "لم يُنتج مُرمِّز MP3 إطارات كاملة.")
    return made[: ends[frames]]


@lru_cache(maxsize=64)
def silence(frames: int, layout: Format) -> bytes:
    """So many silent frames."""
    return encode(bytes(2 * frames * layout.samples_a_frame), layout)


def leading_bytes(mp3: bytes, frames: int, layout: Format) -> int | None:
    """Number of bytes in the first so many frames; ``None`` if there are fewer whole ones."""
    return next(islice(_ends(mp3, layout), frames - 1, None), None) if frames else 0


def _ends(mp3: bytes, layout: Format) -> Iterator[int]:
    """The end of each frame in a stream, up to one that is truncated or has another layout."""
    at, size, header = 0, layout.frame_bytes(layout.kbps), layout.frame_header(layout.kbps)[:_SYNC_BYTES]
    while mp3.startswith(header, at):
        at += size + bool(mp3[at + 2] & _PADDED)
        if at > len(mp3):
            return
        yield at


def _self_contained(mp3: bytes, layout: Format) -> bool:
    """Whether the first frame refers to no earlier frame: its ``main_data_begin`` (9 bits, or 8) is 0."""
    side_info = int.from_bytes(mp3[_HEADER_BYTES : _HEADER_BYTES + 2], "big")
    return side_info >> (7 if layout.version == 1 else 8) == 0


def paused(stretch: EncodedClip, pause: float, layout: Format) -> tuple[bytes, int]:
    """Append silent frames for a pause of at least so many seconds; returns the MP3 and its samples.

    A pause ends at a frame boundary: it is up to one frame longer than requested.
    """
    wanted = layout.frames_for(stretch.sound + round(pause * layout.sample_rate))
    more = max(0, wanted - layout.frames_for(stretch.samples))
    return stretch.mp3 + silence(more, layout), stretch.samples + more * layout.samples_a_frame
