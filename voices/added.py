"""Registers a publisher's own voice: a card in the data folder beside copies of its files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from voices import files, workshop
from voices.calibration import CALIBRATION, Audition
from voices.card import VoiceCard, read_card, toml
from voices.catalogue import CARD
from voices.derived import DERIVED
from voices.digest import digest
from voices.errors import InstallFailed
from voices.installer import calibrate
from voices.licence import CommercialUse, Consent, Evidence
from voices.receipt import RECEIPT, write_receipt

_KEPT = {".pth", ".json", ".txt", ".onnx", ".wav", ".pt", ".md", ".bin", ".npz", ".npy"}
"""Suffixes of a voice's files; checkpoint folders also hold training logs."""
_EXPORTED = {"istami.json", "istami.onnx"}
"""What the engine ``coqui`` makes of a checkpoint."""


_RATES = {"kokoro": 24_000}
"""Hertz, of engines whose voices all have one sample rate and state none."""

Hear = Callable[[VoiceCard], Audition]


@dataclass(frozen=True, slots=True)
class Description:
    """Details of a voice that only the publisher knows."""

    id: str
    name_ar: str
    name_en: str
    licence: str
    attribution: str
    commercial_use: CommercialUse
    language: str = "ar"
    """BCP 47."""
    data_licence: str = ""
    """Of the recordings; empty: not stated."""
    evidence: Evidence | None = None
    consent: Consent | None = None
    characters: int = 600
    options: dict[str, str] | None = None


def add(folder: Path, engine: str, source: Path, about: Description, *, hear: Hear) -> VoiceCard:
    """Copy a voice's files into the data folder, write its card, and measure it.

    Args:
        folder: where voices are installed.
        engine: the voice's engine.
        source: the folder that holds the voice.
        about: the other fields of its card.
        hear: makes of its card what measures the voice before it is put in place; its errors pass through.

    Raises:
        InstallFailed: the voice exists already, the folder states no sample rate, or a file cannot be
            written; nothing has changed.
        BadCard: the description is not a valid card.
    """
    rate = _RATES.get(engine) or sample_rate(source)
    read_card(_card(engine, rate, about, {}), f"{about.id}/{CARD}")  # before its id becomes a path
    home = folder / about.id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with workshop.fresh(home) as made:
            if home.exists():
                raise InstallFailed(f"There is a voice {about.id} already.", f"يوجد صوت باسم {about.id}.")
            card = _furnished(made, engine, source, about, rate)
            calibrate(card, made, hear(card), home)
            workshop.place(made, home)
    except OSError as error:
        raise InstallFailed(f"{home}: {error.strerror or error}.", f"تعذّرت الكتابة إلى {home}.") from error
    return card


def _furnished(made: Path, engine: str, source: Path, about: Description, rate: int) -> VoiceCard:
    """Write copies of the voice's files, its card and its receipt to disk."""
    found = _own_files(source)
    for file in found:
        shutil.copyfile(file, made / file.name)
        files.synced(made / file.name)
    digests = {file.name: digest(made / file.name) for file in found}
    text = _card(engine, rate, about, digests)
    card = read_card(text, f"{about.id}/{CARD}")
    files.replace(made / CARD, text.encode())
    write_receipt(made, digests)
    return card


def _own_files(source: Path) -> list[Path]:
    """The files of a voice in a folder, without those that istami made in it beside a checkpoint."""
    found = [file for file in sorted(source.iterdir()) if file.is_file() and file.suffix in _KEPT]
    ours = {RECEIPT, CALIBRATION, DERIVED}
    if any(file.suffix == ".pth" for file in found):
        ours |= _EXPORTED
    return [file for file in found if file.name not in ours]


def sample_rate(folder: Path) -> int:
    """Read the sample rate from a voice's own configuration.

    Raises:
        InstallFailed: no configuration file states one.
    """
    for path in (folder / "config.json", *sorted(folder.glob("*.onnx.json"))):
        try:
            config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        audio, data = config.get("audio") or {}, config.get("data") or {}
        rate = audio.get("output_sample_rate") or audio.get("sample_rate") or data.get("sampling_rate")
        if isinstance(rate, int):
            return rate
    raise InstallFailed(
        f"Neither config.json nor an .onnx.json in {folder} specifies a sample rate.",
        f"لا يذكر أي ملف إعدادات في {folder} معدّل العيّنات.",
    )


def _card(engine: str, rate: int, about: Description, digests: dict[str, str]) -> str:
    lines = [
        f"id = {toml(about.id)}",
        f"engine = {toml(engine)}",
        f"language = {toml(about.language)}",
        'dialect = "standard"',
        'gender = "neutral"',
        f"sample_rate = {rate}",
        f"licence = {toml(about.licence)}",
        f"commercial_use = {toml(about.commercial_use)}",
        f"data_licence = {toml(about.data_licence)}",
        f"attribution = {toml(about.attribution)}",
        f"name = {{ ar = {toml(about.name_ar)}, en = {toml(about.name_en)} }}",
        f"limits = {{ characters = {about.characters} }}",
        *_table("evidence", about.evidence),
        *_table("consent", about.consent),
        "[options]",
        *(f"{toml(key)} = {toml(value)}" for key, value in (about.options or {}).items()),
    ]
    for path, sha256 in digests.items():
        lines += ["[[files]]", f"path = {toml(path)}", f"sha256 = {toml(sha256)}"]
    return "\n".join(lines) + "\n"


def _table(name: str, record: Evidence | Consent | None) -> list[str]:
    """A record as a table of TOML, dates as ISO 8601; no lines for ``None``."""
    if record is None:
        return []
    told = {field: value for field, value in asdict(record).items() if value is not None}
    return [f"[{name}]", *(f"{field} = {toml(str(value))}" for field, value in told.items())]
