"""Recognises lack of memory: torch, ONNX Runtime and the dynamic linker report it each in another way."""

from __future__ import annotations

import errno

_SIGNS = (
    "bad_alloc",
    "bad allocation",
    "can't allocate memory",
    "cannot allocate memory",
    "failed to allocate memory",
    "failed to map segment",
    "out of memory",
)


def exhausted(error: BaseException) -> bool:
    """Whether an error, or the one that caused it, says that there was not enough memory."""
    told = str(error).lower()
    cause = error.__cause__ or error.__context__
    return (
        isinstance(error, MemoryError)
        or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
        or any(sign in told for sign in _SIGNS)
        or (cause is not None and exhausted(cause))
    )
