"""Opens ONNX models for speech, all with the same session options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from service.engines.engine import Surroundings
from service.engines.exhaustion import exhausted
from service.model.errors import EngineError


def opened(model: Path | bytes, surroundings: Surroundings) -> Any:
    """Load a model into an ``onnxruntime.InferenceSession``.

    Args:
        model: path of the ONNX file, or its bytes.
        surroundings: number of threads, device.

    Raises:
        EngineError: the model is damaged, or does not fit into memory.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = surroundings.threads
    options.inter_op_num_threads = 1
    # The arena never releases the peak of the longest sentence; sentences differ by a factor of ten.
    options.enable_cpu_mem_arena = False
    # Spinning threads take the core from other worker processes.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    providers = ["CPUExecutionProvider"]
    if surroundings.device == "cuda":
        providers.insert(0, "CUDAExecutionProvider")
    try:
        return onnxruntime.InferenceSession(
            model if isinstance(model, bytes) else str(model), options, providers=providers
        )
    except Exception as error:  # onnxruntime's errors share no base below Exception
        raise _starved(error) or EngineError(
            f"The voice's model cannot be loaded: {error}", f"تعذّر تحميل نموذج الصوت: {error}"
        ) from error


def failure(error: Exception) -> EngineError:
    """The error of a model that could not be run."""
    return _starved(error) or EngineError(f"The voice's model failed: {error}", f"أخفق نموذج الصوت: {error}")


def _starved(error: Exception) -> EngineError | None:
    if not exhausted(error):
        return None
    return EngineError(
        f"The voice's model needs more memory than this machine has free ({error}).",
        f"يحتاج نموذج الصوت إلى ذاكرة أكثر من المتاح في هذا الجهاز ({error}).",
    )
