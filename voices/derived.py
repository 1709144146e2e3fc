"""Files that an engine makes of a voice's own files, once; noted with hashes, so that damage is noticed.

Files whose size and time are as noted pass for unchanged where a hash would take too long; ``check`` of the
installer compares all hashes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib import metadata
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
    replaced: tuple[str, ...] = ()
    """Those sources that the voice does not need any more."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """Versions of the Python distributions that made it; the voice may speak where they are not installed."""

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
        return Derived(made, sources, tuple(map(str, table["replaced"])), dict(table["packages"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_derived(
    folder: Path,
    made: Iterable[str],
    sources: Iterable[str],
    replaced: Iterable[str] = (),
    packages: Iterable[str] = (),
) -> None:
    """Note what was made of which files, all of them in a voice's folder.

    Args:
        folder: the voice's.
        made: names of what was made.
        sources: names of what it was made of.
        replaced: those sources that the voice does not need any more.
        packages: Python distributions that made it.

    Raises:
        OSError: a file cannot be read, or the note cannot be written.
    """
    those, these = ({name: _seen(folder / name) for name in names} for names in (made, sources))
    versions = {name: found for name in packages if (found := version(name))}
    _write(folder, Derived(those, these, tuple(replaced), versions))


def refresh(folder: Path, note: Derived) -> None:
    """Note the times that the made files have in this folder, so that they need not be hashed at each load.

    Raises:
        OSError: the note cannot be written.
    """
    _write(folder, replace(note, made={name: _seen(folder / name) for name in note.made}))


def carry(home: Path, workshop: Path, digests: Mapping[str, str | None]) -> None:
    """Copy what was made into the workshop of the next install, if it is intact and its sources are the same.

    Args:
        home: the installed voice.
        workshop: the next one.
        digests: SHA-256 that the next one's files must have; ``None``: any.
    """
    note = read_derived(home)
    if note is None or note.damaged(home, thorough=True):
        return
    if all(digests.get(name) == seen.sha256 for name, seen in note.sources.items()):
        for name in (*note.made, DERIVED):
            shutil.copy2(home / name, workshop / name)


def version(distribution: str) -> str | None:
    """The version of a Python distribution; ``None`` if it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _write(folder: Path, note: Derived) -> None:
    files.replace(folder / DERIVED, f"{json.dumps(asdict(note), indent=1)}\n".encode())


def _seen(path: Path) -> Seen:
    now = path.stat()
    return Seen(digest(path), now.st_size, now.st_mtime_ns)
