"""Validates every clip before it is sent, so that no failure passes for success."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np

from service.engines import pcm
from service.engines.engine import Engine
from service.model.errors import EngineError, Rejected, VoiceStopped
from service.model.reading import Utterance
from service.model.recording import Clip, WordTiming

log = logging.getLogger(__name__)

LONGEST = 0.25
"""Maximum seconds per letter at speed 1; beyond it an engine has run away. News is read at about 0.09."""
SHORTEST = 0.02
"""Minimum seconds per letter at speed 1; below it words were dropped."""
ALLOWANCE = 1.5
"""Additional seconds for any utterance, for its pauses or for a single lengthened letter."""
FEW_LETTERS = 8
"""Utterances up to this length are exempt from ``SHORTEST``: a single letter may be very short."""
QUIETEST = 10 ** (-45 / 20)
"""Minimum level (RMS, -45 dBFS) of a clip's non-silent samples; below it speech is not intelligible."""
BESIDE = 0.05
"""Seconds by which a word's timing may exceed its clip, whose silent ends are trimmed."""
CLIPPED_SHARE = 0.001
"""Share of samples at full scale above which a clip counts as clipped."""


class Checked:
    """An engine that returns only valid clips: complete, audible, not clipped, of a plausible length.

    A failed clip is requested once more, since neural voices are random; then the failure is raised.

    Args:
        engine: the voice.
        pitched: whether it can change pitch.
        attempts: how often a clip is requested; each one of a paid voice costs money, and is logged.
        paid: whether it does.
    """

    def __init__(
        self, engine: Engine, *, pitched: bool = False, attempts: int = 2, paid: bool = False
    ) -> None:
        self._engine = engine
        self._pitched = pitched
        self._attempts = attempts
        self._paid = paid

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return self._engine.sample_rate

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance.

        Raises:
            EngineError: no attempt returned speech of a plausible length; or another pitch is requested
                from an engine that cannot change pitch.
            VoiceStopped, BudgetSpent: nothing more is asked of the voice's server.
        """
        if utterance.semitones and not self._pitched:
            raise EngineError("The pitch of this voice cannot be changed.", "لا يمكن تغيير طبقة هذا الصوت.")
        fault = None
        for attempt in range(self._attempts):
            if attempt and self._paid:
                log.warning("a clip failed its checks (%s), and is paid for again", fault[0] if fault else "")
            try:
                clip = self._engine.speak(utterance, speed)
            except VoiceStopped:
                raise
            except EngineError as error:
                fault = (error.en, error.ar)
                if isinstance(error, Rejected):
                    break
                continue
            fault = _fault(clip, utterance, speed, self.sample_rate)
            if fault is None:
                return clip
        en, ar = fault or ("", "")
        named = utterance.spoken[:80]
        raise EngineError(f"Could not speak «{named}»: {en}.", f"تعذّر نطق «{named}»: {ar}.")

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()


Fault = tuple[str, str]
"""A clip's fault, in English and in Arabic."""


def _fault(clip: Clip, utterance: Utterance, speed: float, sample_rate: int) -> Fault | None:
    if clip.sample_rate != sample_rate:
        return f"its sample rate is {clip.sample_rate}", f"معدّل عيّناته {clip.sample_rate}"
    if len(clip.pcm) % 2:
        return "its last sample is half a sample", "آخر عيّنة فيه نصف عيّنة"
    letters = sum(map(str.isalpha, utterance.spoken))
    return (
        _unsound(pcm.from_int16(clip.pcm))
        or _unlikely(clip.duration, letters, speed)
        or _misplaced(clip.words, clip.duration)
    )


def _unsound(samples: pcm.Samples) -> Fault | None:
    level = np.abs(samples)
    if not level.size:
        return "no sound came out", "لم يخرج أي صوت"
    if level.max() <= pcm.SILENCE:
        return "only silence came out", "لم يخرج إلا الصمت"
    if float(np.sqrt(np.mean(np.square(level[level > pcm.SILENCE])))) < QUIETEST:
        return "the sound is too quiet", "الصوت أخفت من أن يُسمع"
    if float(np.mean(level >= pcm.FULL_SCALE)) > CLIPPED_SHARE:
        return "the sound is clipped", "الصوت مقصوص القمم"
    return None


def _unlikely(seconds: float, letters: int, speed: float) -> Fault | None:
    paced = seconds * speed
    if paced > LONGEST * letters + ALLOWANCE:
        return f"{seconds:.1f} s is too long", f"المدة {seconds:.1f} ث أطول من الممكن"
    if letters > FEW_LETTERS and paced < SHORTEST * letters:
        return f"{seconds:.1f} s is too short", f"المدة {seconds:.1f} ث أقصر من الممكن"
    return None


def _misplaced(words: Sequence[WordTiming], seconds: float) -> Fault | None:
    """Checks that words are in order and within the clip; times that are not numbers (NaN) fail too."""
    last = WordTiming(-1, 0.0, 0.0)
    for word in words:
        if not (last.word < word.word and last.start <= word.start <= word.end <= seconds + BESIDE):
            return "its words are not where it sounds", "مواضع كلماته ليست حيث تُسمع"
        last = word
    return None
