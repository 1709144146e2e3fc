"""Writes ``sync.py``, the client for threads, from ``asynchronous.py``. `make client` runs it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from unasync import Rule, unasync_files

HERE = Path(__file__).parent
SOURCE = HERE / "istami_client" / "asynchronous.py"
TARGET = HERE / "istami_client" / "sync.py"
_HEAD = '"""The client for threads. Made from ``asynchronous.py`` by `make client`: change that."""\n'
_NAMES = {
    "AsyncClient": "Client",
    "aclose": "close",
    "aiter_bytes": "iter_bytes",
    "aread": "read",
    "asyncio": "time",
}


def synchronous() -> str:
    """The source of the client for threads."""
    with tempfile.TemporaryDirectory() as folder:
        awaited, made = Path(folder, "awaited", "sync.py"), Path(folder, "made", "sync.py")
        awaited.parent.mkdir()
        _, _, body = SOURCE.read_text("utf-8").partition("\n")
        awaited.write_text(_HEAD + body, "utf-8")
        unasync_files([str(awaited)], [Rule("/awaited/", "/made/", _NAMES)])
        return _ruff("format", _ruff("check", made.read_text("utf-8"), "--fix-only", "--select=I"))


def _ruff(command: str, source: str, *options: str) -> str:
    line = [sys.executable, "-m", "ruff", command, "--quiet", *options, f"--stdin-filename={TARGET}", "-"]
    return subprocess.run(
        line, input=source, capture_output=True, text=True, check=True, cwd=HERE.parents[1]
    ).stdout


if __name__ == "__main__":
    TARGET.write_text(synchronous(), "utf-8")
