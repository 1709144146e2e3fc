"""Registers a remote voice: a card in the data folder, and what was measured of its sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory

from voices import files
from voices.calibration import Calibration, write_calibration
from voices.card import Option, VoiceCard, read_card, toml
from voices.catalogue import CARD
from voices.errors import InstallFailed
from voices.licence import CommercialUse, Evidence
from voices.terms import Terms


@dataclass(frozen=True, slots=True)
class About:
    """Details of a remote voice that no server tells."""

    id: str
    name_ar: str
    name_en: str
    licence: str
    attribution: str
    commercial_use: CommercialUse
    evidence: Evidence | None
    sample_rate: int
    language: str
    characters: int


def describe(about: About, options: Mapping[str, Option], terms: Mapping[str, Option]) -> str:
    """The text of a remote voice's card; ``terms`` are fields of ``Terms``, without those left at default."""
    usual = {field.name: field.default for field in fields(Terms)}
    lines: dict[str, Option] = {
        "id": about.id,
        "engine": "remote",
        "language": about.language,
        "dialect": "standard",
        "gender": "neutral",
        "sample_rate": about.sample_rate,
        "licence": about.licence,
        "commercial_use": about.commercial_use.value,
        "attribution": about.attribution,
    }
    told = {name: value for name, value in terms.items() if value != usual.get(name)}
    return "\n".join(
        (
            *_lines(lines),
            f"name = {{ ar = {toml(about.name_ar)}, en = {toml(about.name_en)} }}",
            f"limits = {{ characters = {about.characters} }}",
            *_evidence(about.evidence),
            "",
            "# What shapes the sound. Change revision when the vendor has changed the voice.",
            "[options]",
            *_lines(options),
            "",
            "# How the server is reached, and what it may cost.",
            "[remote]",
            *_lines(told),
            "",
        )
    )


def connect(folder: Path, text: str, measured: Calibration) -> VoiceCard:
    """Put a card in place, with its calibration, whole or not at all.

    Args:
        folder: where voices are installed.
        text: the card.
        measured: of the voice.

    Raises:
        InstallFailed: the voice exists already, or a file cannot be written; nothing has changed.
        BadCard: the text is no valid card.
    """
    card = read_card(text, CARD)
    home = folder / card.id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".connecting-") as made:
            workshop = Path(made) / card.id
            workshop.mkdir()
            files.replace(workshop / CARD, text.encode())
            write_calibration(workshop, measured)
            with files.locked(home):
                if home.exists():
                    raise InstallFailed(f"There is a voice {card.id} already.", f"يوجد صوت باسم {card.id}.")
                workshop.rename(home)
                files.synced(folder)
    except OSError as error:
        raise InstallFailed(f"{home}: {error.strerror or error}.", f"تعذّرت الكتابة إلى {home}.") from error
    return card


def _evidence(evidence: Evidence | None) -> list[str]:
    if evidence is None:
        return []
    read, at = toml(evidence.read), toml(evidence.at)
    return [f"evidence = {{ read = {read}, at = {at}, on = {evidence.on} }}"]


def _lines(values: Mapping[str, Option]) -> list[str]:
    return [f"{toml(name) if '.' in name else name} = {toml(value)}" for name, value in values.items()]
