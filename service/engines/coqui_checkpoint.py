"""Reads the model folders of Coqui TTS. Imported only where torch is needed."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from service.engines.exhaustion import exhausted
from service.engines.options import number
from service.model.errors import EngineError, IstamiError, MissingPart
from voices.card import Option

PLAIN_CLEANERS = frozenset((None, "no_cleaners", "basic_cleaners"))
"""Coqui's names of cleaners that change no word."""
_CHECKPOINTS = ("model.pth", "model_file.pth", "best_model.pth")
_FAIRSEQ_CHECKPOINT = "G_100000.pth"
_NAMES = {"speaker_file", "speakers_file", "language_ids_file"}
"""Settings that name a file with names and their indices."""
_NAME_FILES = ("speakers.pth", "speaker_ids.json", "speakers.json", "language_ids.json")
SETTINGS = ("config.json", "vocab.txt", *_NAME_FILES)
"""Files besides the checkpoint that determine how a voice sounds."""


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
        _find_names(config, folder)
        model = setup_model(config=config)
        if what is Kind.XTTS:
            model.load_checkpoint(config, checkpoint_dir=str(folder), eval=True)
        else:
            model.load_checkpoint(config, checkpoint_path=_checkpoint(folder), eval=True)
        return model


def reads_letters(tokeniser: Any) -> bool:
    """Whether a model's tokeniser takes text letter by letter, without phonemes or rules of its own."""
    cleaner = getattr(tokeniser.text_cleaner, "__name__", None)
    return not tokeniser.use_phonemes and cleaner in PLAIN_CLEANERS


@contextmanager
def foreign(folder: Path) -> Iterator[None]:
    """Translates errors of Coqui and torch; hides their warnings, which concern their developers."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (EngineError, MissingPart):
        raise
    except Exception as error:  # torch's errors share no base below Exception
        raise _told(folder.name, error) from error


def _told(voice: str, error: Exception) -> IstamiError:
    if exhausted(error):
        return EngineError(
            f"The voice {voice} needs more memory than this machine has free ({error}).",
            f"يحتاج الصوت {voice} إلى ذاكرة أكثر من المتاح في هذا الجهاز ({error}).",
        )
    if isinstance(error, ImportError):
        return MissingPart(
            f"The voice {voice} needs Coqui TTS ({error}). Fix: pip install 'istami[coqui]'.",
            f"الصوت {voice} يحتاج إلى Coqui TTS ({error}). الحل: pip install 'istami[coqui]'.",
        )
    return EngineError(f"The voice {voice} failed: {error!r}", f"أخفق الصوت {voice}: {error!r}")


def _read_mms(folder: Path) -> Any:
    from TTS.tts.configs.vits_config import VitsConfig
    from TTS.tts.models.vits import Vits

    config = VitsConfig()
    model = Vits(config)
    model.load_fairseq_checkpoint(config, _checkpoint(folder), eval=True)
    return model


def _find_names(config: Any, folder: Path) -> None:
    """Let settings that name files of the trainer's machine name their copies in the voice's folder."""
    for table in (config, config.model_args):
        for key in _NAMES:
            named = table.get(key) if hasattr(table, key) else None
            here = folder / Path(str(named)).name
            if named and here.is_file():
                setattr(table, key, str(here))


def names_of(manager: Any) -> dict[str, int]:
    """The names of a model's speakers or languages, and their indices; empty if it has only one."""
    return {str(name): int(at) for name, at in manager.name_to_id.items()} if manager else {}


def sow(options: Mapping[str, Option]) -> None:
    """Seed torch, if a card has the option ``seed``: not for each sentence, since a retry must differ.

    Raises:
        EngineError: it is no number.
    """
    if "seed" in options:
        import torch

        torch.manual_seed(int(number(options, "seed", 0)))


def checkpoint_of(folder: Path) -> str | None:
    """The name of the checkpoint in a folder; ``None`` if there is none, or several without a usual name."""
    found = [path.name for path in sorted(folder.glob("*.pth")) if path.name not in _NAME_FILES]
    usual = [name for name in (*_CHECKPOINTS, _FAIRSEQ_CHECKPOINT) if name in found]
    return (usual or found)[0] if usual or len(found) == 1 else None


def _checkpoint(folder: Path) -> Path:
    name = checkpoint_of(folder)
    if name is None:
        raise EngineError(
            f"The folder of {folder.name} must contain one checkpoint, or one named {_CHECKPOINTS[0]}.",
            f"يجب أن يكون في مجلد {folder.name} ملف نموذج واحد، أو ملف اسمه {_CHECKPOINTS[0]}.",
        )
    return folder / name
