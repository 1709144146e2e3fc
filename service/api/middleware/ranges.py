"""The Range header, as RFC 9110, section 14 defines it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The requested range, before the length is known."""

    first: int | None
    """``None``: the last ``last`` bytes."""
    last: int | None
    """Inclusive; ``None``: to the end."""

    def within(self, size: int) -> tuple[int, int] | None:
        """Start and end (exclusive) in a value of ``size`` bytes; ``None`` when it has no such bytes."""
        if self.first is None:
            wanted = min(self.last or 0, size)
            return (size - wanted, size) if wanted else None
        if self.first >= size:
            return None
        return self.first, size if self.last is None else min(self.last + 1, size)


def parse(header: str | None) -> ByteRange | None:
    """The one requested range.

    ``None`` when the whole is to be sent: no header, another unit, not well-formed, or more ranges than
    one, all of which a server may (or must) ignore.
    """
    match = _ONE_RANGE.fullmatch(header) if header else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = (int(number) if number else None for number in match.groups())
    if first is not None and last is not None and last < first:
        return None
    return ByteRange(first, last)
