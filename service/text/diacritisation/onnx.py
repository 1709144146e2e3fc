"""Shared code of the vowel models: one thread per model, since each worker process has one core."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from service.model.errors import MissingPart

Floats = npt.NDArray[np.float32]
FLOOR = 1e-7
"""Minimum probability of a model's output, so that logarithms stay finite."""


def session(model: bytes) -> Any:
    """An inference session for a model."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def shipped(name: str) -> bytes:
    """A model or table of ``text2tashkeel``.

    Raises:
        MissingPart: the package is not installed.
    """
    try:
        return (files("text2tashkeel") / "models" / name).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise MissingPart(
            f"The vowel models' {name} is missing: pip install 'text2tashkeel==0.1.0'",
            f"ملف نماذج التشكيل {name} غير موجود: pip install 'text2tashkeel==0.1.0'",
        ) from error
