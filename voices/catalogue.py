"""All voices: the built-in cards, and those that a publisher added."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from importlib import resources
from pathlib import Path
from unicodedata import combining

from voices.calibration import CALIBRATION, calibrated
from voices.card import VoiceCard, read_card
from voices.derived import read_derived, version
from voices.errors import BadCard, NoSuchVoice
from voices.receipt import read_receipt

log = logging.getLogger(__name__)

CARD = "card.toml"
"""Name of an added voice's card within its folder."""
_OURS = resources.files("voices") / "cards"
_INSTALLED = "[!.]*/{}"
"""A file in a voice's folder; folders with a leading dot are left over from interrupted installs."""


class Catalogue:
    """Finds voices by their id. The next call sees every voice that is added, changed or removed later.

    Args:
        folder: where voices are installed, one folder each; it may be missing.

    Raises:
        BadCard: a card cannot be read. A card that becomes invalid later is logged, and the cards known
            before stay in use.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._state()
        self._cards = self._read()

    def list(self) -> tuple[VoiceCard, ...]:
        """Every card, installed or not, by id."""
        return tuple(sorted(self._known().values(), key=lambda card: card.id))

    def get(self, id_: str) -> VoiceCard:
        """The card of one voice.

        Raises:
            NoSuchVoice: no card has this id.
        """
        cards = self._known()
        if id_ not in cards:
            known = sorted(cards)
            raise NoSuchVoice(
                f"There is no voice {id_!r}. Available: {', '.join(known)}.",
                f"لا يوجد صوت باسم «{id_}». الأصوات المعروفة: {'، '.join(known)}.",
            )
        return cards[id_]

    def folder(self, card: VoiceCard) -> Path:
        """The folder of the voice's files once it is installed."""
        return self._folder / card.id

    def installed(self, card: VoiceCard) -> bool:
        """Whether all its files exist, but those that are not needed any more.

        ``installer.check`` verifies their contents.
        """
        missing = {file.path for file in card.files if not (self.folder(card) / file.path).is_file()}
        return not missing or missing <= self.replaced(card)

    def replaced(self, card: VoiceCard, folder: Path | None = None) -> set[str]:
        """The missing files of a voice that is there all the same, as an engine made another form of them.

        Args:
            card: the voice.
            folder: where it is; by default where it is installed.
        """
        folder = folder or self.folder(card)
        note = read_derived(folder)
        if note is None or not all((folder / name).is_file() for name in note.made):
            return set()
        return {name for name in note.replaced if not (folder / name).exists()}

    def fingerprint(self, card: VoiceCard) -> str:
        """SHA-256 of everything that determines the voice's sound: files, packages and card settings.

        Two machines with the same files and versions have the same fingerprint. Names, licence and URLs do
        not count.
        """
        gain = 0.0 if card.gain_db is None else card.gain_db
        folder = self.folder(card)
        return _hashed(_shaping(card, folder, read_receipt(folder)) | {"gain_db": gain})

    def _known(self) -> dict[str, VoiceCard]:
        state = self._state()
        if state != self._seen:
            self._seen = state
            try:
                self._cards = self._read()
            except BadCard as error:
                log.warning("%s", error.en)
        return self._cards

    def _state(self) -> dict[Path, tuple[int, int]]:
        """Changes whenever a file that a card is built from changes; takes a tenth of a millisecond."""
        state = {}
        for name in (CARD, CALIBRATION):
            for file in self._folder.glob(_INSTALLED.format(name)):
                with suppress(FileNotFoundError):  # removed at this moment
                    seen = file.stat()
                    state[file] = seen.st_mtime_ns, seen.st_size
        return state

    def _read(self) -> dict[str, VoiceCard]:
        cards = (*_ours(), *_added(self._folder))
        return {card.id: calibrated(card, self._folder / card.id) for card in cards}


def basis(card: VoiceCard, folder: Path) -> str:
    """SHA-256 of everything that the loudness of a voice in a folder depends on."""
    return _hashed(_shaping(card, folder, read_receipt(folder)))


def _shaping(card: VoiceCard, folder: Path, digests: Mapping[str, str]) -> dict[str, object]:
    note = read_derived(folder) if card.packages else None
    elsewhere = note.packages if note else {}
    shaping: dict[str, object] = {
        "engine": card.engine,
        "files": {file.path: file.sha256 or digests.get(file.path) for file in card.files},
        "packages": {name: version(name) or elsewhere.get(name) for name in card.packages},
        "sample_rate": card.sample_rate,
        "characters": card.limits.characters,
        "speed": card.speed,
        "options": dict(card.options),
    }
    # Only what changes the sound of some sentence: a mark among them would be left out in any case.
    if instead := sorted(sign for sign in card.lacks if not combining(sign[0])):
        shaping["lacks"] = instead
    return shaping


def _hashed(table: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()


def _ours() -> Iterator[VoiceCard]:
    for file in _OURS.iterdir():
        if file.name.endswith(".toml"):
            yield read_card(file.read_text(encoding="utf-8"), file.name)


def comes_along(id_: str) -> bool:
    """Whether a voice's card comes with the program."""
    return (_OURS / f"{id_}.toml").is_file()


def card_text(card: VoiceCard, folder: Path) -> str:
    """The card of a voice as it is written: in its folder, or among those that come along.

    Raises:
        OSError: it cannot be read.
    """
    file = folder / CARD
    return (file if file.is_file() else _OURS / f"{card.id}.toml").read_text(encoding="utf-8")


def _added(folder: Path) -> Iterator[VoiceCard]:
    for file in sorted(folder.glob(_INSTALLED.format(CARD))):
        card = read_card(_text(file), str(file))
        yield replace(card, id=file.parent.name)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadCard(
            f"The voice card {file} cannot be read: it is not UTF-8.",
            f"تعذّرت قراءة بطاقة الصوت {file}: ترميزها ليس UTF-8.",
        ) from error
