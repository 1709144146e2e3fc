"""The ledger contract: counters, limits and notes that must not be lost before they expire.

A cache may lose any value at any time; a ledger may not. A server that is short of memory first evicts the
values that expire soonest, and a ledger's entries are short-lived. So a ledger sets no TTL: each entry stores
its own end, and each write removes entries that have ended. A relational database could implement this
contract as well. Every implementation passes ``tests/contract/test_ledger.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

MOST = 100_000
"""Maximum number of entries in a table; beyond that, those that end soonest are removed."""
LONGEST = 366 * 86_400.0
"""Maximum lifetime of an entry in seconds; a later end is treated as damaged."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The state of an allowance after a request."""

    allowed: bool
    left: int
    """How many more may be taken immediately."""
    wait: float
    """Seconds until one more is allowed; 0 if one is allowed now."""
    full: float
    """Seconds until the whole allowance is available again."""


class Ledger(Protocol):
    """Tables of entries; each entry expires a given number of seconds after its last write.

    Each method is atomic, also between processes. A damaged entry counts as absent.

    Every method raises ``StoreUnavailable`` when the ledger does not answer in time, and every writing
    method ``StoreFull`` when it is out of memory.
    """

    def take(self, table: str, entry: str, most: int, seconds: float) -> Taken:
        """Take one from an allowance of ``most`` that refills evenly, completely within ``seconds``.

        A refused request takes nothing. All processes share the allowance.
        """

    def count(self, table: str, entry: str, seconds: float) -> int:
        """Increment a number, which starts at 0, and return it."""

    def spend(
        self,
        table: str,
        entry: str,
        amounts: Mapping[str, float],
        limits: Mapping[str, float],
        seconds: float,
    ) -> str | None:
        """Add an entry's amounts to totals, unless one of the totals has reached its limit.

        An entry is counted once: a repeated call changes nothing and is not refused. Of concurrent calls,
        only one brings a total to its limit.

        Args:
            table: of the entry and of the totals, which are entries too.
            entry: the entry to count; its value is empty.
            amounts: amounts to add, by the entry of the total.
            limits: limits of some of these totals.
            seconds: lifetime of the entry and the totals from now on.

        Returns:
            The total that has reached its limit (nothing was added), or ``None`` if the entry is counted.
        """

    def note(self, table: str, entry: str, value: bytes, seconds: float) -> None:
        """Store a value, replacing any existing one."""

    def noted(self, table: str, entry: str) -> bytes | None:
        """Return a value, or ``None`` if it is absent."""

    def every(self, table: str) -> dict[str, bytes]:
        """Return all values of a table, by their entries."""

    def forget(self, table: str, entry: str) -> None:
        """Remove an entry, if it exists."""


class Allowances(Protocol):
    """The non-blocking part of a ledger, for the event loop."""

    async def take(self, table: str, entry: str, most: int, seconds: float) -> Taken:
        """See ``Ledger.take``."""

    async def noted(self, table: str, entry: str) -> bytes | None:
        """See ``Ledger.noted``."""

    async def close(self) -> None:
        """Close connections."""
