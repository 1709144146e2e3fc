"""Installed voices as archives: a voice is made once, and installed on machines that could not make it.

An archive has a folder of the voice's name with its card, its files, its receipt, its calibration, and what
an engine made of its files. What the voice does not need any more (a checkpoint that was exported) stays out.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from voices.calibration import CALIBRATION
from voices.card import VoiceCard, read_card
from voices.catalogue import CARD, Catalogue, card_text, comes_along
from voices.derived import DERIVED, read_derived, refresh
from voices.errors import BadCard, InstallFailed
from voices.receipt import RECEIPT, read_receipt
from voices.sources import take

_OWN = frozenset({CARD, RECEIPT, CALIBRATION, DERIVED})
"""Files of an archive that no engine makes."""


def pack(catalogue: Catalogue, card: VoiceCard, target: IO[bytes]) -> None:
    """Write an installed voice as an uncompressed tar.

    Args:
        catalogue: provides the folder.
        card: the voice; ``installer.check`` found nothing wrong.
        target: receives the archive.

    Raises:
        OSError: a file cannot be read, or the archive cannot be written.
    """
    folder = catalogue.folder(card)
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        text = card_text(card, folder).encode()
        member = tarfile.TarInfo(f"{card.id}/{CARD}")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
        for name in _packed(card, folder):
            archive.add(folder / name, f"{card.id}/{name}", recursive=False, filter=_nobody)


def unpack(card: VoiceCard, source: Path, made: Path) -> dict[str, str]:
    """Bring what an archive has beside the voice's files into its workshop.

    Args:
        card: the voice.
        source: an archive that ``pack`` wrote, the folder in it, or any other place with the voice's files.
        made: the workshop.

    Returns:
        The archive's receipt; empty if ``pack`` did not write it.

    Raises:
        InstallFailed: something in it is damaged.
    """
    if not take(RECEIPT, made / RECEIPT, source):
        return {}
    take(CALIBRATION, made / CALIBRATION, source)
    if not comes_along(card.id):
        take(CARD, made / CARD, source)
    if take(DERIVED, made / DERIVED, source):
        _bring_made(source, made)
    return read_receipt(made)


def packed_card(source: Path, id_: str) -> VoiceCard | None:
    """The card in an archive that ``pack`` wrote; ``None`` if it has none.

    Raises:
        BadCard: it cannot be read, or is another voice's.
        InstallFailed: the archive cannot be read.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / CARD
        if not take(CARD, file, source):
            return None
        card = read_card(file.read_bytes().decode("utf-8", "replace"), f"{source}: {CARD}")
    if card.id != id_:
        raise BadCard(
            f"{source} holds the voice {card.id}, not {id_}.", f"في {source} الصوت {card.id} لا {id_}."
        )
    if card.remote is not None:  # its card names the variable or file of a key, and where that is sent
        raise BadCard(
            f"{source} holds a voice of a server: connect it with istami voices connect.",
            f"في {source} صوت خادم: سجّله بالأمر istami voices connect.",
        )
    return card


def _packed(card: VoiceCard, folder: Path) -> Iterator[str]:
    note = read_derived(folder)
    left_out = note.replaced if note else ()
    yield from (file.path for file in card.files if file.path not in left_out)
    yield from (RECEIPT, CALIBRATION)
    if note:
        yield from (*note.made, DERIVED)


def _bring_made(source: Path, made: Path) -> None:
    note = read_derived(made)
    names = note.made if note else {}
    if note is None or any(PurePosixPath(name).name != name or name in _OWN for name in names):
        raise InstallFailed(f"{source}: {DERIVED} cannot be read.", f"تعذّرت قراءة {DERIVED} في {source}.")
    missing = [name for name in names if not take(name, made / name, source)]
    if damaged := missing or note.damaged(made, thorough=True):
        raise InstallFailed(
            f"{source} is damaged: {', '.join(damaged)}.", f"الأرشيف {source} تالف: {'، '.join(damaged)}."
        )
    refresh(made, note)


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """A member that names no account of this machine."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
