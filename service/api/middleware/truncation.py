"""Answers that are cut off for an expected reason: a line in the log, no traceback."""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar

from cache.errors import StoreError
from service.model.errors import IstamiError

_cut: ContextVar[bool] = ContextVar("cut", default=False)
"""Whether the answer to the current request was cut off on purpose."""
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
    """Make the server close the connection of the current request, without a log line of its own.

    The closed connection shows the client that the answer is incomplete: a chunked one lacks its last chunk.
    """
    _cut.set(True)


def _unmarked(record: logging.LogRecord) -> bool:
    return not (record.msg == _INCOMPLETE and _cut.get())


logging.getLogger("uvicorn.error").addFilter(_unmarked)
