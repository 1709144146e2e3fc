"""Reads the model folders of Coqui TTS. Imported only where torch is needed."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from service.model.errors import EngineError, MissingPart

_CHECKPOINTS = ("model.pth", "model_file.pth", "best_model.pth")


class Kind(StrEnum):
    """The kind of model in a folder."""

    XTTS = "xtts"
    VITS = "vits"
    MMS = "mms"
    """VITS as Fairseq wrote it, in the Massively Multilingual Speech project."""
    OTHER = "other"
    """Any other single-language model of Coqui's."""


def kind(folder: Path) -> Kind:
    """Read the kind of model from ``config.json``.

    Raises:
        EngineError: the file is missing, or is not JSON.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError(
            f"The folder of {folder.name} contains no Coqui voice (config.json: {type(error).__name__}).",
            f"لا يوجد صوت من Coqui في مجلد {folder.name} (config.json: {type(error).__name__}).",
        ) from error
    if (folder / "vocab.txt").is_file() and "data" in config:
        return Kind.MMS
    model = config.get("model")
    return Kind(model) if model in {Kind.XTTS, Kind.VITS} else Kind.OTHER


def read(folder: Path) -> Any:
    """Load the model of a folder on the CPU, ready to speak.

    Raises:
        MissingPart: Coqui TTS is not installed.
        EngineError: the files are not those of a valid model.
    """
    # Coqui logs the text of every sentence with a character that the voice does not know.
    logging.getLogger("TTS").setLevel(logging.ERROR)
    with foreign(folder):
        what = kind(folder)
        if what is Kind.MMS:
            return _read_mms(folder)
        from TTS.config import load_config
        from TTS.tts.models import setup_model

        config = load_config(folder / "config.json")
        model = setup_model(config=config)
        if what is Kind.XTTS:
            model.load_checkpoint(config, checkpoint_dir=str(folder), eval=True)
        else:
            model.load_checkpoint(config, checkpoint_path=_checkpoint(folder, *_CHECKPOINTS), eval=True)
        return model


@contextmanager
def foreign(folder: Path) -> Iterator[None]:
    """Translates errors of Coqui and torch; hides their warnings, which concern their developers."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (EngineError, MissingPart):
        raise
    except ImportError as error:
        raise MissingPart(
            f"The voice {folder.name} needs Coqui TTS ({error}). Fix: pip install 'istami[coqui]'.",
            f"الصوت {folder.name} يحتاج إلى Coqui TTS ({error}). الحل: pip install 'istami[coqui]'.",
        ) from error
    except Exception as error:  # torch's errors share no base below Exception
        raise EngineError(
            f"The voice {folder.name} failed: {error!r}", f"أخفق الصوت {folder.name}: {error!r}"
        ) from error


def _read_mms(folder: Path) -> Any:
    from TTS.tts.configs.vits_config import VitsConfig
    from TTS.tts.models.vits import Vits

    config = VitsConfig()
    model = Vits(config)
    model.load_fairseq_checkpoint(config, _checkpoint(folder, "G_100000.pth"), eval=True)
    return model


def _checkpoint(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    found = sorted(folder.glob("*.pth"))
    if len(found) != 1:
        raise EngineError(
            f"The folder of {folder.name} contains {len(found)} checkpoints, none of them named {names[0]}.",
            f"في مجلد {folder.name} عدد {len(found)} من ملفات النماذج وليس بينها {names[0]}.",
        )
    return found[0]
