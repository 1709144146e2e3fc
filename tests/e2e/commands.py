"""Commands, as they are typed: from a folder of one's own, with nothing of this machine's settings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ISTAMI = [str(Path(sys.executable).with_name("istami"))]
"""The program that is installed, which does not look for modules in the working folder."""


def environment(**settings: str) -> dict[str, str]:
    """That of a command."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
    kept.pop("REDIS_URL", None)
    return {**kept, **settings}


def istami(
    *words: str, cwd: Path | None = None, stdin: bytes = b"", wrap: Iterable[str] = (), **settings: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end."""
    return subprocess.run(
        [*wrap, *ISTAMI, *words],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**settings),
        timeout=400,
        check=False,
    )
