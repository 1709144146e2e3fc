"""The store contract, in bytes. Every implementation passes ``tests/contract/test_store.py``."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Put:
    """A value and how long it is kept."""

    value: bytes
    ttl: int | None = None
    """Seconds; ``None`` keeps it until it is deleted."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to make one thing, held by one maker until it runs out.

    A store that is short of room and evicts what expires soonest must not evict claims.
    """

    name: str
    token: str


@dataclass(frozen=True, slots=True)
class Condition:
    """How a store is."""

    memory: int
    """Bytes that it uses."""
    max_memory: int
    """Bytes that it may use; 0: no limit but the machine's."""
    policy: str
    """What it does when there is no more: Redis's name of that."""
    evicted: int
    """Values that it has let go for want of room, since it was started."""
    persistent: bool | None
    """Whether it writes what it holds to disk, as it comes (AOF) or from time to time (RDB).

    ``None`` where it does not tell.
    """
    saved: bool | None
    """Whether it could write to disk when it last tried; ``None`` where it does not try, or does not tell."""
    saved_at: float
    """When all that it held was last put on disk, in seconds since 1970, UTC (RDB)."""
    unsaved: int
    """Changes since then."""
    time: float
    """Its clock: seconds since 1970, UTC."""


class Store(Protocol):
    """Blocking access, for workers and request threads.

    A value that is damaged so that the store itself cannot read it (of another type, no number where one is
    counted) is logged and forgotten: it counts as absent.

    Every method raises ``StoreUnavailable`` when the store does not answer in time, and every writing
    method ``StoreFull`` when it has no room.
    """

    def get(self, name: str) -> bytes | None:
        """The whole value, or ``None``."""

    def get_many(self, names: Iterable[str]) -> list[bytes | None]:
        """Whole values in the order asked for, in one round trip."""

    def put(self, name: str, put: Put, channel: str | None = None) -> None:
        """Keep a value, replacing what was there; with ``channel``, publish it there in the same step."""

    def put_new(self, name: str, put: Put) -> bool:
        """Keep a value unless there is one already; whether it was kept."""

    def swap(self, name: str, known: bytes | None, put: Put, channel: str | None = None) -> bool:
        """Keep a value if ``known`` is what is there (``None``: nothing is); whether it was kept.

        With ``channel``, what was kept is published there in the same step.
        """

    def remove(self, name: str, known: bytes) -> bool:
        """Forget a value if ``known`` is what is there; whether it was forgotten."""

    def size(self, name: str) -> int:
        """Length in bytes; 0 when absent."""

    def read(self, name: str, start: int, end: int) -> bytes:
        """Bytes ``start`` to ``end`` (exclusive) without moving the rest; fewer at the value's end."""

    def count(self, name: str, ttl: int) -> int:
        """Add one to a number, which lives for ``ttl`` seconds from now; the new number. It begins at 0."""

    def increase(self, name: str, amounts: Mapping[str, float]) -> None:
        """Add to several numbers of one table, all at once; each begins at 0, and none ever expires."""

    def numbers(self, name: str) -> dict[str, float]:
        """All numbers of a table."""

    def touch(self, ttl: int | None, *names: str) -> None:
        """Keep values, those that are there, for ``ttl`` seconds from now; ``None``: until they are deleted.

        In a cluster, their names share a hash tag.
        """

    def delete(self, *names: str) -> None:
        """Forget values, those that are there."""

    def add(self, name: str, member: str, ttl: int | None = None, *others: str) -> bool:
        """Put a member into a set; returns whether it was not there.

        With ``ttl``, the set and the values of ``others``, those that are there, live for so many seconds
        from now. In a cluster, their names share a hash tag with the set's.
        """

    def discard(self, name: str, member: str) -> bool:
        """Take a member out of a set; returns whether it was there."""

    def members(self, name: str) -> set[str]:
        """All members of a set."""

    def some(self, name: str, most: int) -> set[str]:
        """At most so many members of a set, drawn at random."""

    def place(
        self, name: str, member: str, score: float, *, most: int | None = None, ttl: int | None = None
    ) -> None:
        """Put a member into an ordered set, or move it there.

        Only the ``most`` members with the highest scores stay, all for ``ttl`` seconds from now; with
        ``None`` all of them, and for ever.
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
        """Put a member into an ordered set that has fewer than ``most``, once old members are taken out.

        Old are those whose scores are not above ``above``. However many do so at the same moment, there are
        never more than ``most``. A member that is in the set already is moved.

        Returns:
            The lowest score of the set where it is full: nothing was put. ``None``: the member is in it.
        """

    def displace(self, name: str, *members: str) -> None:
        """Take members out of an ordered set."""

    def highest(self, name: str, start: int, end: int) -> list[str]:
        """Members of an ordered set from the highest score down: those in places ``start`` to ``end``."""

    def lowest(self, name: str, score: float, most: int) -> list[str]:
        """At most so many members of an ordered set whose scores are no higher, from the lowest up."""

    def publish(self, channel: str, message: bytes) -> None:
        """Tell whoever listens now."""

    def claim(self, name: str, seconds: float) -> Claim | None:
        """Take a claim, or ``None`` when somebody holds it."""

    def renew(self, claim: Claim, seconds: float) -> None:
        """Hold a claim on for ``seconds`` from now.

        Raises:
            ClaimLost: it ran out, and perhaps somebody else took it.
        """

    def release(self, claim: Claim) -> None:
        """Give a claim back; nothing happens when it is no longer held."""

    def claimed(self, name: str) -> bool:
        """Whether anybody holds it."""

    def lapsed(self, name: str) -> str | None:
        """The token of a claim that ran out without being given back: its holder has died."""

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
        """Change values all at once, in the order of the arguments, if the claim is still held.

        In a cluster, their names share a hash tag with the claim's.

        Args:
            claim: which.
            puts: values to keep.
            append: what is added to the ends of values; those absent are made, and all live from then on as
                long as was last said.
            overwrite: what takes the place of the first bytes of values.
            rename: from old to new names of values that are there; they keep their lifetimes.
            delete: values to forget.
            publish: from channels to messages.

        Raises:
            ClaimLost: it is not; nothing was changed.
        """

    def ping(self) -> None:
        """Do nothing, if the store answers."""

    def condition(self) -> Condition:
        """How the store is; of a cluster, all its servers together."""


class Reader(Protocol):
    """Non-blocking access, for the event loop that serves listeners: reading alone.

    What is of another type counts as absent; whoever writes (``Store``) forgets it.
    """

    async def get(self, name: str) -> bytes | None:
        """The whole value, or ``None``."""

    async def size(self, name: str) -> int:
        """Length in bytes; 0 when absent."""

    async def read(self, name: str, start: int, end: int) -> bytes:
        """Bytes ``start`` to ``end`` (exclusive) without moving the rest; fewer at the value's end."""

    async def look(self, name: str, start: int, end: int) -> tuple[int, bytes]:
        """What ``size`` and ``read`` say, in one round trip."""

    def listen(self, channel: str) -> AsyncGenerator[bytes | None]:
        """Messages as they are published; ``None`` at least once a second, so that nobody waits for ever."""

    async def close(self) -> None:
        """Close connections."""
