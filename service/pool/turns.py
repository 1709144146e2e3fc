"""Whose work comes next: what somebody waits for before the rest, and one owner after the other."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from typing import Generic, Protocol, TypeVar


class Turn(Protocol):
    """What waits in a queue."""

    @property
    def owner(self) -> str:
        """Whose it is."""

    @property
    def urgent(self) -> bool:
        """Whether somebody waits for it."""


_T = TypeVar("_T", bound=Turn)
_STOCK = "\0stock"
"""All work that nobody waits for shares the turns of one owner."""


class Turns(Generic[_T]):
    """A queue in which owners take turns. Not safe for threads: the caller holds a lock.

    Args:
        most: pieces of work of one owner that are under way at a time. With fewer than there are processes,
            one process is always free, or soon free, for another owner.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: tuple[OrderedDict[str, deque[_T]], OrderedDict[str, deque[_T]]] = (
            OrderedDict(),
            OrderedDict(),
        )
        self._at_work: Counter[str] = Counter()
        self.waiting = 0
        """Pieces of work that have not been taken."""

    def put(self, item: _T) -> None:
        """Queue a piece of work behind the others of its owner."""
        self.waiting += 1
        self._waiting[not item.urgent].setdefault(item.owner, deque()).append(item)

    def take(self) -> _T | None:
        """Return the piece of work that comes next; ``None`` if there is none that may begin now."""
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
        """Note that a piece of work that was taken is under way no more."""
        self._at_work[_payer(item)] -= 1
        self._at_work += Counter()  # forgets those who have none

    def drain(self) -> list[_T]:
        """Take out everything that waits."""
        left = [item for lane in self._waiting for waiting in lane.values() for item in waiting]
        for lane in self._waiting:
            lane.clear()
        self.waiting = 0
        return left

    @staticmethod
    def _advance(lane: OrderedDict[str, deque[_T]], owner: str) -> None:
        """Take an owner's first out and move the owner to the end of the lane."""
        lane[owner].popleft()
        if lane[owner]:
            lane.move_to_end(owner)
        else:
            del lane[owner]


def _payer(item: Turn) -> str:
    return item.owner if item.urgent else _STOCK
