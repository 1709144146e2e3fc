"""Shares one run of asynchronous work between concurrent callers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")


class SingleFlight(Generic[_T]):
    """Runs work once for all concurrent callers; it continues when they are cancelled."""

    def __init__(self) -> None:
        self._flying: dict[str, asyncio.Task[_T]] = {}

    async def join(self, name: str, work: Callable[[], Awaitable[_T]]) -> _T:
        """Wait for the work of this name, starting it unless it is running."""
        task = self._flying.get(name)
        if task is None:
            task = self._flying[name] = asyncio.ensure_future(work())
            task.add_done_callback(lambda done: self._landed(name, done))
        return await asyncio.shield(task)

    def _landed(self, name: str, task: asyncio.Task[_T]) -> None:
        del self._flying[name]
        if not task.cancelled():
            task.exception()  # retrieved, even if all callers were cancelled
