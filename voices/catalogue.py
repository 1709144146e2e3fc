"""All voices: the cards that come along, and those that a publisher added."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata, resources
from pathlib import Path

from voices.calibration import calibrated
from voices.card import VoiceCard, read_card
from voices.errors import NoSuchVoice
from voices.receipt import read_receipt

CARD = "card.toml"
"""Name of an added voice's card within its folder."""


class Catalogue:
    """Finds voices by their id.

    Args:
        folder: where voices are installed, one folder each; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        cards = (calibrated(card, folder / card.id) for card in (*_ours(), *_added(folder)))
        self._cards = {card.id: card for card in cards}

    def list(self) -> tuple[VoiceCard, ...]:
        """Every card, installed or not, by id."""
        return tuple(sorted(self._cards.values(), key=lambda card: card.id))

    def get(self, id_: str) -> VoiceCard:
        """The card of one voice.

        Raises:
            NoSuchVoice: no card has this id.
        """
        try:
            return self._cards[id_]
        except KeyError:
            known = ", ".join(sorted(self._cards))
            raise NoSuchVoice(
                f"There is no voice {id_!r}. There are: {known}.",
                f"لا يوجد صوت باسم «{id_}». الأصوات المعروفة: {known}.",
            ) from None

    def folder(self, card: VoiceCard) -> Path:
        """Where the voice's files lie once it is installed."""
        return self._folder / card.id

    def installed(self, card: VoiceCard) -> bool:
        """Whether all its files are there. Their bytes are looked at by ``installer.check``."""
        return all((self.folder(card) / file.path).is_file() for file in card.files)

    def fingerprint(self, card: VoiceCard) -> str:
        """SHA-256 of all that makes the voice sound as it does: files, packages and what the card sets.

        Two machines agree when they hold the same files and the same versions. Names, licence and
        addresses do not count.
        """
        seen = read_receipt(self.folder(card))
        shaping = {
            "engine": card.engine,
            "files": {file.path: file.sha256 or seen.get(file.path) for file in card.files},
            "packages": {name: _version(name) for name in card.packages},
            "sample_rate": card.sample_rate,
            "characters": card.limits.characters,
            "speed": card.speed,
            "gain_db": card.gain_db,
            "options": dict(card.options),
        }
        return hashlib.sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()


def _ours() -> Iterator[VoiceCard]:
    for file in resources.files("voices").joinpath("cards").iterdir():
        if file.name.endswith(".toml"):
            yield read_card(file.read_text(encoding="utf-8"), file.name)


def _added(folder: Path) -> Iterator[VoiceCard]:
    # Names with a dot are what an install left when it was broken off.
    for file in sorted(folder.glob(f"[!.]*/{CARD}")):
        card = read_card(file.read_text(encoding="utf-8"), str(file))
        yield replace(card, id=file.parent.name)


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
