"""Work that is cancelled when its client disconnects."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

from service.model.errors import Abandoned

_T = TypeVar("_T")


async def while_there(request: Request, work: Coroutine[Any, Any, _T]) -> _T:
    """Run work while the client waits for it; the request's body must have been read.

    Raises:
        Abandoned: the client has disconnected; the work was cancelled.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Abandoned("The client disconnected.", "غادر العميل قبل الجواب.")
        return working.result()
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
