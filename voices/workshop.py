"""The folder in which a voice is put together, beside the folder that it will have.

All of it appears at once, by renaming. Whatever ends the work before (an error, Ctrl-C, kill -9), the voice
that was there stays.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from voices import files
from voices.errors import InstallFailed

_INSTALLING, _OLD, _LOCK = ".installing-", ".old-", ".lock-"
_FRESH = ".adding-"


@contextmanager
def resumable(home: Path) -> Generator[Path]:
    """A workshop that survives a failure, so that the next attempt goes on with the files that are complete.

    Args:
        home: the voice's folder; its parent exists.

    Raises:
        InstallFailed: another process has it.
    """
    with _alone(home):
        outer = home.with_name(f"{_INSTALLING}{home.name}")
        # Of the voice's own name, which engines use in their messages.
        workshop = outer / home.name
        workshop.mkdir(parents=True, exist_ok=True)
        yield workshop
        shutil.rmtree(outer, ignore_errors=True)


@contextmanager
def fresh(home: Path) -> Generator[Path]:
    """A workshop of which nothing stays after a failure. Arguments and errors as ``resumable``."""
    with _alone(home):
        outer = home.with_name(f"{_FRESH}{home.name}")
        shutil.rmtree(outer, ignore_errors=True)
        workshop = outer / home.name
        try:
            workshop.mkdir(parents=True)
            yield workshop
        finally:
            shutil.rmtree(outer, ignore_errors=True)


def size(home: Path) -> int:
    """Bytes in the resumable workshop of a voice, while it is being installed and after a failure."""
    found = 0
    for path in home.with_name(f"{_INSTALLING}{home.name}").rglob("*"):
        with suppress(FileNotFoundError):  # it was renamed at this moment
            found += path.stat().st_size if path.is_file() else 0
    return found


def discard(home: Path) -> None:
    """Remove what a failed install kept for the next.

    Raises:
        InstallFailed: another process is installing the voice.
    """
    if home.parent.is_dir():
        with _alone(home):
            shutil.rmtree(home.with_name(f"{_INSTALLING}{home.name}"), ignore_errors=True)


def place(workshop: Path, home: Path) -> None:
    """Replace a voice's folder by its workshop.

    Raises:
        OSError: it could not be renamed; the voice that was there stays.
    """
    old = home.with_name(f"{_OLD}{home.name}")
    shutil.rmtree(old, ignore_errors=True)
    if home.exists():
        home.rename(old)
    try:
        workshop.rename(home)
    except OSError:
        if old.exists():
            old.rename(home)
        raise
    files.synced(home.parent)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(home: Path) -> Generator[None]:
    """Exclude other installs of the same voice, and clear away what killed ones left."""
    with _locked(home) as mine:
        if not mine:
            raise InstallFailed(f"{home.name} is being installed already.", f"تثبيت {home.name} جارٍ بالفعل.")
        old = home.with_name(f"{_OLD}{home.name}")
        if old.exists() and not home.exists():  # killed between the two renames
            old.rename(home)
        _sweep(home)
        yield


def _sweep(home: Path) -> None:
    """Remove the fresh workshops of processes that were killed: nobody else would."""
    for left in home.parent.glob(f"{_FRESH}*"):
        other = home.with_name(left.name.removeprefix(_FRESH))
        if other != home:
            with _locked(other) as abandoned:
                if abandoned:
                    shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _locked(home: Path) -> Generator[bool]:
    """Whether this process could lock a voice. The kernel releases the lock when its holder ends."""
    with home.with_name(f"{_LOCK}{home.name}").open("w") as lock:
        taken = False
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            taken = True
        yield taken
