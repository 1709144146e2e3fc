"""Work in the event loop that is done once, however many wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")


class SingleFlight(Generic[_T]):
    """Work that is done once however many wait for it, and goes on when they leave."""

    def __init__(self) -> None:
        self._flying: dict[str, asyncio.Task[_T]] = {}

    async def join(self, name: str, work: Callable[[], Awaitable[_T]]) -> _T:
        """Wait for the work of this name, begun unless it is under way."""
        task = self._flying.get(name)
        if task is None:
            task = self._flying[name] = asyncio.ensure_future(work())
            task.add_done_callback(lambda done: self._landed(name, done))
        return await asyncio.shield(task)

    def _landed(self, name: str, task: asyncio.Task[_T]) -> None:
        del self._flying[name]
        if not task.cancelled():
            task.exception()  # seen, even if everybody has left
