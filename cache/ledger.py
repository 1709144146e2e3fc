"""The ledger contract: counters, limits and notes that must last until their end.

A cache may lose any value at any time; a ledger may not. A server that is short of room evicts first what
lives shortest, and that is what stands here. So nothing of a ledger has a time to live: each entry carries
its end, and each write removes entries that have ended. A relational database could hold this contract
as well. Every implementation passes ``tests/contract/test_ledger.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

MOST = 100_000
"""Entries of one table; beyond that, those that end soonest are removed."""
LONGEST = 366 * 86_400.0
"""Seconds that an entry lasts at most; an end that lies further away is damaged."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is left of an allowance."""

    allowed: bool
    left: int
    """So many more at once."""
    wait: float
    """Seconds until one more is allowed; 0 where one is now."""
    full: float
    """Seconds until all of it is there again."""


class Ledger(Protocol):
    """Tables of entries, each of which lasts for so many seconds from when it was last written.

    Each method changes what it changes in one step, however many processes act at once. An entry that is
    damaged counts as absent.

    Every method raises ``StoreUnavailable`` when the ledger does not answer in time, and every writing
    method ``StoreFull`` when it has no room.
    """

    def take(self, table: str, entry: str, most: int, seconds: float) -> Taken:
        """Take one of an allowance of ``most`` that comes back evenly, all of it within ``seconds``.

        What is refused takes nothing. Whatever process asks, it is the same allowance.
        """

    def count(self, table: str, entry: str, seconds: float) -> int:
        """Add one to a number, which begins at 0; returns the new number."""

    def spend(
        self,
        table: str,
        entry: str,
        amounts: Mapping[str, float],
        limits: Mapping[str, float],
        seconds: float,
    ) -> str | None:
        """Add an entry's amounts to totals, unless one of these has reached its limit.

        An entry is counted once: again changes nothing, and is not refused. Of several that count at the same
        moment only one brings a total to its limit.

        Args:
            table: of the entry and of the totals, which are entries too.
            entry: what is counted; its value is empty.
            amounts: what it adds, by the entry of the total.
            limits: of some of these totals.
            seconds: that the entry and the totals last from now on.

        Returns:
            The total that has reached its limit: nothing was added. ``None``: the entry is counted.
        """

    def note(self, table: str, entry: str, value: bytes, seconds: float) -> None:
        """Store a value, replacing what was there."""

    def noted(self, table: str, entry: str) -> bytes | None:
        """Return a value, or ``None``."""

    def every(self, table: str) -> dict[str, bytes]:
        """Return all values of a table, by their entries."""

    def forget(self, table: str, entry: str) -> None:
        """Remove an entry, if it is there."""


class Allowances(Protocol):
    """The part of a ledger that the event loop asks, without blocking."""

    async def take(self, table: str, entry: str, most: int, seconds: float) -> Taken:
        """See ``Ledger.take``."""

    async def noted(self, table: str, entry: str) -> bytes | None:
        """See ``Ledger.noted``."""

    async def close(self) -> None:
        """Close connections."""
