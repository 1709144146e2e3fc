"""Checks that the voices support the requested speaking rate and pitch."""

from __future__ import annotations

from collections.abc import Sequence

from service.model.errors import BadArticle
from service.model.reading import Phrase, Reading
from service.recordings.plan import VoiceProfile

SPEEDS = (0.5, 2.0)
"""Slowest and fastest speed allowed; 1.0 is the voice's own pace."""


def check(readings: Sequence[Reading], sound: VoiceProfile) -> None:
    """Refuse settings that a voice cannot produce.

    Raises:
        BadArticle: a rate beyond the voices' limits, or a pitch for a voice whose pitch cannot be changed.
    """
    for reading in readings:
        for piece in reading.pieces:
            _check_rate(piece, sound.speed)
            _check_pitch(piece, sound)


def _check_rate(piece: Phrase, speed: float) -> None:
    least, most = SPEEDS
    if piece.style.rate != 1.0 and not least <= speed * piece.style.rate <= most:
        asked = f"{speed * piece.style.rate:g}"
        raise BadArticle(
            f"SSML: “{piece.text[:40]}” would be spoken at speed {asked} (the article's {speed:g} times its "
            f"rate); voices support {least} to {most}.",
            f"SSML: سرعة «{piece.text[:40]}» ستكون {asked} (سرعة المقال {speed:g} مضروبة في rate)، "
            f"والمسموح من {least} إلى {most}.",
            field="ssml",
        )


def _check_pitch(piece: Phrase, sound: VoiceProfile) -> None:
    voice = sound.latin.voice if piece.latin else sound.voice
    if piece.style.semitones and voice not in sound.pitched:
        raise BadArticle(
            f"SSML: the pitch of the voice {voice} cannot be changed; leave “pitch” out, or choose another.",
            f"SSML: لا يمكن تغيير طبقة الصوت {voice}؛ احذف pitch أو اختر صوتًا آخر.",
            field="ssml",
        )
