"""The body of an answer: unpacked as it arrives, cut off at the limit, then decoded into text."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable

from w3lib.encoding import html_to_unicode

from service.model.errors import Unfit

ACCEPTED = "gzip, identity"
"""Encodings that Python's standard library can unpack in pieces of bounded size."""
_GZIP = 16 + zlib.MAX_WBITS


async def whole(chunks: AsyncIterable[bytes], encoding: str, most: int) -> bytes:
    """The whole body, unpacked; at most ``most`` bytes are ever in memory, however small it arrived.

    Args:
        chunks: as they come from the network.
        encoding: value of the Content-Encoding header, in lower case.
        most: bytes after unpacking.

    Raises:
        Unfit: it is larger, damaged, or packed otherwise.
    """
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise Unfit(
            f"The page has the encoding “{encoding}”, which was not requested.",
            f"الصفحة مضغوطة بصيغة لم تُطلب: «{encoding}».",
            field="url",
        )
    unpacker = zlib.decompressobj(_GZIP) if encoding.endswith("gzip") else None
    body = bytearray()
    async for chunk in chunks:
        room = most + 1 - len(body)
        try:
            body += unpacker.decompress(chunk, room) if unpacker else chunk[:room]
        except zlib.error as error:
            raise _damaged() from error
        if len(body) > most:
            raise Unfit(
                f"The page is larger than {most} bytes.",
                f"الصفحة أكبر من {most} بايت.",
                field="url",
            )
    if unpacker and not unpacker.eof:
        raise _damaged()
    return bytes(body)


def text(body: bytes, content_type: str) -> str:
    """A page's text, by the charset that its header, its first bytes or its markup declare; else UTF-8."""
    return html_to_unicode(content_type, body)[1]


def _damaged() -> Unfit:
    return Unfit("The page is damaged.", "وصلت الصفحة تالفة.", field="url")
