"""Starts a Redis server as a daemon, and waits until it answers or has died."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cache import redis_log
from cache.errors import ServerFailed

_START_SECONDS = 20.0
_LOAD_SECONDS = 600.0
"""Time in which a server that listens may load its data before it answers."""
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class State:
    """Checks of a server from outside its process."""

    answers: Callable[[], bool]
    listens: Callable[[], bool]
    log: Path


def start(command: Sequence[str], state: State) -> None:
    """Start a server and wait until it answers.

    Raises:
        ServerFailed: it does not start.
    """
    begun = redis_log.length(state.log)
    # The server inherits one end of a pipe, which closes when it ends: a daemon cannot be waited for.
    life, held = os.pipe()
    with os.fdopen(life, "rb"):
        try:
            started = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(held,),
                check=False,
            )
        except OSError as error:
            raise ServerFailed(f"{command[0]}: {error.strerror}", state.log) from error
        finally:
            os.close(held)
        if started.returncode:
            said = " ".join(started.stderr.decode(errors="replace").split())
            raise ServerFailed(said or f"it ended with status {started.returncode}", state.log)
        await_answer(state, begun, lambda: bool(select.select([life], [], [], 0)[0]))


def await_answer(state: State, begun: int, died: Callable[[], bool]) -> None:
    """Wait until a server answers.

    Args:
        state: of the server.
        begun: byte of its log at which it began.
        died: whether it has ended.

    Raises:
        ServerFailed: it has ended, or answers too late.
    """
    since = time.monotonic()
    while not state.answers():
        if died():
            told = redis_log.complaints(state.log, begun)
            damaged = any(map(redis_log.of_data, told))
            raise ServerFailed("; ".join(told) or "it exited immediately", state.log, damaged=damaged)
        patience = _LOAD_SECONDS if state.listens() else _START_SECONDS
        if time.monotonic() - since > patience:
            raise ServerFailed(f"it has not answered for {patience:.0f} s", state.log)
        time.sleep(_POLL_SECONDS)
