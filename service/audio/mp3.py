"""Wraps frames as one MP3 file, playable from its first bytes; the duration is exact once it is complete.

The file is an ID3v2 tag, one silent frame that holds the Info header, and encoded clips (``frames.py``).
While the track is growing, the tag has no chapters and the Info header no length; the final ones, of the same
size, replace them, so that every byte after them is the same in the growing and in the finished file.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from service.audio.frames import DELAY, Format, silence
from service.audio.tag import Tag
from service.model.recording import Chapter

_ENCODER_DELAY = 576
"""Samples that LAME puts before its first input sample; decoders know the rest of ``DELAY``."""
_MOST_PADDING = 0xFFF


class Wrapping:
    """All parts of one file except its encoded clips."""

    def __init__(self, layout: Format, tag: Tag) -> None:
        """Begin a file.

        Args:
            layout: format of its frames.
            tag: the file's metadata.
        """
        self._layout = layout
        self._tag = tag
        self._closing = layout.frames_for(DELAY)

    @property
    def opening(self) -> bytes:
        """The bytes before the frames while the file grows."""
        return self._tag.growing + _info(self._layout)

    @property
    def closing(self) -> bytes:
        """Silent frames after the last clip, so that decoders play it to its end."""
        return silence(self._closing, self._layout)

    def finished(self, size: int, samples: int, chapters: Sequence[Chapter] = ()) -> bytes:
        """Replaces ``opening``, at the same size, when the file is complete.

        Args:
            size: bytes of the whole file, closing frames included.
            samples: total of all its clips.
            chapters: those that the tag was made for.
        """
        frames = self._layout.frames_for(samples) + self._closing
        return self._tag.finished(chapters) + _info(
            self._layout, frames, size - len(self._tag.growing), samples
        )

    def around(self, mp3: bytes, samples: int) -> bytes:
        """A complete file from encoded clips that hold so many samples."""
        size = len(self.opening) + len(mp3) + len(self.closing)
        return self.finished(size, samples) + mp3 + self.closing


def _info(layout: Format, frames: int = 0, size: int = 0, samples: int = 0) -> bytes:
    """A silent frame with the Info header of Xing, as LAME extended it.

    Layout after Gabriel Bouvigne's "MP3 Info Tag revision 1" specification. Without frames it states no
    length, and has the same size.

    Args:
        layout: format of the frames that follow.
        frames: number of frames that follow.
        size: bytes of all frames, this one included.
        samples: number of samples that decoders should output.
    """
    body = b"Info" + struct.pack(">I", 0b0111 if frames else 0)
    if frames:
        body += struct.pack(">II", frames, size)
        body += bytes(min(255, at * 256 // 100) for at in range(100))  # constant rate: a straight line
    padding = frames * layout.samples_a_frame - samples - _ENCODER_DELAY if frames else 0
    body += b"LAME3.100" + bytes([0x01]) + bytes(10) + bytes([min(255, layout.kbps)])
    body += (_ENCODER_DELAY << 12 | min(padding, _MOST_PADDING)).to_bytes(3, "big")
    body += bytes(4) + struct.pack(">I", size) + bytes(2)
    side_info = bytes(17 if layout.version == 1 else 9)  # mono
    kbps = layout.lowest_rate(4 + 17 + 8 + 108 + 36)  # room for the header above at its longest
    frame = layout.frame_header(kbps) + side_info + body
    frame += struct.pack(">H", _crc16(frame))
    return frame.ljust(layout.frame_bytes(kbps), b"\0")


def _crc16(data: bytes) -> int:
    """CRC-16/ARC, reflected polynomial 0xA001, as the Info header requires."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
