"""Reads the voices of a Kokoro model: for each number of symbols, a vector of style."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from service.model.errors import EngineError

WIDTH = 256
"""Numbers of one style: half of them for timbre, half for prosody."""
SUFFIXES = (".bin", ".npz", ".npy", ".pt")
"""Of the files that hold voices, as they are published."""

Styles = npt.NDArray[np.float32]


def read(file: Path, voice: str) -> Styles:
    """Read one voice.

    A ``.pt`` file is a zip of torch's: the tensor's bytes are read, and its pickle is never loaded.

    Args:
        file: the file, with one of ``SUFFIXES``.
        voice: which voice of a ``.npz`` file; empty for its only one.

    Returns:
        A row for each number of symbols, from one on: shape [rows, 256].

    Raises:
        EngineError: the file is missing or damaged, or holds no such voice.
    """
    try:
        styles = _numbers(file, voice).astype(np.float32).reshape(-1, WIDTH)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise EngineError(
            f"The voice {voice or file.stem} cannot be read from {file.name}: {error!r}",
            f"تعذّرت قراءة الصوت {voice or file.stem} من {file.name}: {error!r}",
        ) from error
    if not len(styles) or not np.isfinite(styles).all():
        raise EngineError(f"{file.name} holds no voice", f"لا صوت في {file.name}")
    return styles


def _numbers(file: Path, voice: str) -> npt.NDArray[Any]:
    match file.suffix:
        case ".bin":
            return np.fromfile(file, dtype="<f4")
        case ".pt":
            with zipfile.ZipFile(file) as archive:
                [pickle] = [name for name in archive.namelist() if name.endswith("/data.pkl")]
                if b"FloatStorage" not in archive.read(pickle):
                    raise ValueError("no tensor of 32-bit floats")
                [tensor] = [name for name in archive.namelist() if "/data/" in name]
                return np.frombuffer(archive.read(tensor), dtype="<f4")
        case ".npz":
            with np.load(file) as voices:
                if not voice:
                    [voice] = voices.files
                return np.asarray(voices[voice])
        case _:
            return np.asarray(np.load(file))
