"""Takes single files from a folder or an archive. A copy that was cut off never has the name of the file."""

from __future__ import annotations

import shutil
from pathlib import Path

from voices.archive import opened
from voices.download import need_room


def take(name: str, target: Path, source: Path) -> bool:
    """Write the file of that name, from any folder of an archive; return whether there is one.

    Args:
        name: path within the source.
        target: the path to write; its folder exists.
        source: a folder, or an archive.

    Raises:
        InstallFailed: the archive cannot be read, or there is no room.
        OSError: the file cannot be written.
    """
    if source.is_dir():
        for place in (source / name, source / Path(name).name):
            if place.is_file():
                copy(place, target)
                return True
        return False
    part = _part(target)
    with opened(source) as archive:
        if not archive.take(name, part):
            return False
    part.replace(target)
    return True


def copy(source: Path, target: Path) -> None:
    """Copy a file, with its time.

    Raises:
        InstallFailed: there is no room.
        OSError: it cannot be read or written.
    """
    need_room(target.parent, source.stat().st_size)
    part = _part(target)
    shutil.copy2(source, part)
    part.replace(target)


def _part(target: Path) -> Path:
    return target.with_name(f"{target.name}.copy")
