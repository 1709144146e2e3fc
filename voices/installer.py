"""Installs voices, completely or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from voices import files, workshop
from voices.calibration import Audition, Calibration, read_calibration, rounded, write_calibration
from voices.card import VoiceCard, VoiceFile
from voices.catalogue import CARD, Catalogue, basis
from voices.derived import carry, read_derived
from voices.digest import digest
from voices.download import Patience, Progress, fetch, silent
from voices.errors import InstallFailed, LicenceNotAccepted
from voices.licence import CommercialUse
from voices.package import unpack
from voices.receipt import read_receipt, write_receipt
from voices.sources import copy, take

_PATIENT = Patience()


def install(  # noqa: PLR0913  # what, where from, how: each is one
    catalogue: Catalogue,
    card: VoiceCard,
    progress: Progress,
    *,
    hear: Audition,
    source: Path | None = None,
    accept_licence: bool = False,
    patience: Patience = _PATIENT,
    say: Callable[[str], None] = silent,
) -> None:
    """Install a voice that speaks: its files, and its calibration. Files that are already correct stay.

    A download that was complete when the audition failed is not repeated by the next install; of files from
    ``source`` nothing is kept then.

    Args:
        catalogue: provides the folder.
        card: the voice.
        progress: receives progress reports.
        hear: measures the voice before it is put in place; its errors pass through.
        source: a folder or an archive that holds the files; ``None`` to download them.
        accept_licence: the caller knows that commercial use is forbidden, or that nobody has allowed it.
        patience: timeouts and retries of a download.
        say: receives a line before each retry.

    Raises:
        LicenceNotAccepted: the licence forbids commercial use and was not accepted.
        InstallFailed: a file is unavailable or not the expected one, or cannot be written; nothing has
            changed.
    """
    permit(card, accept_licence=accept_licence)
    home = catalogue.folder(card)
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with (workshop.fresh if source else workshop.resumable)(home) as made:
            brought = unpack(card, source, made) if source else {}
            known = brought | read_receipt(home)
            if read_derived(made) is None:
                carry(home, made, {file.path: file.sha256 or known.get(file.path) for file in card.files})
            spared = catalogue.replaced(card, made)
            for file in card.files:
                target = made / file.path
                target.parent.mkdir(parents=True, exist_ok=True)
                there = target.is_file() or _at_hand(file, target, home, source, known)
                if not there and file.path not in spared:
                    _fetch(file, target, source, progress, patience, say)
            digests = {file.path: _verified(file, made / file.path, known) for file in card.files}
            if (home / CARD).is_file():
                shutil.copy2(home / CARD, made / CARD)
            write_receipt(made, digests)
            calibrate(card, made, hear, home)
            workshop.place(made, home)
    except OSError as error:
        raise InstallFailed(
            f"{home} cannot be written: {error.strerror or error}.", f"تعذّرت الكتابة إلى {home}."
        ) from error


def permit(card: VoiceCard, *, accept_licence: bool) -> None:
    """Check that a voice may be installed.

    Raises:
        LicenceNotAccepted: commercial use is not allowed for certain, and that was not accepted.
    """
    if not accept_licence:
        _check_licence(card)


def calibrate(card: VoiceCard, made: Path, hear: Audition, home: Path) -> None:
    """Measure a voice in its workshop.

    The gain that was measured of the same files and settings before stays: recordings are cached under it.

    Args:
        card: the voice.
        made: the workshop, which holds the files and their receipt.
        hear: measures.
        home: where the voice may be installed already.
    """
    measured = hear(made)
    measured = replace(measured, gain_db=rounded(measured.gain_db), basis=basis(card, made))
    write_calibration(made, _kept(card, (home, made), measured))


def _kept(card: VoiceCard, folders: Iterable[Path], measured: Calibration) -> Calibration:
    """The measurements, with the gain that is noted in one of the folders if it is of the same files."""
    for folder in folders:
        before = read_calibration(folder)
        if before and (before.basis or basis(card, folder)) == measured.basis:
            return replace(measured, gain_db=before.gain_db)
    return measured


def _check_licence(card: VoiceCard) -> None:
    """Refuse a voice that a site which earns money may not use, or perhaps not."""
    if card.commercial_use is CommercialUse.NO:
        raise LicenceNotAccepted(
            f"{card.id} must not be used commercially: its licence forbids it ({card.licence}). A site that "
            f"earns money can't put it on air; for any other use, install it with --accept-licence.",
            f"لا يجوز استعمال الصوت {card.id} تجاريًّا: رخصته تمنع ذلك ({card.licence}). فلا يبثّه موقع يكسب "
            f"مالًا، ولغير ذلك ثبّته بالخيار --accept-licence.",
        )
    if card.commercial_use is CommercialUse.UNKNOWN:
        why = card.evidence.read if card.evidence else "its card names no evidence"
        whom = card.homepage or card.attribution
        raise LicenceNotAccepted(
            f"It is unknown whether {card.id} may be used commercially: {why}. Ask its authors ({whom}) "
            f"before it goes on air; to try it, install it with --accept-licence.",
            f"لا يُعرف هل يجوز استعمال الصوت {card.id} تجاريًّا. اسأل أصحابه ({whom}) قبل بثّه، ولتجربته ثبّته "
            f"بالخيار --accept-licence.",
        )


def check(catalogue: Catalogue, card: VoiceCard) -> tuple[str, ...]:
    """The paths of files that are missing or wrong; empty if all are intact.

    Wrong is a file that differs from the installed one. So is a file that an engine made (``voices.derived``)
    if it differs from what was made, or was made of other files than are there.
    """
    home = catalogue.folder(card)
    known, note = read_receipt(home), read_derived(home)
    replaced = catalogue.replaced(card)
    wrong = [
        file.path
        for file in card.files
        if file.path not in replaced
        and (
            not (home / file.path).is_file()
            or digest(home / file.path) != (file.sha256 or known.get(file.path))
        )
    ]
    if note is not None:
        outdated = note.outdated(home, thorough=True)
        wrong += note.made if outdated else note.damaged(home, thorough=True)
    return tuple(wrong)


def remove(catalogue: Catalogue, card: VoiceCard) -> None:
    """Delete a voice's files, also those of an unfinished install, and the card if the voice was added.

    Raises:
        InstallFailed: the voice comes with the program, or is being installed.
        OSError: the files cannot be deleted.
    """
    if not card.files and card.remote is None:
        raise InstallFailed(
            f"{card.id} comes with istami and cannot be removed.",
            f"الصوت {card.id} جزء من البرنامج ولا يُزال.",
        )
    workshop.discard(catalogue.folder(card))
    with suppress(FileNotFoundError):
        shutil.rmtree(catalogue.folder(card))


def _at_hand(file: VoiceFile, target: Path, home: Path, source: Path | None, known: dict[str, str]) -> bool:
    """Copy the file from where it is on this machine; return whether it is there."""
    if source is not None:
        return take(file.path, target, source)
    there = home / file.path
    if there.is_file() and digest(there) == (file.sha256 or known.get(file.path)):
        copy(there, target)
        return True
    if file.system:
        _from_system(file, target)
        return True
    return False


def _fetch(  # as ``install``
    file: VoiceFile,
    target: Path,
    source: Path | None,
    progress: Progress,
    patience: Patience,
    say: Callable[[str], None],
) -> None:
    """Download a file that is not on this machine."""
    if source is not None:
        raise InstallFailed(f"{source} does not contain {file.path}.", f"لا يحتوي {source} على {file.path}.")
    if not file.url:
        raise InstallFailed(
            f"{file.path} has no URL; use --from FOLDER.", f"لا عنوان للملف {file.path}؛ استعمل ‎--from."
        )
    fetch(file.url, target, file.size, progress, patience, say)


def _from_system(file: VoiceFile, target: Path) -> None:
    if not Path(file.system).is_file():
        raise InstallFailed(
            f"{file.system} is missing. Fix: apt-get install {file.package} (contrib, non-free).",
            f"الملف {file.system} غير موجود. الحل: apt-get install {file.package} (contrib وnon-free).",
        )
    copy(Path(file.system), target)


def _verified(file: VoiceFile, path: Path, known: dict[str, str]) -> str:
    """The file's hash, after comparing it with the card's, or else with that of the first install.

    Of a file that is not needed any more, the hash that it had.
    """
    wanted = file.sha256 or known.get(file.path)
    if wanted is not None and not path.is_file():
        return wanted
    got = digest(path)
    if wanted is not None and got != wanted:
        path.unlink()
        raise InstallFailed(
            f"{file.path} is not the right file: its SHA-256 is {got}, it must be {wanted}.",
            f"الملف {file.path} ليس هو المطلوب: بصمته {got} والمطلوب {wanted}.",
        )
    files.synced(path)
    return got
