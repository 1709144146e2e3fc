"""The page on which listeners compare voices: the same article in each, at one loudness, and a vote."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from service.audio.levelling import gain_to
from service.model.recording import Clip
from service.studio.pages import data_uri, self_contained
from voices.calibration import CALIBRATED_LUFS
from voices.card import VoiceCard


@dataclass(frozen=True, slots=True)
class Candidate:
    """A voice, and the article as it speaks it."""

    card: VoiceCard
    clip: Clip


def page(title: str, text: str, candidates: Sequence[Candidate], *, blind: bool) -> str:
    """The page, complete in one file.

    Args:
        title: of the article; may be empty.
        text: of the article, shown above the players.
        candidates: in the order of the page, unless it is blind.
        blind: draw the order, and hide the names until the listener has voted. They stay in the file, which
            a listener who looks for them can read.

    Raises:
        EngineError: ffmpeg could not measure the loudness.
        MissingPart: no ffmpeg on this machine.
    """
    order = list(candidates)
    if blind:
        secrets.SystemRandom().shuffle(order)
    data = {
        "ballot": hashlib.sha256(text.encode()).hexdigest()[:16],
        "title": title,
        "text": text,
        "blind": blind,
        "voices": [_shown(candidate) for candidate in order],
    }
    return self_contained("compare", title or "المقارنة بين الأصوات", data)


def _shown(candidate: Candidate) -> dict[str, object]:
    card, clip = candidate.card, candidate.clip
    return {
        "id": card.id,
        "name": card.name.ar,
        "licence": card.licence,
        "commercial": card.commercial_use.value,
        "audio": data_uri(clip, gain_to(clip, CALIBRATED_LUFS)),
    }
