"""Writes files that people and programs share: one writer at a time, and every write is atomic.

A file is written under a temporary name, synced to disk, and then replaces the previous one. So whatever ends
the writer (a full disk, a limit, kill -9, a power cut), a complete file remains.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

UNWRITTEN = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Error numbers of a full disk, and of limits like it."""
_held = threading.local()


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Lock the folder of a file against every other user of this module; others wait.

    Read, change and write while holding it. The lock is re-entrant. A missing folder is created.

    Raises:
        OSError: the folder cannot be created or opened.
    """
    folder = _whole(path).parent
    held: set[Path] = _held.__dict__.setdefault("folders", set())
    if folder in held:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    # The folder itself is locked, not a file in it: the kernel releases the lock when its holder ends.
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        held.add(folder)
        yield
    finally:
        held.discard(folder)
        os.close(lock)


def replace(path: Path, content: bytes, *, private: bool = False) -> Path:
    """Write a file atomically, creating its folder if missing; return ``path``.

    An existing file's permissions and owner are preserved. A link stays, and its target is replaced.

    Args:
        path: the file.
        content: its new content.
        private: only its owner may read it.

    Raises:
        OSError: the file cannot be written; the previous one is unchanged.
    """
    target = _whole(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(number, "wb") as file:
            _permit(file.fileno(), target, private=private)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    synced(target.parent)
    return path


def synced(path: Path) -> None:
    """Sync a file, or a folder's entries, to disk.

    Raises:
        OSError: the sync failed.
    """
    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def umask() -> int:
    """The process's umask. Single-threaded programs only: reading it requires setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _whole(path: Path) -> Path:
    """The absolute path without links; unlike ``Path.resolve``, a link loop raises no ``RuntimeError``."""
    return Path(os.path.realpath(path))


def _permit(number: int, target: Path, *, private: bool) -> None:
    """Copy permissions and owner of the replaced file; a new file written by root gets the folder's owner."""
    try:
        known = target.stat()
        mode = stat.S_IMODE(known.st_mode)
    except FileNotFoundError:
        known, mode = target.parent.stat(), 0o666 & ~umask()
    os.fchmod(number, 0o600 if private else mode)
    with suppress(PermissionError):
        os.fchown(number, known.st_uid, known.st_gid)
