"""The judgement of a voice: what was measured of it, and whether it is fit for air."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

from voices import files
from voices.card import VoiceCard
from voices.licence import CommercialUse, today

JUDGEMENT = "judgement.json"
"""Name of the file within a voice's folder."""
WORST_CER = 0.20
"""Highest character error rate that is fit for air."""
LEAST_DNSMOS = 3.0
"""Lowest DNSMOS (P.835, overall) that is fit for air."""
SLOWEST = 1.0
"""Highest real-time factor of any sentence that is fit for air: as fast as speech."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Measurements of a voice on one machine. ``None``: not measured."""

    fingerprint: str
    """That of the voice that was measured; another fingerprint is another voice."""
    date: str
    """ISO 8601, in UTC."""
    device: str
    """Where it spoke: ``cpu`` or ``cuda``."""
    threads: int
    real_time_factor: float
    """Seconds of work per second of speech, over all sentences."""
    slowest_factor: float
    """That of the slowest sentence."""
    first_sound: float
    """Seconds until the first phrase of an article has been spoken, with the voice loaded."""
    loudness: float
    """LUFS, with the card's gain."""
    loudness_spread: float
    """LU between the softest and the loudest sentence."""
    true_peak: float
    """dBTP, with the card's gain and limited as on air."""
    silence: float
    """Share of silence within the sentences, from 0 to 1."""
    longest_silence: float
    """Seconds, within a sentence."""
    letter_coverage: float | None = None
    """Share of the letters and marks of news Arabic that the voice can say, from 0 to 1."""
    lacking: tuple[str, ...] = ()
    """The letters that it cannot say."""
    dnsmos: float | None = None
    """Predicted opinion of listeners, from 1 to 5 (DNSMOS P.835, overall)."""
    cer: float | None = None
    """Character error rate of the recogniser; 0 is perfect, and it may exceed 1."""
    recogniser: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    """Versions of the programs and models that measured."""


class Shortcoming(NamedTuple):
    """Why a voice is not fit for air."""

    en: str
    ar: str


def shortcomings(card: VoiceCard, judgement: Judgement) -> tuple[Shortcoming, ...]:
    """What a voice lacks to be fit for air; empty if it is fit. What was not measured counts as lacking."""
    return tuple(_shortcomings(card, judgement))


def read_judgement(folder: Path, fingerprint: str) -> Judgement | None:
    """The judgement in a voice's folder; ``None`` if there is none of the voice with this fingerprint."""
    try:
        table: dict[str, Any] = json.loads((folder / JUDGEMENT).read_text(encoding="utf-8"))
        known = {field.name for field in fields(Judgement)}
        table = {name: value for name, value in table.items() if name in known}
        judgement = Judgement(**table | {"lacking": tuple(table.get("lacking", ()))})
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return judgement if judgement.fingerprint == fingerprint else None


def write_judgement(folder: Path, card: VoiceCard, judgement: Judgement) -> Path:
    """Store a judgement, with its verdict for readers of the file, in a voice's folder; returns its path.

    Raises:
        OSError: the file cannot be written; an earlier one is unchanged.
    """
    lacks = shortcomings(card, judgement)
    table = asdict(judgement) | {"fit_for_air": not lacks, "why_not": [lack.en for lack in lacks]}
    text = json.dumps(table, ensure_ascii=False, indent=1)
    return files.replace(folder / JUDGEMENT, f"{text}\n".encode())


def _unlawful(card: VoiceCard) -> Iterator[Shortcoming]:
    if card.commercial_use is CommercialUse.NO:
        yield Shortcoming("its licence does not allow commercial use", "لا يسمح ترخيصه بالاستعمال التجاري")
    elif card.commercial_use is CommercialUse.UNKNOWN:
        yield Shortcoming(
            "whether it may be used commercially is unknown", "لا يُعرف هل يُسمح باستعماله تجاريًّا"
        )
    elif not card.is_lawful(today()):
        yield Shortcoming("its speaker's consent has ended", "انتهت موافقة صاحب الصوت")


def _shortcomings(card: VoiceCard, judgement: Judgement) -> Iterator[Shortcoming]:
    yield from _unlawful(card)
    if judgement.letter_coverage is None:
        yield Shortcoming("letter coverage not measured", "لم تُقَس تغطية الحروف")
    elif judgement.letter_coverage < 1:
        lacking = judgement.lacking
        yield Shortcoming(f"it lacks {' '.join(lacking)}", f"تنقصه الحروف: {' '.join(lacking)}")
    if judgement.cer is None:
        yield Shortcoming("recognition (CER) not measured", "لم يُقَس خطأ التعرّف (CER)")
    elif not judgement.cer <= WORST_CER:
        yield Shortcoming(
            f"CER {judgement.cer:.2f}, the limit is {WORST_CER:.2f}",
            f"خطأ التعرّف {judgement.cer:.2f}، والحد الأقصى {WORST_CER:.2f}",
        )
    if judgement.dnsmos is None:
        yield Shortcoming("DNSMOS not measured", "لم تُقَس جودة الصوت (DNSMOS)")
    elif not judgement.dnsmos >= LEAST_DNSMOS:
        yield Shortcoming(
            f"DNSMOS {judgement.dnsmos:.2f}, at least {LEAST_DNSMOS:.1f} is needed",
            f"جودة الصوت {judgement.dnsmos:.2f}، والمطلوب {LEAST_DNSMOS:.1f} على الأقل",
        )
    if not judgement.slowest_factor < SLOWEST:
        yield Shortcoming(
            f"slower than speech here: {judgement.slowest_factor:.2f} s of work a second",
            f"أبطأ من الكلام على هذا الجهاز: {judgement.slowest_factor:.2f} ث عمل لكل ثانية",
        )
