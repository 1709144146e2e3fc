"""A VITS model in ONNX, as Piper publishes and ``coqui_export`` writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.engines import pcm
from service.engines.engine import Surroundings
from service.engines.onnx_session import failure, opened
from service.model.recording import Clip, WordTiming

DURATIONS = "durations"
"""Name of the optional output that holds the frames of each symbol."""


@dataclass(frozen=True, slots=True)
class Scales:
    """The three control parameters of a VITS model."""

    noise: float
    """Variation of the sound; 0 is deterministic."""
    length: float
    """2 is twice as slow as the model was trained."""
    noise_duration: float
    """Variation of the pace; 0 is deterministic."""


class Said(NamedTuple):
    """A model's output."""

    samples: pcm.Samples
    durations: npt.NDArray[np.int64] | None
    """Samples of each input symbol, if the model outputs them."""


class VitsModel:
    """One model, loaded once.

    Args:
        model: path of the ONNX file, or its bytes.
        hop: samples per frame.
        surroundings: number of threads, device.
    """

    def __init__(self, model: Path | bytes, hop: int, surroundings: Surroundings) -> None:
        self._session = opened(model, surroundings)
        self._hop = hop
        self._inputs = {item.name for item in self._session.get_inputs()}

    def say(self, symbols: Sequence[int], scales: Scales, speaker: int = 0, language: int = 0) -> Said:
        """Turn symbols into sound.

        Raises:
            EngineError: the model failed, for example for lack of memory.
        """
        feed = {
            "input": np.array([symbols], dtype=np.int64),
            "input_lengths": np.array([len(symbols)], dtype=np.int64),
            "scales": np.array([scales.noise, scales.length, scales.noise_duration], dtype=np.float32),
            "sid": np.array([speaker], dtype=np.int64),
            "langid": np.array([language], dtype=np.int64),
        }
        try:
            sound, *rest = self._session.run(None, {k: v for k, v in feed.items() if k in self._inputs})
        except Exception as error:  # onnxruntime's errors share no base below Exception
            raise failure(error) from error
        samples = np.asarray(sound, dtype=np.float32).reshape(-1)
        if not rest:
            return Said(samples, None)
        return Said(samples, np.round(rest[0].reshape(-1)).astype(np.int64) * self._hop)


def clip(said: Said, sample_rate: int, owners: Sequence[int | None]) -> Clip:
    """Make a clip of a model's output.

    Args:
        said: the sound, and the length of each symbol in it.
        sample_rate: hertz.
        owners: the word that each symbol belongs to, ascending; ``None`` for a symbol between words.

    Raises:
        EngineError: the sound holds a value that is not a finite number.
    """
    samples, lead = pcm.trim(pcm.whole(said.samples), sample_rate)
    spans: dict[int, tuple[int, int]] = {}
    if said.durations is not None and len(said.durations) == len(owners):
        ends = accumulate(int(duration) for duration in said.durations)
        begin = 0
        for owner, end in zip(owners, ends, strict=True):
            if owner is not None:
                spans[owner] = (spans[owner][0] if owner in spans else begin, end)
            begin = end
    seconds = samples.size / sample_rate
    words = (
        WordTiming(word, max(0.0, (begin - lead) / sample_rate), min(seconds, (end - lead) / sample_rate))
        for word, (begin, end) in spans.items()
    )
    return Clip(pcm.to_int16(samples), sample_rate, tuple(word for word in words if word.start < word.end))
