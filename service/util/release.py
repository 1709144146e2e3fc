"""Identifies the installed code exactly, so that processes can check that they run the same."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

_PACKAGES = ("cache", "service", "voices")
_DIGITS = 10


@cache
def release() -> str:
    """Return the version with a digest of the installed code and tables (PEP 440, local version).

    It needs neither git nor a build step: a commit that changes any of these files changes the digest, and
    two machines with the same files have the same digest.
    """
    digest = hashlib.sha256()
    for package in _PACKAGES:
        spec = find_spec(package)
        for folder in (spec and spec.submodule_search_locations) or ():
            _add(Path(folder), digest)
    return f"{version('istami')}+{digest.hexdigest()[:_DIGITS]}"


def _add(folder: Path, digest: hashlib._Hash) -> None:
    files = (path for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts and path.is_file())
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder.parent)} {len(content)}\n".encode())
        digest.update(content)
