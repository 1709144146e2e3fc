"""Synthesises a few sentences with a voice, as a sample and to measure it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from service.audio.join import faded, silence
from service.audio.levelling import gain_to
from service.engines.engine import Engine, Surroundings, Tell, untold
from service.engines.parts import still
from service.engines.registry import load
from service.engines.remote.meter import Meter
from service.model.errors import EngineError, IstamiError
from service.model.reading import Utterance
from service.model.recording import Clip
from service.text.phonetics.phonemes import phonemise
from voices.calibration import CALIBRATED_LUFS, Calibration
from voices.card import VoiceCard

_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Audition:
    """What was heard, at the voice's own loudness, and what was measured of it."""

    clip: Clip
    calibration: Calibration

    @property
    def measured(self) -> str:
        """In words."""
        gain, rtf = self.calibration.gain_db, self.calibration.measured_rtf
        return f"gain {gain:+.1f} dB, real-time factor {rtf:.3g}"


Metering = Callable[[VoiceCard], Meter]
"""As ``Surroundings.meter``."""


def measured(card: VoiceCard, folder: Path, threads: int, tell: Tell = untold) -> Audition:
    """Let a voice speak without any randomness, so that all machines measure the same.

    Arguments and errors as ``hear``.
    """
    return hear(replace(card, options={**card.options, **still(card)}), folder, threads, tell)


def hear(
    card: VoiceCard, folder: Path, threads: int, tell: Tell = untold, meter: Metering | None = None
) -> Audition:
    """Load a voice and let it speak. Loading also exports a Coqui VITS, once.

    Args:
        card: the voice.
        folder: has its files.
        threads: number of cores that it may use.
        tell: receives what is done that takes long.
        meter: as ``Surroundings.meter``.

    Raises:
        EngineError: the voice could not be loaded, or could not say something.
        MissingPart: its engine, or ffmpeg to measure with, is not there.
    """
    try:
        engine = load(card, Surroundings(folder, threads=threads, tell=tell, meter=meter))
        try:
            tell("The voice says a few sentences, to be measured.")
            return audition(engine, card.language, paid=card.remote is not None)
        finally:
            engine.close()
    except IstamiError:
        raise
    except Exception as error:  # an engine may raise anything, also one that istami did not write
        raise EngineError(
            f"the engine {card.engine} failed: {error!r}", f"أخفق المحرّك {card.engine}: {error!r}"
        ) from error


def audition(engine: Engine, language: str, *, paid: bool = False) -> Audition:
    """Speak the sentences of ``audition.<language>.txt``, or the Arabic ones where there are none.

    Args:
        engine: the voice.
        language: BCP 47; its first part counts.
        paid: whether each sentence may cost money, so that none is said twice.

    Raises:
        EngineError: the voice could not say one of them.
        MissingPart: no ffmpeg to measure with.
    """
    said = sentences(language)
    if not paid:
        # The first sentence pays for what is loaded late; it is not timed.
        engine.speak(said[0], 1.0)
    begun = time.perf_counter()
    clips = [engine.speak(sentence, 1.0) for sentence in said]
    worked = time.perf_counter() - begun
    pause = silence(_PAUSE_SECONDS, engine.sample_rate)
    whole = Clip(pause.join(map(faded, clips)), engine.sample_rate)
    spoken = sum(clip.duration for clip in clips)
    gain = gain_to(whole, CALIBRATED_LUFS)
    if not math.isfinite(gain):
        raise EngineError("the sound is too quiet", "الصوت أخفت من أن يُسمع")
    return Audition(whole, Calibration(gain, worked / spoken))


def sentences(language: str) -> list[Utterance]:
    """What a voice of this language is heard with: each a breath long."""
    folder = files("service.cli")
    file = folder / f"audition.{language.partition('-')[0].lower()}.txt"
    if not file.is_file():
        file = folder / "audition.ar.txt"
    lines = file.read_text(encoding="utf-8").splitlines()
    return [Utterance(line, line, phonemise(line)) for line in lines if line]
