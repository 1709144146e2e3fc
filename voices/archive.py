"""Extracts single files from an archive, and rejects archives with paths outside their root."""

from __future__ import annotations

import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from voices.errors import InstallFailed
from voices.files import UNWRITTEN


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a zip or a tar with any compression.

    Raises:
        InstallFailed: it is neither, is damaged, or a member's name or link points outside it.
        OSError: there is no room for what is taken out of it.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as file:
                yield Archive(path, file)
        else:
            with tarfile.open(path) as file:
                yield Archive(path, file)
    except (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
        if isinstance(error, OSError) and error.errno in UNWRITTEN:
            raise
        raise InstallFailed(
            f"{path} cannot be read as an archive: {error}.", f"تعذّرت قراءة الأرشيف {path}: {error}."
        ) from error


class Archive:
    """The members of a zip or a tar."""

    def __init__(self, path: Path, file: zipfile.ZipFile | tarfile.TarFile) -> None:
        self._file = file
        self._names = list(_names(file))
        for name in self._names:
            if name is None or PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise InstallFailed(
                    f"{path.name} is refused: {name or 'a link in it'} leads out of it.",
                    f"الأرشيف {path.name} مرفوض: فيه ما يقود إلى خارجه ({name or 'رابط'}).",
                )

    def take(self, wanted: str, target: Path) -> bool:
        """Write the member named ``wanted``, from any folder; return whether there is one."""
        found = [name for name in self._names if name and f"/{name}".endswith(f"/{wanted}")]
        if not found:
            return False
        with self._open(min(found, key=len)) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
        return True

    def _open(self, name: str) -> IO[bytes]:
        if isinstance(self._file, zipfile.ZipFile):
            return self._file.open(name)
        source = self._file.extractfile(name)
        if source is None:
            raise tarfile.ReadError(f"{name} is not a file")
        return source


def _names(file: zipfile.ZipFile | tarfile.TarFile) -> Iterator[str | None]:
    """Every member's name; ``None`` for a member that is neither file nor folder."""
    if isinstance(file, zipfile.ZipFile):
        for entry in file.infolist():
            linked = stat.S_ISLNK(entry.external_attr >> 16)
            yield None if linked else entry.filename.replace("\\", "/")
    else:
        for member in file:
            yield member.name if member.isfile() or member.isdir() else None
