"""Listens to every clip before it goes out, so that a failure is never sold as success."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from service.engines import pcm
from service.engines.engine import Engine
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.model.recording import Clip, WordTiming

LONGEST = 0.25
"""Seconds a letter at speed 1, beyond which an engine has run away. News is read at about 0.09."""
SHORTEST = 0.02
"""Seconds a letter at speed 1, below which words were swallowed."""
ALLOWANCE = 1.5
"""Seconds that any utterance may take on top, for its pauses or for a single letter drawn out."""
FEW_LETTERS = 8
"""Utterances up to this long are not held to ``SHORTEST``: a letter may rightly be very short."""
QUIETEST = 10 ** (-45 / 20)
"""Level (RMS, -45 dBFS) of what is no silence in a clip, below which nobody would follow it."""
BESIDE = 0.05
"""Seconds by which the time of a word may go beyond its clip, whose silent ends are cut off."""
CLIPPED_SHARE = 0.001
"""Share of samples at full scale that makes a clip clipped."""


class Checked:
    """An engine whose every clip is whole, and heard: not clipped, nor of a length that cannot be.

    A clip that fails is asked for once more, since neural voices draw lots; then the failure is named.
    """

    def __init__(self, engine: Engine, *, pitched: bool = False) -> None:
        self._engine = engine
        self._pitched = pitched

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return self._engine.sample_rate

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance.

        Raises:
            EngineError: twice, what came out was not speech of this utterance's length; or another pitch is
                asked of an engine that has none.
        """
        if utterance.semitones and not self._pitched:
            raise EngineError("The pitch of this voice cannot be changed.", "لا يمكن تغيير طبقة هذا الصوت.")
        fault = None
        for _ in range(2):
            try:
                clip = self._engine.speak(utterance, speed)
            except EngineError as error:
                fault = (error.en, error.ar)
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
"""What is wrong with a clip, in English and in Arabic."""


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
    """Words one after the other and within the clip; also times that are no numbers are not."""
    last = WordTiming(-1, 0.0, 0.0)
    for word in words:
        if not (last.word < word.word and last.start <= word.start <= word.end <= seconds + BESIDE):
            return "its words are not where it sounds", "مواضع كلماته ليست حيث تُسمع"
        last = word
    return None
