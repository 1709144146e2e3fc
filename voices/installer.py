"""Installs voices, completely or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from voices.archive import opened
from voices.card import VoiceCard, VoiceFile
from voices.catalogue import CARD, Catalogue
from voices.download import Patience, Progress, fetch
from voices.errors import InstallFailed, LicenceNotAccepted
from voices.receipt import read_receipt, write_receipt

_BLOCK = 1 << 20
_PATIENT = Patience()


def install(  # what, where from, how: each is one
    catalogue: Catalogue,
    card: VoiceCard,
    progress: Progress,
    *,
    source: Path | None = None,
    accept_licence: bool = False,
    patience: Patience = _PATIENT,
) -> None:
    """Install a voice's files into its folder; files that are already correct stay.

    Args:
        catalogue: provides the folder.
        card: the voice.
        progress: receives progress reports.
        source: a folder or an archive that holds the files; ``None`` to download them.
        accept_licence: the caller has read a licence that forbids commercial use.
        patience: timeouts and retries of a download.

    Raises:
        LicenceNotAccepted: the licence forbids commercial use and was not accepted.
        InstallFailed: a file is unavailable or not the expected one; nothing has changed.
    """
    check_licence(card, accept_licence=accept_licence)
    home = catalogue.folder(card)
    home.parent.mkdir(parents=True, exist_ok=True)
    known = read_receipt(home)
    with _workshop(home) as workshop:
        for file in card.files:
            target = workshop / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.is_file() and not _at_hand(file, target, home, source, known):
                fetch(file.url, target, file.size, progress, patience)
        digests = {file.path: _verified(file, workshop / file.path, known) for file in card.files}
        if (home / CARD).is_file():
            shutil.copy2(home / CARD, workshop / CARD)
        write_receipt(workshop, digests)
        _swap(workshop, home)


def check_licence(card: VoiceCard, *, accept_licence: bool) -> None:
    """Check that a voice may be installed.

    Raises:
        LicenceNotAccepted: the licence forbids commercial use and was not accepted.
    """
    if not card.commercial_use and not accept_licence:
        raise LicenceNotAccepted(
            f"{card.id} is not for commercial use ({card.licence}). To accept that, use --accept-licence.",
            f"الصوت {card.id} ليس للاستعمال التجاري ({card.licence}). إن ناسبك ذلك فأضف --accept-licence.",
        )


def fetched(catalogue: Catalogue, card: VoiceCard) -> int:
    """Bytes of a voice that an install which has not ended has on this machine."""
    size = 0
    for path in _workshop_folder(catalogue.folder(card)).rglob("*"):
        with suppress(FileNotFoundError):  # it was put in place at this moment
            size += path.stat().st_size if path.is_file() else 0
    return size


def check(catalogue: Catalogue, card: VoiceCard) -> tuple[str, ...]:
    """The paths of files that are missing or differ from the installed ones; empty if all are intact."""
    home = catalogue.folder(card)
    known = read_receipt(home)
    return tuple(
        file.path
        for file in card.files
        if not (home / file.path).is_file()
        or digest(home / file.path) != (file.sha256 or known.get(file.path))
    )


def remove(catalogue: Catalogue, card: VoiceCard) -> None:
    """Delete a voice's files, and the card if the voice was added.

    Raises:
        InstallFailed: the voice has no files: it comes with the program.
        OSError: the files cannot be deleted.
    """
    if not card.files:
        raise InstallFailed(
            f"{card.id} comes with istami and cannot be removed.",
            f"الصوت {card.id} جزء من البرنامج ولا يُزال.",
        )
    with suppress(FileNotFoundError):
        shutil.rmtree(catalogue.folder(card))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _at_hand(file: VoiceFile, target: Path, home: Path, source: Path | None, known: dict[str, str]) -> bool:
    """Copy the file from a local source; return whether there is one."""
    if source is not None:
        found = source.is_dir() and _from_folder(file, target, source)
        if not source.is_dir():
            with opened(source) as archive:
                found = archive.take(file.path, target)
        if not found:
            raise InstallFailed(
                f"{source} does not contain {file.path}.", f"لا يحتوي {source} على {file.path}."
            )
        return True
    there = home / file.path
    right = there.is_file() and digest(there) == (file.sha256 or known.get(file.path))
    if right:
        shutil.copy2(there, target)
    elif file.system:
        _from_system(file, target)
        right = True
    elif not file.url:
        raise InstallFailed(
            f"{file.path} has no URL; use --from FOLDER.", f"لا عنوان للملف {file.path}؛ استعمل ‎--from."
        )
    return right


def _from_system(file: VoiceFile, target: Path) -> None:
    if not Path(file.system).is_file():
        raise InstallFailed(
            f"{file.system} is missing. Fix: apt-get install {file.package} (contrib, non-free).",
            f"الملف {file.system} غير موجود. الحل: apt-get install {file.package} (contrib وnon-free).",
        )
    shutil.copyfile(file.system, target)


def _from_folder(file: VoiceFile, target: Path, source: Path) -> bool:
    for place in (source / file.path, source / Path(file.path).name):
        if place.is_file():
            shutil.copyfile(place, target)
            return True
    return False


def _verified(file: VoiceFile, path: Path, known: dict[str, str]) -> str:
    """The file's hash, after comparing it with the card's, or else with that of the first install."""
    got, wanted = digest(path), file.sha256 or known.get(file.path)
    if wanted is not None and got != wanted:
        path.unlink()
        raise InstallFailed(
            f"{file.path} is not the right file: its SHA-256 is {got}, it must be {wanted}.",
            f"الملف {file.path} ليس هو المطلوب: بصمته {got} والمطلوب {wanted}.",
        )
    return got


@contextmanager
def _workshop(home: Path) -> Iterator[Path]:
    """A folder beside the voice's own; it survives an interrupted install, so that the next one resumes."""
    workshop = _workshop_folder(home)
    with home.with_name(f".lock-{home.name}").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InstallFailed(
                f"{home.name} is being installed already.", f"تثبيت {home.name} جارٍ بالفعل."
            ) from error
        workshop.mkdir(exist_ok=True)
        yield workshop


def _workshop_folder(home: Path) -> Path:
    return home.with_name(f".installing-{home.name}")


def _swap(workshop: Path, home: Path) -> None:
    old = home.with_name(f".old-{home.name}")
    shutil.rmtree(old, ignore_errors=True)
    if home.exists():
        home.rename(old)
    workshop.rename(home)
    shutil.rmtree(old, ignore_errors=True)
