"""Judges a voice: lets it speak fixed sentences, and measures what was heard."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

from service.audio import wav
from service.audio.join import faded, silence
from service.audio.limiter import limit
from service.audio.loudness import measure
from service.engines import pcm
from service.engines.engine import Engine, Surroundings
from service.engines.registry import coverage
from service.model.reading import Utterance
from service.model.recording import Clip
from service.studio import dnsmos, recogniser
from service.text.core.orthography import skeleton
from service.text.phonetics.phonemes import phonemise
from voices.card import VoiceCard
from voices.derived import version
from voices.judgement import Judgement

_FIRST_PHRASE = "أَعْلَنَتْ وِزَارَةُ الصِّحَّةْ."
_TIMES = 3
"""How often the first phrase is timed; the median counts."""
_PAUSE_SECONDS = 0.3
_FRAME_SECONDS = 0.02

Tell = Callable[[str], None]
"""Receives what is being done, in English."""


class Spoken(NamedTuple):
    """A sentence as the voice said it."""

    sentence: Utterance
    clip: Clip
    """With the card's gain, limited as on air."""
    seconds: float
    """Of work."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a voice is judged with."""

    card: VoiceCard
    fingerprint: str
    surroundings: Surroundings
    models: Path
    """Folder for the recogniser's weights."""


def judge(bench: Bench, engine: Engine, tell: Tell = lambda _: None) -> Judgement:
    """Measure a voice.

    What needs a package that is not installed (the extra ``judge``) is not measured.

    Args:
        bench: the voice and its surroundings.
        engine: the loaded voice.
        tell: receives progress.

    Raises:
        EngineError: the voice could not say something, or ffmpeg could not measure it.
        MissingPart: no ffmpeg on this machine.
    """
    tell("speaking")
    first = _first_sound(engine)
    said = [_said(engine, sentence, bench.card.gain) for sentence in sentences()]
    programme = _programme([spoken.clip for spoken in said])
    loudness = measure(wav.of(programme))
    each = [measure(wav.of(spoken.clip)).integrated for spoken in said]
    silences = [_silences(spoken.clip) for spoken in said]
    told = coverage(bench.card, bench.surroundings)
    measured = _packages(bench.card)
    opinion = error = None
    if dnsmos.available():
        tell("predicting opinions (DNSMOS)")
        opinion = round(dnsmos.overall(programme), 3)
        measured |= dict([dnsmos.source()])
    if recogniser.available():
        tell(f"recognising ({recogniser.NAME})")
        error = round(_error(bench.models, said), 3)
        measured |= recogniser.sources()
    return Judgement(
        fingerprint=bench.fingerprint,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        device=bench.surroundings.device,
        threads=bench.surroundings.threads,
        real_time_factor=_rounded(sum(s.seconds for s in said) / sum(s.clip.duration for s in said)),
        slowest_factor=_rounded(max(s.seconds / s.clip.duration for s in said)),
        first_sound=_rounded(first),
        loudness=round(loudness.integrated, 1),
        loudness_spread=round(max(each) - min(each), 1),
        true_peak=round(loudness.true_peak, 1),
        silence=_rounded(sum(s.total for s in silences) / sum(s.clip.duration for s in said)),
        longest_silence=_rounded(max(s.longest for s in silences)),
        letter_coverage=None if told is None else _rounded(told.share),
        lacking=() if told is None else told.lacks,
        dnsmos=opinion,
        cer=error,
        recogniser=recogniser.NAME if error is not None else None,
        versions=measured,
    )


def sentences() -> list[Utterance]:
    """The sentences by which every voice is judged: vowelled by hand, so that no model changes them."""
    text = files("service.studio").joinpath("judged.ar.txt").read_text(encoding="utf-8")
    return [utterance(line) for line in text.splitlines()]


def utterance(vowelled: str) -> Utterance:
    """A vowelled phrase, in pausal form, as engines are given it."""
    return Utterance(skeleton(vowelled), vowelled, phonemise(vowelled))


def _first_sound(engine: Engine) -> float:
    """Seconds for a first phrase, with everything loaded that is loaded late."""
    phrase = utterance(_FIRST_PHRASE)
    engine.speak(phrase, 1.0)
    times = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        engine.speak(phrase, 1.0)
        times.append(time.perf_counter() - begun)
    return median(times)


def _said(engine: Engine, sentence: Utterance, gain_db: float) -> Spoken:
    begun = time.perf_counter()
    clip = engine.speak(sentence, 1.0)
    worked = time.perf_counter() - begun
    return Spoken(sentence, Clip(limit(faded(clip), clip.sample_rate, gain_db), clip.sample_rate), worked)


def _programme(clips: Sequence[Clip]) -> Clip:
    rate = clips[0].sample_rate
    return Clip(silence(_PAUSE_SECONDS, rate).join(clip.pcm for clip in clips), rate)


class _Silence(NamedTuple):
    total: float
    longest: float


def _silences(clip: Clip) -> _Silence:
    """Seconds of silence in a clip: frames in which no sample exceeds ``pcm.SILENCE``."""
    frame = int(_FRAME_SECONDS * clip.sample_rate)
    samples = np.abs(pcm.from_int16(clip.pcm))
    silent = samples[: samples.size // frame * frame].reshape(-1, frame).max(axis=1) <= pcm.SILENCE
    edges = np.flatnonzero(np.diff(np.concatenate(([0], silent.astype(np.int8), [0]))))
    runs = (edges[1::2] - edges[::2]) * _FRAME_SECONDS
    return _Silence(float(runs.sum()), float(runs.max(initial=0.0)))


def _error(models: Path, said: Sequence[Spoken]) -> float:
    ear = recogniser.Recogniser(models)
    return recogniser.error_rate([(spoken.sentence.spoken, ear.heard(spoken.clip)) for spoken in said])


def _packages(card: VoiceCard) -> dict[str, str]:
    found = {name: version(name) for name in ("istami", *card.packages, "onnxruntime")}
    return {name: known for name, known in found.items() if known}


def _rounded(value: float) -> float:
    return round(value, 3)
