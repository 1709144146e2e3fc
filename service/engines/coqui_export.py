"""Exports a VITS voice once as ONNX, which a CPU runs many times faster than torch.

The symbol table is stored beside the model, so that the voice needs no torch to speak.
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unicodedata import category, normalize

from service.engines.coqui_checkpoint import SETTINGS, checkpoint_of, foreign, names_of, read, reads_letters
from service.engines.engine import Tell, untold
from service.engines.parts import COQUI_EXPORT
from service.engines.vits import DURATIONS
from service.engines.vits_graph import add_height
from service.model.errors import EngineError
from voices import files
from voices.derived import DERIVED, read_derived, write_derived

log = logging.getLogger(__name__)

MODEL = "istami.onnx"
SYMBOLS = COQUI_EXPORT
_WORKSHOP = ".export-"
_PROBE = "قَالَتِ  الْوَزِيرَةُ: «نَعَمْ»، A b. ؟"
LONGEST_SECONDS = 120.0
"""A broken model may predict any length; output beyond this limit is not synthesised."""


@dataclass(frozen=True, slots=True)
class Symbols:
    """Maps a voice's text to symbol ids; holds the scales it was trained with."""

    ids: dict[str, int]
    """Characters that are missing here are not spoken; ``alphabet.Alphabet`` replaces or refuses them."""
    blank: int | None
    """Inserted between any two symbols."""
    begin: int | None
    end: int | None
    cleaned: bool
    """Whether text is lower-cased, with single spaces and composed Unicode."""
    sample_rate: int
    hop: int
    noise: float
    length: float
    noise_duration: float
    speakers: Mapping[str, int] | None = None
    """Index by name; ``None`` in exports of older versions."""
    languages: Mapping[str, int] | None = None

    def spell(self, text: str) -> tuple[list[int], list[int | None]]:
        """The symbols of a text, and the index of the word (split at white space) of each symbol."""
        if self.cleaned:
            text = " ".join(normalize("NFC", text).lower().split())
        ids: list[int] = []
        owners: list[int | None] = []
        word, inside = 0, False
        for char in text:
            if char.isspace() and inside:
                word, inside = word + 1, False
            inside = inside or not char.isspace()
            if char in self.ids:
                ids.append(self.ids[char])
                owners.append(word if category(char)[0] in "LMN" else None)
        return self._framed(ids, owners)

    def _framed(self, ids: list[int], owners: list[int | None]) -> tuple[list[int], list[int | None]]:
        if self.blank is not None:
            ids = [self.blank, *(one for id_ in ids for one in (id_, self.blank))]
            owners = [None, *(one for owner in owners for one in (owner, owner))]
        if self.begin is not None and self.end is not None:
            ids, owners = [self.begin, *ids, self.end], [None, *owners, None]
        return ids, owners


def exported(folder: Path, tell: Tell = untold) -> tuple[Path, Symbols]:
    """The exported voice of a folder; export it first if it is missing, damaged, or of another checkpoint.

    Only one process exports at a time; others wait for it.

    Args:
        folder: of the voice.
        tell: receives the steps of an export.

    Raises:
        MissingPart: it must be exported, and Coqui TTS or onnx is not installed.
        EngineError: the folder holds no VITS voice, or one that only torch can speak; or there is not enough
            memory or disk to export it.
    """
    with foreign(folder):
        if not _is_sound(folder):
            with files.locked(folder / MODEL):
                if not _is_sound(folder):  # another process may have exported it meanwhile
                    _export(folder, tell)
        table = json.loads((folder / SYMBOLS).read_text(encoding="utf-8"))
        return folder / MODEL, Symbols(**table)


def _is_sound(folder: Path) -> bool:
    """Whether an export is there that can be used.

    Raises:
        EngineError: it is damaged, and its checkpoint is not here to repeat it.
    """
    note = read_derived(folder)
    if note is None:
        return _is_adopted(folder)
    damaged = note.made if note.outdated(folder) else note.damaged(folder)
    if damaged and not all((folder / name).exists() for name in note.sources):
        raise EngineError(
            f"The exported voice {folder.name} is damaged ({', '.join(damaged)}), and its checkpoint is not "
            f"here to export it again. Fix: istami voices install {folder.name} --from its archive.",
            f"النموذج المصدَّر للصوت {folder.name} تالف ({'، '.join(damaged)})، وليس أصله هنا ليُصدَّر من جديد. "
            f"الحل: istami voices install {folder.name} --from مع الأرشيف.",
        )
    return not damaged


