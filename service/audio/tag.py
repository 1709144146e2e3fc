"""The metadata of an MP3: an ID3v2.3 tag, which every player reads.

The tag reserves space for chapters. Their titles are known before synthesis, their times only after it: until
then the space is padding, which players skip, and the tag's size does not change.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from urllib.parse import quote

from mutagen.id3 import APIC, CHAP, CTOC, ID3, TIT2, TLAN, TPE1, TSSE, WOAS, CTOCFlags

from service.audio.captions import right_to_left
from service.model.recording import Chapter, Tags

_URI = "%:/?#[]@!$&'()*+,;="
"""Characters left unescaped: a URI's reserved characters, and the ``%`` of existing escapes."""

_HEADER_BYTES = 10
_NO_OFFSET = 0xFFFFFFFF
"""Byte offset of a chapter that has only a time (ID3v2 Chapter Frame Addendum 1.0)."""


class Tag:
    """The tag of one file, while the file grows and when it is complete."""

    def __init__(self, tags: Tags, cover: bytes | None = None, chapters: Sequence[str] = ()) -> None:
        """Make a tag.

        Args:
            tags: the file's metadata; the language is Arabic (ISO 639-2 ``ara``).
            cover: a JPEG or PNG picture.
            chapters: their titles; 255 at most.
        """
        self._chapters = tuple(chapters)
        self._room = len(_chapter_frames([Chapter(title, 0, 0) for title in chapters]))
        self.growing = _saved(_frames(tags, cover), padding=self._room)

    def finished(self, chapters: Sequence[Chapter]) -> bytes:
        """The tag with its chapters filled in, of the same size.

        Raises:
            ValueError: these are not the chapters that the tag was made for.
        """
        if tuple(chapter.title for chapter in chapters) != self._chapters:
            raise ValueError("a tag has room for its own chapters only")
        return self.growing[: len(self.growing) - self._room] + _chapter_frames(chapters)


def picture_type(picture: bytes) -> str:
    """The media type of a JPEG or PNG picture."""
    return "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"


def uri(address: str) -> str:
    """An address with Arabic in it as a URI (RFC 3987, section 3.1)."""
    return quote(address, safe=_URI)


def _frames(tags: Tags, cover: bytes | None) -> ID3:
    frames = ID3()
    frames.add(TLAN(encoding=0, text="ara"))
    frames.add(TSSE(encoding=0, text="istami"))
    if tags.title:
        frames.add(TIT2(encoding=1, text=tags.title))
    if tags.artist:
        frames.add(TPE1(encoding=1, text=tags.artist))
    if tags.link:
        frames.add(WOAS(url=uri(tags.link)))
    if cover:
        frames.add(APIC(encoding=0, mime=picture_type(cover), type=3, desc="", data=cover))
    return frames


def _chapter_frames(chapters: Sequence[Chapter]) -> bytes:
    """A table of contents and its chapters, without a tag around them."""
    if not chapters:
        return b""
    names = [f"chapter{number}" for number in range(1, len(chapters) + 1)]
    frames = ID3()
    flags = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
    frames.add(CTOC(element_id="contents", flags=flags, child_element_ids=names, sub_frames=[]))
    for name, chapter in zip(names, chapters, strict=True):
        frames.add(
            CHAP(
                element_id=name,
                start_time=round(chapter.start * 1000),
                end_time=round(chapter.end * 1000),
                start_offset=_NO_OFFSET,
                end_offset=_NO_OFFSET,
                sub_frames=[TIT2(encoding=1, text=right_to_left(chapter.title))],
            )
        )
    return _saved(frames, padding=0)[_HEADER_BYTES:]


def _saved(frames: ID3, padding: int) -> bytes:
    file = io.BytesIO()
    frames.save(file, v2_version=3, padding=lambda _info: padding)
    return file.getvalue()
