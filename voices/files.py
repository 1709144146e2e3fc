"""Files that people and programs change together: one writer at a time, and each file whole or as it was.

A file is written under a name of its own, brought to the disk, and then takes the place of the one before. So
whatever ends the writer (a full disk, a limit, kill -9, a power cut), there is a whole file.
"""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

_held = threading.local()


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Have the folder of a file to oneself among all that change files by this module; others wait.

    Read, change and write within it. It may be entered again by whoever holds it. The folder is made where
    there is none.

    Raises:
        OSError: the folder cannot be made or opened.
    """
    folder = _whole(path).parent
    held: set[Path] = _held.__dict__.setdefault("folders", set())
    if folder in held:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    # The folder itself is locked, not a file in it: the kernel lets go when its holder ends.
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        held.add(folder)
        yield
    finally:
        held.discard(folder)
        os.close(lock)


def replace(path: Path, content: bytes, *, private: bool = False) -> Path:
    """Write a file whole or not at all, and its folder with it; where it is.

    What there was keeps its permissions and its owner. A link stays, and what it leads to is replaced.

    Args:
        path: where.
        content: what.
        private: nobody but its owner may read it.

    Raises:
        OSError: it cannot be written; what there was is as it was.
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
    """Have a file, or a folder's list of names, on the disk.

    Raises:
        OSError: it cannot be.
    """
    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def umask() -> int:
    """What new files may not permit. For programs of one thread: it cannot be asked without being set."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _whole(path: Path) -> Path:
    """From the root on, without links; a circle of them is no ``RuntimeError``, as in ``Path.resolve``."""
    return Path(os.path.realpath(path))


def _permit(number: int, target: Path, *, private: bool) -> None:
    """Permissions and owner of what is replaced; of a new file, the folder's owner, should root write it."""
    try:
        known = target.stat()
        mode = stat.S_IMODE(known.st_mode)
    except FileNotFoundError:
        known, mode = target.parent.stat(), 0o666 & ~umask()
    os.fchmod(number, 0o600 if private else mode)
    with suppress(PermissionError):
        os.fchown(number, known.st_uid, known.st_gid)
