"""Answers that end before their end, for a reason that was foreseen: a line in the log, no traceback."""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar

from cache.errors import StoreError
from service.model.errors import IstamiError

_cut: ContextVar[bool] = ContextVar("cut", default=False)
"""Whether the answer to the request at hand was cut off on purpose."""
_INCOMPLETE = "ASGI callable returned without completing response."


def reason(error: BaseException) -> str | None:
    """Why an answer was cut off; ``None`` for a defect."""
    if isinstance(error, asyncio.CancelledError):
        return "this process is ending"
    # Starlette raises this where an error comes too late to be answered with a status.
    cause = error.__cause__ if isinstance(error, RuntimeError) else error
    if isinstance(cause, StoreError):
        return f"the store does not answer: {cause}" if str(cause) else "the store does not answer"
    return cause.en if isinstance(cause, IstamiError) else None


def mark() -> None:
    """Have the server close the connection of the request at hand, without a line of its own.

    Closing is what tells the client: an answer that was sent in chunks has no last one.
    """
    _cut.set(True)


def _unmarked(record: logging.LogRecord) -> bool:
    return not (record.msg == _INCOMPLETE and _cut.get())


logging.getLogger("uvicorn.error").addFilter(_unmarked)
