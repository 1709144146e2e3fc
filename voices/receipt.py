"""The receipt of an install: the hashes of the installed files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from voices import files

RECEIPT = "installed.json"


def read_receipt(folder: Path) -> dict[str, str]:
    """SHA-256 of each installed file by its path; empty if nothing was installed."""
    try:
        table = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(path): str(digest) for path, digest in table.items()} if isinstance(table, dict) else {}


def write_receipt(folder: Path, digests: Mapping[str, str]) -> None:
    """Store the hashes of the installed files."""
    files.replace(folder / RECEIPT, f"{json.dumps(digests, indent=1, sort_keys=True)}\n".encode())
