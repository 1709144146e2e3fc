"""Splits a stream of JSON Lines, with a limit on the length of a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_MARK = b"\xef\xbb\xbf"
"""The byte order mark that some programs write at the beginning of a file."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank."""

    number: int
    """From 1; blank lines count."""
    content: bytes | None
    """``None``: it exceeded the length limit and was skipped."""


class Lines:
    """Splits bytes into lines; buffers at most one line."""

    def __init__(self, most: int) -> None:
        """Start at the first line.

        Args:
            most: maximum number of bytes in a line.
        """
        self._most = most
        self._begun = bytearray()
        self._length = 0
        self._number = 0

    def feed(self, piece: bytes) -> Iterator[Line]:
        """Yield the lines that end in this piece."""
        *ended, rest = piece.split(b"\n")
        for part in ended:
            self._add(part)
            yield from self._end()
        self._add(rest)

    def end(self) -> Iterator[Line]:
        """Yield the last line, if it has no line end."""
        if self._length:
            yield from self._end()

    def _add(self, part: bytes) -> None:
        self._length += len(part)
        if self._length <= self._most:
            self._begun += part
        else:
            self._begun.clear()

    def _end(self) -> Iterator[Line]:
        self._number += 1
        content = bytes(self._begun) if self._length <= self._most else None
        self._begun.clear()
        self._length = 0
        if content is not None and self._number == 1:
            content = content.removeprefix(_MARK)
        if content is None or content.strip():
            yield Line(self._number, content)
