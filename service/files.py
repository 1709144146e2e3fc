"""Files that people and programs write: seen when they change, replaced whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from service.errors import Unwritable

Stamp = tuple[int, int] | None


def stamp(path: Path) -> Stamp:
    """Changes when the file does; ``None`` when there is none."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size


def replace(path: Path, text: str, *, private: bool = False) -> Path:
    """Write a file whole or not at all, and its folder with it; where it is.

    Args:
        path: where.
        text: what.
        private: nobody but its owner may read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    part.touch(0o600 if private else 0o666)
    part.write_text(text, encoding="utf-8")
    return part.replace(path)


@contextmanager
def whole(target: Path) -> Generator[IO[bytes]]:
    """A file to write into; it takes its name when the block ends well, and is gone when it does not.

    Raises:
        Unwritable: the file or its folder cannot be written.
    """
    try:
        with tempfile.NamedTemporaryFile(
            dir=Path(os.path.realpath(target)).parent, suffix=".part", delete=False
        ) as file:
            written = Path(file.name)
            try:
                yield file
            except BaseException:
                written.unlink()
                raise
        written.chmod(0o666 & ~_umask())
        written.replace(target)
    except OSError as error:
        raise Unwritable(f"{target}: {error.strerror}.", f"تعذّرت الكتابة إلى {target}.") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
