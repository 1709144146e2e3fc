"""JSON Lines as they come in: piece by piece, none longer than it may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_MARK = b"\xef\xbb\xbf"
"""The byte order mark that some programs begin a file with."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank."""

    number: int
    """From 1; blank lines count."""
    content: bytes | None
    """``None``: it was longer than a line may be, and was passed over."""


class Lines:
    """Parts bytes into lines; holds no more of them than one line may be long."""

    def __init__(self, most: int) -> None:
        """Begin at the first line.

        Args:
            most: bytes of the longest line.
        """
        self._most = most
        self._begun = bytearray()
        self._length = 0
        self._number = 0

    def feed(self, piece: bytes) -> Iterator[Line]:
        """The lines that end in this piece."""
        *ended, rest = piece.split(b"\n")
        for part in ended:
            self._add(part)
            yield from self._end()
        self._add(rest)

    def end(self) -> Iterator[Line]:
        """The last line, where no line end closed it."""
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
