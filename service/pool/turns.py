"""A fair queue: urgent work first, and owners in turn."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from typing import Generic, Protocol, TypeVar


class Turn(Protocol):
    """An item of the queue."""

    @property
    def owner(self) -> str:
        """Owner of the item."""

    @property
    def urgent(self) -> bool:
        """Whether a client waits for it."""


_T = TypeVar("_T", bound=Turn)
_STOCK = "\0stock"
"""All work without a waiting client shares the turns of one owner."""


class Turns(Generic[_T]):
    """A queue that serves owners in turn. Not thread-safe: the caller holds a lock.

    Args:
        most: maximum number of an owner's items in progress. If it is below the number of processes, one
            process is always free, or soon free, for another owner.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: tuple[OrderedDict[str, deque[_T]], OrderedDict[str, deque[_T]]] = (
            OrderedDict(),
            OrderedDict(),
        )
        self._at_work: Counter[str] = Counter()
        self.waiting = 0
        """Number of items that have not been taken."""

    def put(self, item: _T) -> None:
        """Queue an item behind the others of its owner."""
        self.waiting += 1
        self._waiting[not item.urgent].setdefault(item.owner, deque()).append(item)

    def take(self) -> _T | None:
        """Return the next item; ``None`` if none may begin now."""
        for lane in self._waiting:
            for owner in lane:
                item = lane[owner][0]
                if self._at_work[_payer(item)] < self._most:
                    self._at_work[_payer(item)] += 1
                    self.waiting -= 1
                    self._advance(lane, owner)
                    return item
        return None

    def end(self, item: _T) -> None:
        """Mark a taken item as done."""
        self._at_work[_payer(item)] -= 1
        self._at_work += Counter()  # removes owners without items

    def drain(self) -> list[_T]:
        """Remove and return everything that waits."""
        left = [item for lane in self._waiting for waiting in lane.values() for item in waiting]
        for lane in self._waiting:
            lane.clear()
        self.waiting = 0
        return left

    @staticmethod
    def _advance(lane: OrderedDict[str, deque[_T]], owner: str) -> None:
        """Remove an owner's first item and move the owner to the end of the lane."""
        lane[owner].popleft()
        if lane[owner]:
            lane.move_to_end(owner)
        else:
            del lane[owner]


def _payer(item: Turn) -> str:
    return item.owner if item.urgent else _STOCK
