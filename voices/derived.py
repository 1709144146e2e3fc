"""Files that an engine makes of a voice's own files, once; noted with hashes, so that damage is noticed.

Files whose size and time are as noted pass for unchanged where a hash would take too long; ``check`` of the
installer compares all hashes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from voices import files
from voices.digest import digest

DERIVED = "derived.json"
"""Name of the note within a voice's folder."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was noted."""

    sha256: str
    size: int
    mtime_ns: int

    def is_same(self, path: Path, *, thorough: bool) -> bool:
        """Whether a file is there and unchanged; ``thorough`` compares its hash in any case."""
        try:
            now = path.stat()
        except OSError:
            return False
        if now.st_size != self.size:
            return False
        return (not thorough and now.st_mtime_ns == self.mtime_ns) or digest(path) == self.sha256


@dataclass(frozen=True, slots=True)
class Derived:
    """What was made, and of what."""

    made: Mapping[str, Seen]
    """By name within the voice's folder."""
    sources: Mapping[str, Seen]

    def damaged(self, folder: Path, *, thorough: bool = False) -> tuple[str, ...]:
        """The names of made files that are missing or changed."""
        return tuple(
            name for name, seen in self.made.items() if not seen.is_same(folder / name, thorough=thorough)
        )

    def outdated(self, folder: Path, *, thorough: bool = False) -> bool:
        """Whether a source has changed since. A missing one has not: what was made may be there alone."""
        return any(
            (folder / name).exists() and not seen.is_same(folder / name, thorough=thorough)
            for name, seen in self.sources.items()
        )


def read_derived(folder: Path) -> Derived | None:
    """What is noted in a voice's folder; ``None`` if nothing is."""
    try:
        table = json.loads((folder / DERIVED).read_text(encoding="utf-8"))
        made, sources = (
            {str(name): Seen(**seen) for name, seen in table[part].items()} for part in ("made", "sources")
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Derived(made, sources)


def write_derived(folder: Path, made: Iterable[str], sources: Iterable[str]) -> None:
    """Note what was made of which files, all of them in a voice's folder.

    Raises:
        OSError: a file cannot be read, or the note cannot be written.
    """
    note = Derived(*({name: _seen(folder / name) for name in names} for names in (made, sources)))
    files.replace(folder / DERIVED, f"{json.dumps(asdict(note), indent=1)}\n".encode())


def carry(home: Path, workshop: Path, digests: Mapping[str, str]) -> None:
    """Copy what was made into the workshop of the next install, if it is intact and its sources are the same.

    Args:
        home: the installed voice.
        workshop: the next one.
        digests: SHA-256 of the next one's files.
    """
    note = read_derived(home)
    if note is None or note.damaged(home, thorough=True):
        return
    if all(digests.get(name) == seen.sha256 for name, seen in note.sources.items()):
        for name in (*note.made, DERIVED):
            shutil.copy2(home / name, workshop / name)


def _seen(path: Path) -> Seen:
    now = path.stat()
    return Seen(digest(path), now.st_size, now.st_mtime_ns)