def _is_adopted(folder: Path) -> bool:
    """Whether there is an export of an older version, which noted no hashes; it is noted now.

    One that is older than its checkpoint is not of this checkpoint.
    """
    if not ((folder / MODEL).is_file() and (folder / SYMBOLS).is_file()):
        return False
    sources = _sources(folder)
    exported_at = (folder / SYMBOLS).stat().st_mtime
    if checkpoint_of(folder) and any((folder / name).stat().st_mtime > exported_at for name in sources):
        return False
    with suppress(OSError):  # a folder that cannot be written to
        _note(folder, sources)
    return True


def _sources(folder: Path) -> tuple[str, ...]:
    """The names of the files that an export depends on, as far as they are here."""
    names = (checkpoint_of(folder), *SETTINGS)
    return tuple(name for name in names if name and (folder / name).is_file())


def _note(folder: Path, sources: Sequence[str]) -> None:
    """Note the export. The voice speaks without its checkpoint, and without what made the export."""
    replaced = [name for name in sources if name not in SETTINGS]
    write_derived(folder, (MODEL, SYMBOLS), sources, replaced, ("coqui-tts", "torch"))


def _export(folder: Path, tell: Tell) -> None:
    for left in folder.glob(f"{_WORKSHOP}*"):  # of processes that were killed; nobody else holds the lock
        shutil.rmtree(left, ignore_errors=True)
    begun = time.monotonic()
    log.info("the voice %s is exported to ONNX", folder.name)
    tell(f"{folder.name}: reading its checkpoint (step 1 of 3)")
    sources = _sources(folder)
    model = read(folder)
    symbols = _symbols(model)
    model.max_inference_len = int(LONGEST_SECONDS * symbols.sample_rate / symbols.hop)
    with TemporaryDirectory(dir=folder, prefix=_WORKSHOP) as workshop:
        made = Path(workshop)
        tell(f"{folder.name}: exporting it to ONNX, once: half a minute, and 2 GB of memory (step 2 of 3)")
        model.export_onnx(str(made / MODEL), verbose=False)
        tell(f"{folder.name}: making it faster for a CPU (step 3 of 3)")
        _refine(made / MODEL)
        (made / SYMBOLS).write_text(json.dumps(asdict(symbols), ensure_ascii=False), encoding="utf-8")
        (folder / DERIVED).unlink(missing_ok=True)
        # The symbols come last: if they exist, the export is complete.
        (folder / SYMBOLS).unlink(missing_ok=True)
        (made / MODEL).replace(folder / MODEL)
        (made / SYMBOLS).replace(folder / SYMBOLS)
    _note(folder, sources)
    log.info("the voice %s was exported in %.0f s", folder.name, time.monotonic() - begun)


def _symbols(model: Any) -> Symbols:
    tokeniser, audio = model.tokenizer, model.config.audio
    characters = tokeniser.characters
    cleaner = getattr(tokeniser.text_cleaner, "__name__", None)
    framed = tokeniser.use_eos_bos
    symbols = Symbols(
        ids={char: characters.char_to_id(char) for char in characters.vocab if len(char) == 1},
        blank=tokeniser.blank_id if tokeniser.add_blank else None,
        begin=characters.bos_id if framed else None,
        end=characters.eos_id if framed else None,
        cleaned=cleaner == "basic_cleaners",
        sample_rate=int(audio.sample_rate),
        hop=int(audio.hop_length),
        noise=float(model.inference_noise_scale),
        length=float(model.length_scale),
        noise_duration=float(model.inference_noise_scale_dp),
        speakers=names_of(model.speaker_manager),
        languages=names_of(model.language_manager),
    )
    if not reads_letters(tokeniser) or symbols.spell(_PROBE)[0] != list(tokeniser.text_to_ids(_PROBE)):
        raise EngineError(
            f"this voice spells its text with {cleaner}; only torch can speak it",
            f"هذا الصوت يهجّئ نصه بطريقة {cleaner}، ولا ينطقه إلا torch",
        )
    return symbols


def _refine(path: Path) -> None:
    """Make the model output the length of each symbol, and run faster on a CPU."""
    import onnx

    model = onnx.load(str(path))
    _tell_durations(model.graph)
    add_height(model.graph)
    onnx.save(model, str(path))


def _tell_durations(graph: Any) -> None:
    from onnx import TensorProto, helper

    lengths: Sequence[str] = [node.output[0] for node in graph.node if node.op_type == "Ceil"]
    if len(lengths) != 1:
        return
    graph.node.append(helper.make_node("Identity", lengths, [DURATIONS]))
    graph.output.append(helper.make_tensor_value_info(DURATIONS, TensorProto.FLOAT, None))
