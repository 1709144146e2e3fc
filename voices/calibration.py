"""Loudness and speed of a voice, measured on this machine after its install."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from voices import files
from voices.card import VoiceCard

CALIBRATION = "calibration.json"
"""Name of the file within a voice's folder."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Measured by speaking a few sentences."""

    gain_db: float
    """Brings the voice to -16 LUFS."""
    measured_rtf: float
    """Seconds of work per second of speech."""


def calibrated(card: VoiceCard, folder: Path) -> VoiceCard:
    """The card with measured values instead of assumed ones; unchanged if there are none."""
    try:
        table = json.loads((folder / CALIBRATION).read_text(encoding="utf-8"))
        return replace(card, gain_db=float(table["gain_db"]), measured_rtf=float(table["measured_rtf"]))
    except (OSError, ValueError, KeyError, TypeError):
        return card


def write_calibration(folder: Path, measured: Calibration) -> None:
    """Store the measurements beside the voice's files.

    Raises:
        OSError: the file cannot be written; earlier measurements are unchanged.
    """
    table = {"gain_db": round(measured.gain_db, 1), "measured_rtf": round(measured.measured_rtf, 3)}
    files.replace(folder / CALIBRATION, f"{json.dumps(table)}\n".encode())
