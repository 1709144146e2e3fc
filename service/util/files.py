"""Detects changes of files and replaces files atomically (``voices.files``)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from service.model.errors import Unwritable
from service.util.os_errors import cure_of
from voices import files

Stamp = tuple[int, int, int] | None


def stamp(path: Path) -> Stamp:
    """Return a value that changes when the file changes; ``None`` if there is no file."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Lock a file for reading, changing and writing it: see ``voices.files.locked``.

    Raises:
        Unwritable: the file's folder cannot be created or opened.
    """
    with _told(path, cured=True), files.locked(path):
        yield


def replace(path: Path, text: str, *, private: bool = False) -> Path:
    """Write a file atomically, creating its folder if needed; returns its path.

    Args:
        path: the file.
        text: its content.
        private: whether only its owner may read it.

    Raises:
        Unwritable: it cannot be written; any existing file is unchanged.
    """
    with _told(path, cured=True):
        return files.replace(path, text.encode(), private=private)


@contextmanager
def whole(target: Path) -> Generator[IO[bytes]]:
    """Yield a temporary file; it gets its name when the block succeeds, and is deleted when it fails.

    Raises:
        Unwritable: the file or its folder cannot be written.
    """
    with _told(target):
        folder = Path(os.path.realpath(target)).parent
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
            written = Path(file.name)
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                written.chmod(0o666 & ~files.umask())
                written.replace(target)
            except BaseException:
                written.unlink(missing_ok=True)
                raise


@contextmanager
def _told(path: Path, *, cured: bool = False) -> Generator[None]:
    """Convert a write error to ``Unwritable``, with a remedy for a file in the data folder."""
    try:
        yield
    except OSError as error:
        en, ar = f"{path}: {error.strerror or error}.", f"تعذّرت الكتابة إلى {path}."
        if cured:
            cure = cure_of(error)
            en, ar = f"{en} Fix: {cure[0]}.", f"{ar} الحل: {cure[1]}."
        raise Unwritable(en, ar) from error
