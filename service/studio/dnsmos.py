"""DNSMOS P.835: a model's prediction of how listeners judge a recording.

Reddy, Gopal & Cutler, "DNSMOS P.835: A Non-Intrusive Perceptual Objective Speech Quality Metric to Evaluate
Noise Suppressors", ICASSP 2022. The model comes in the package speechmos, of which no code is used: that
needs librosa and pandas.
"""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from service.audio.resample import resampled
from service.engines import pcm
from service.model.recording import Clip

_RATE = 16_000
_WINDOW = int(9.01 * _RATE)
"""Samples of the model's input."""
_OVERALL = (-0.06766283, 1.11546468, 0.04602535)
"""Polynomial from the model's overall output to the scale of opinions, as published with the model."""


def available() -> bool:
    """Whether the model is installed."""
    return find_spec("speechmos") is not None


def source() -> tuple[str, str]:
    """The package of the model, and its version."""
    return "speechmos", version("speechmos")


def overall(clip: Clip) -> float:
    """The predicted overall opinion, from 1 to 5: the mean over windows of 9 s, one a second.

    Args:
        clip: of any sample rate; repeated if it is shorter than a window.
    """
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1  # a small model; more threads only wait for each other
    session = ort.InferenceSession(str(_model()), options, providers=["CPUExecutionProvider"])
    samples = pcm.from_int16(resampled(clip, _RATE).pcm)
    if samples.size < _WINDOW:
        samples = np.resize(samples, _WINDOW)
    starts = range(0, samples.size - _WINDOW + 1, _RATE)
    raw = [
        session.run(None, {"input_1": samples[np.newaxis, start : start + _WINDOW]})[0][0][2]
        for start in starts
    ]
    return float(np.polyval(_OVERALL, raw).mean())


def _model() -> Path:
    spec = find_spec("speechmos")
    assert spec is not None  # noqa: S101  # nosec B101  # see `available`
    assert spec.origin is not None  # noqa: S101  # nosec B101  # a package
    return Path(spec.origin).parent / "dnsmos_models" / "sig_bak_ovr.onnx"
