"""What the vowel models share: one thread a model, for each worker process is given one core."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

Floats = npt.NDArray[np.float32]
FLOOR = 1e-7
"""The least probability that a model is taken to give, so that logarithms stay finite."""


def session(model: bytes) -> Any:
    """An inference session for a model."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
