"""The least that a Python web process can do: uvicorn, as the service runs it, with 64 KiB at hand.

python -m benchmarks.floor PORT
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn

from benchmarks.processes import free_port, running, until_answered

_BODY = bytes(64 * 1024)
_HEAD = {
    "type": "http.response.start",
    "status": 206,
    "headers": [(b"content-length", str(len(_BODY)).encode()), (b"content-type", b"audio/mpeg")],
}


async def answer(_scope: Any, _receive: object, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    """Always the same."""
    await send(_HEAD)
    await send({"type": "http.response.body", "body": _BODY})


@contextmanager
def serving(cores: Sequence[int]) -> Generator[str]:
    """Have it run; its address."""
    port = free_port()
    with running([sys.executable, "-m", "benchmarks.floor", str(port)], cores):
        until_answered(base := f"http://127.0.0.1:{port}")
        yield base


if __name__ == "__main__":
    uvicorn.run(answer, port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off")
