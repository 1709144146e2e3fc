"""What tests of deaths kill."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cache import server


@pytest.fixture
def redis(tmp_path: Path, unused_port: int) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """A server over TCP that keeps its data: its address, and what starts and kills it."""
    running: list[subprocess.Popen[bytes]] = []

    def begin() -> None:
        options = ["--port", str(unused_port), "--appendonly", "yes", "--appendfsync", "always"]
        running.append(
            subprocess.Popen([str(server.find_program()), *options], cwd=tmp_path, stdout=subprocess.DEVNULL)
        )

    def end() -> None:
        process = running.pop()
        process.kill()
        process.wait()

    begin()
    yield f"redis://127.0.0.1:{unused_port}/0", begin, end
    if running:
        end()
