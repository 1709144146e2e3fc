"""Loudness and speed of a voice, measured before it is put in place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from voices import files
from voices.card import VoiceCard

CALIBRATION = "calibration.json"
"""Name of the file within a voice's folder."""
CALIBRATED_LUFS = -16.0
"""Loudness to which a voice's gain brings it."""
GAIN_STEP_DB = 0.5
"""Gains are rounded to it. Machines with the same files agree, although their arithmetic differs in the last
digits; half a step is inaudible. (Five auditions of one voice, its noise switched off, differ by 0.0 dB; with
noise by 0.3 dB.)"""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Measured by speaking a few sentences."""

    gain_db: float
    """Brings the voice to -16 LUFS."""
    measured_rtf: float
    """Seconds of work per second of speech."""
    basis: str | None = None
    """``catalogue.basis`` of what was measured; ``None`` in files of older versions."""


Audition = Callable[[Path], Calibration]
"""Speaks with the files in a folder, and measures. Raises errors of its own if they cannot speak."""


def read_calibration(folder: Path) -> Calibration | None:
    """The measurements stored beside a voice's files; ``None`` if there are none."""
    try:
        table = json.loads((folder / CALIBRATION).read_text(encoding="utf-8"))
        basis = table.get("basis")
        return Calibration(float(table["gain_db"]), float(table["measured_rtf"]), basis and str(basis))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def calibrated(card: VoiceCard, folder: Path) -> VoiceCard:
    """The card with measured values instead of assumed ones; unchanged if there are none."""
    found = read_calibration(folder)
    return replace(card, gain_db=found.gain_db, measured_rtf=found.measured_rtf) if found else card


def rounded(gain_db: float) -> float:
    """The nearest multiple of ``GAIN_STEP_DB``."""
    return round(gain_db / GAIN_STEP_DB) * GAIN_STEP_DB


def write_calibration(folder: Path, measured: Calibration) -> None:
    """Store the measurements beside the voice's files.

    Raises:
        OSError: the file cannot be written; earlier measurements are unchanged.
    """
    table: dict[str, object] = {
        "gain_db": round(measured.gain_db, 1),
        "measured_rtf": round(measured.measured_rtf, 3),
    }
    if measured.basis:
        table |= {"basis": measured.basis}
    files.replace(folder / CALIBRATION, f"{json.dumps(table)}\n".encode())
