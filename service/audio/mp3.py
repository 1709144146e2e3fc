"""PCM into one constant-bit-rate MP3, playable from its first bytes on and right in its length when whole.

The file is an ID3v2 tag, one silent frame that holds the Info header, and LAME's frames. While the track is
still growing the Info header tells no length; the finished one, of the same size, takes its place, so
that every byte after it is the same in the growing and in the finished file.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from urllib.parse import quote

import lameenc
from mutagen.id3 import APIC, ID3, TIT2, TLAN, TPE1, TSSE, WOAS

from service.types import Tags

SAMPLE_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Those that MP3 knows (ISO/IEC 11172-3, 13818-3 and the MPEG-2.5 extension), in Hz."""

_QUALITY = 7
"""LAME's own scale, 0 slowest to 9 fastest. At 7 it keeps its psychoacoustic model, and speech takes half the
time that it takes at 5."""

_URI = "%:/?#[]@!$&'()*+,;="
"""What stays as it is when an address with Arabic in it becomes a URI (RFC 3987, section 3.1)."""

_ENCODER_DELAY = 576
"""Samples that LAME puts before the first one it was given."""

_BIT_RATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""kbit/s by the header's bit rate index, for layer III of MPEG-1 and of MPEG-2 and 2.5."""


class Encoder:
    """One MP3, made while the track grows."""

    def __init__(self, sample_rate: int, kbps: int, tags: Tags, cover: bytes | None = None) -> None:
        """Begin a file.

        Args:
            sample_rate: of the PCM, mono 16-bit; one of ``SAMPLE_RATES``.
            kbps: constant bit rate in kbit/s.
            tags: what the file says of itself.
            cover: a JPEG or PNG picture.

        Raises:
            ValueError: a rate that MP3 does not know.
        """
        self._layout = _Layout.of(sample_rate, kbps)
        self._id3 = id3(tags, cover)
        self._lame = lameenc.Encoder()
        self._lame.silence()
        self._lame.set_channels(1)
        self._lame.set_in_sample_rate(sample_rate)
        self._lame.set_out_sample_rate(sample_rate)
        self._lame.set_bit_rate(kbps)
        self._lame.set_quality(_QUALITY)
        self._samples = 0
        self._begun = False
        self._frames = bytearray()

    def encode(self, pcm: bytes) -> bytes:
        """The bytes that follow in the growing file; at first with everything that stands before them."""
        self._samples += len(pcm) // 2
        return self._out(bytes(self._lame.encode(pcm)))

    def finish(self) -> bytes:
        """The whole finished file."""
        self._out(bytes(self._lame.flush()))
        header = self._layout.header(len(self._frames), self._samples)
        return self._id3 + header + bytes(self._frames)

    def _out(self, frames: bytes) -> bytes:
        self._frames += frames
        if self._begun:
            return frames
        self._begun = True
        return self._id3 + self._layout.header() + frames


def id3(tags: Tags, cover: bytes | None = None) -> bytes:
    """An ID3v2.3 tag, which every player reads; language Arabic (ISO 639-2 ``ara``)."""
    frames = ID3()
    frames.add(TLAN(encoding=0, text="ara"))
    frames.add(TSSE(encoding=0, text="istami"))
    if tags.title:
        frames.add(TIT2(encoding=1, text=tags.title))
    if tags.artist:
        frames.add(TPE1(encoding=1, text=tags.artist))
    if tags.link:
        frames.add(WOAS(url=quote(tags.link, safe=_URI)))
    if cover:
        mime = "image/png" if cover.startswith(b"\x89PNG") else "image/jpeg"
        frames.add(APIC(encoding=0, mime=mime, type=3, desc="", data=cover))
    file = io.BytesIO()
    frames.save(file, v2_version=3, padding=lambda _info: 0)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the frames of one file look like."""

    version: int
    """1 for MPEG-1; 2 for MPEG-2 and MPEG-2.5."""
    sample_rate: int
    kbps: int

    @classmethod
    def of(cls, sample_rate: int, kbps: int) -> _Layout:
        version = 1 if sample_rate >= 32000 else 2  # noqa: PLR2004  # where MPEG-1's rates begin
        most = _BIT_RATES[version][-1] if sample_rate >= 16000 else 64  # noqa: PLR2004  # MPEG-2.5, in LAME
        if sample_rate not in SAMPLE_RATES or kbps not in _BIT_RATES[version][1:] or kbps > most:
            raise ValueError(f"MP3 knows no {kbps} kbit/s at {sample_rate} Hz")
        return cls(version, sample_rate, kbps)

    @property
    def samples_a_frame(self) -> int:
        return 1152 if self.version == 1 else 576

    def header(self, frame_bytes: int = 0, samples: int = 0) -> bytes:
        """A silent frame with the Info header that Xing began and LAME extended.

        Layout after Gabriel Bouvigne's "MP3 Info Tag revision 1" specification. Without arguments it tells
        no length, and is of the same size.
        """
        side_info = 17 if self.version == 1 else 9  # mono
        known = samples > 0
        total = self._frame_count(frame_bytes)
        body = b"Info" + struct.pack(">I", 0b0111 if known else 0)
        if known:
            body += struct.pack(">II", total, frame_bytes + self._size())
            body += bytes(min(255, at * 256 // 100) for at in range(100))  # constant rate: a straight line
        padding = max(0, total * self.samples_a_frame - samples - _ENCODER_DELAY) if known else 0
        body += b"LAME3.100" + bytes([0x01]) + bytes(10) + bytes([min(255, self.kbps)])
        body += (_ENCODER_DELAY << 12 | min(padding, 0xFFF)).to_bytes(3, "big")
        body += bytes(4) + struct.pack(">I", frame_bytes + self._size() if known else 0) + bytes(2)
        frame = self._frame_header() + bytes(side_info) + body
        frame += struct.pack(">H", _crc16(frame))
        return frame.ljust(self._size(), b"\0")

    def _frame_count(self, frame_bytes: int) -> int:
        return round(frame_bytes * 8 * self.sample_rate / (self.kbps * 1000) / self.samples_a_frame)

    def _size(self) -> int:
        return self.samples_a_frame * self._header_kbps() * 125 // self.sample_rate

    def _header_kbps(self) -> int:
        """The lowest rate, from the file's own on, at which a frame has room for the Info header."""
        room = 4 + 17 + 8 + 108 + 36
        enough = (
            rate
            for rate in _BIT_RATES[self.version]
            if rate >= self.kbps and self.samples_a_frame * rate * 125 // self.sample_rate >= room
        )
        return next(enough)

    def _frame_header(self) -> bytes:
        """Sync, version, layer III, no CRC; bit rate and sample rate indices; mono (ISO/IEC 13818-3)."""
        half = self.sample_rate < 16000  # noqa: PLR2004  # where MPEG-2.5's rates end
        version_bits = 0b11 if self.version == 1 else 0b00 if half else 0b10
        rates = {1: (44100, 48000, 32000), 2: (22050, 24000, 16000)}[self.version]
        rate_index = rates.index(self.sample_rate * 2 if half else self.sample_rate)
        bit_rate_index = _BIT_RATES[self.version].index(self._header_kbps())
        return bytes([0xFF, 0xE3 | version_bits << 3, bit_rate_index << 4 | rate_index << 2, 0b1100_0000])


def _crc16(data: bytes) -> int:
    """CRC-16/ARC, reflected polynomial 0xA001, as the Info header wants it."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
