"""The store contract, in bytes. Every implementation passes ``tests/contract/test_store.py``."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Put:
    """A value and its lifetime."""

    value: bytes
    ttl: int | None = None
    """Seconds; ``None``: until it is deleted."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An exclusive, expiring right of one worker to produce one thing.

    A store that is short of memory and evicts the values that expire soonest must not evict claims.
    """

    name: str
    token: str


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition of a store."""

    memory: int
    """Bytes in use."""
    max_memory: int
    """Maximum number of bytes; 0: limited only by the machine."""
    policy: str
    """Eviction policy at that limit, by Redis's name."""
    evicted: int
    """Values evicted since it was started."""
    persistent: bool | None
    """Whether it writes its data to disk, continuously (AOF) or periodically (RDB).

    ``None`` if it does not report this.
    """
    saved: bool | None
    """Whether its last write to disk succeeded; ``None`` if it does not write, or does not report this."""
    saved_at: float
    """Time of the last snapshot, in seconds since 1970, UTC (RDB)."""
    unsaved: int
    """Changes since then."""
    time: float
    """Its clock: seconds since 1970, UTC."""


class Store(Protocol):
    """Blocking access, for workers and request threads.

    A damaged value that the store itself cannot read (another type, or not a number where one is counted) is
    logged and deleted: it counts as absent.

    Every method raises ``StoreUnavailable`` when the store does not answer in time, and every writing
    method ``StoreFull`` when it is out of memory.
    """

    def get(self, name: str) -> bytes | None:
        """Return the whole value, or ``None`` if it is absent."""

    def get_many(self, names: Iterable[str]) -> list[bytes | None]:
        """Return whole values in the requested order, in one round trip."""

    def put(self, name: str, put: Put, channel: str | None = None) -> None:
        """Store a value, replacing any existing one; with ``channel``, publish it there in the same step."""

    def put_new(self, name: str, put: Put) -> bool:
        """Store a value unless one exists; returns whether it was stored."""

    def swap(self, name: str, known: bytes | None, put: Put, channel: str | None = None) -> bool:
        """Store a value if the present one is ``known`` (``None``: absent); returns whether it was stored.

        With ``channel``, a stored value is published there in the same step.
        """

    def remove(self, name: str, known: bytes) -> bool:
        """Delete a value if the present one is ``known``; returns whether it was deleted."""

    def size(self, name: str) -> int:
        """Return the length in bytes; 0 if the value is absent."""

    def read(self, name: str, start: int, end: int) -> bytes:
        """Return bytes ``start`` to ``end`` (exclusive), transferring only these; fewer at the end."""

    def count(self, name: str, ttl: int) -> int:
        """Increment a number, which starts at 0 and expires in ``ttl`` seconds; returns the new number."""

    def increase(self, name: str, amounts: Mapping[str, float]) -> None:
        """Add to several numbers of one table, atomically; each starts at 0, and none expires."""

    def numbers(self, name: str) -> dict[str, float]:
        """Return all numbers of a table."""

    def touch(self, ttl: int | None, *names: str) -> None:
        """Let those values that exist expire in ``ttl`` seconds; ``None``: never.

        In a cluster, their names share a hash tag.
        """

    def delete(self, *names: str) -> None:
        """Delete values, those that exist."""

    def add(self, name: str, member: str, ttl: int | None = None, *others: str) -> bool:
        """Add a member to a set; returns whether it is new.

        With ``ttl``, the set and those values of ``others`` that exist expire in so many seconds. In a
        cluster, their names share a hash tag with the set's.
        """

    def discard(self, name: str, member: str) -> bool:
        """Remove a member from a set; returns whether it was a member."""

    def members(self, name: str) -> set[str]:
        """Return all members of a set."""

    def some(self, name: str, most: int) -> set[str]:
        """Return at most so many members of a set, drawn at random."""

    def place(
        self, name: str, member: str, score: float, *, most: int | None = None, ttl: int | None = None
    ) -> None:
        """Add a member to an ordered set, or change its score.

        Only the ``most`` members with the highest scores stay, and the set expires in ``ttl`` seconds; with
        ``None`` all members stay, and the set never expires.
        """

    def enter(
        self,
        name: str,
        member: str,
        score: float,
        *,
        most: int,
        above: float = -math.inf,
        ttl: int | None = None,
    ) -> float | None:
        """Remove old members from an ordered set, then add a member if it has fewer than ``most``.

        Old members are those with scores not above ``above``. Concurrent calls never exceed ``most``. An
        existing member gets the new score.

        Returns:
            The lowest score if the set is full (nothing was added), or ``None`` if the member is in it.
        """

    def displace(self, name: str, *members: str) -> None:
        """Remove members from an ordered set."""

    def highest(self, name: str, start: int, end: int) -> list[str]:
        """Return members ``start`` to ``end`` (exclusive) of an ordered set, from the highest score down."""

    def lowest(self, name: str, score: float, most: int) -> list[str]:
        """Return at most ``most`` members of an ordered set with scores up to ``score``, lowest first."""

    def publish(self, channel: str, message: bytes) -> None:
        """Send a message to the present listeners of a channel."""

    def claim(self, name: str, seconds: float) -> Claim | None:
        """Take a claim; returns ``None`` if it is held."""

    def renew(self, claim: Claim, seconds: float) -> None:
        """Extend a claim to ``seconds`` from now.

        Raises:
            ClaimLost: it expired, and may have a new holder.
        """

    def release(self, claim: Claim) -> None:
        """Release a claim; does nothing if it is no longer held."""

    def claimed(self, name: str) -> bool:
        """Whether the claim is held."""

    def lapsed(self, name: str) -> str | None:
        """Return the token of a claim that expired without being released: its holder has died."""

    def commit(  # noqa: PLR0913  # kinds of change, by name
        self,
        claim: Claim,
        puts: Mapping[str, Put],
        *,
        append: Mapping[str, Put] | None = None,
        overwrite: Mapping[str, bytes] | None = None,
        rename: Mapping[str, str] | None = None,
        delete: Iterable[str] = (),
        publish: Mapping[str, bytes] | None = None,
    ) -> None:
        """Change values atomically, in the order of the arguments, if the claim is still held.

        In a cluster, their names share a hash tag with the claim's.

        Args:
            claim: the claim.
            puts: values to store.
            append: bytes to append to values; absent ones are created, and each gets the lifetime given
                last.
            overwrite: bytes that replace the first bytes of values.
            rename: from old to new names of existing values; their lifetimes do not change.
            delete: values to delete.
            publish: from channels to messages.

        Raises:
            ClaimLost: it is not held; nothing was changed.
        """

    def ping(self) -> None:
        """Check that the store answers."""

    def condition(self) -> Condition:
        """Return the store's condition; for a cluster, of all its servers together."""


class Reader(Protocol):
    """Non-blocking, read-only access, for the event loop that serves listeners.

    A value of another type counts as absent; ``Store`` deletes it.
    """

    async def get(self, name: str) -> bytes | None:
        """Return the whole value, or ``None`` if it is absent."""

    async def size(self, name: str) -> int:
        """Return the length in bytes; 0 if the value is absent."""

    async def read(self, name: str, start: int, end: int) -> bytes:
        """Return bytes ``start`` to ``end`` (exclusive), transferring only these; fewer at the end."""

    async def look(self, name: str, start: int, end: int) -> tuple[int, bytes]:
        """Return the results of ``size`` and ``read``, in one round trip."""

    def listen(self, channel: str) -> AsyncGenerator[bytes | None]:
        """Yield messages as they are published, and ``None`` at least once a second, as a wake-up."""

    async def close(self) -> None:
        """Close connections."""
