"""Neural voices.

Seconds of processing for a second of speech on the whole machine, models loaded and warm: ours as the service
works, one process of one thread a core, which all say the same; the engines' own ways in one process that has
all cores, as they take them by themselves.
The Piper voice (joe, English) says the same sentences through `python -m piper`, whose loading is taken
off by saying them once and saying them more often. The Coqui voice is a VITS of full size with random
weights, for speed does not depend on them; Coqui's own way is `TTS.api.TTS(…).tts_to_file`, and silence
that it puts after sentences is not counted as speech. Below: each engine in one process that has all cores,
with what it takes to load and say the first sentence, and its peak memory (`python -m benchmarks.engines`).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import wave
from dataclasses import replace
from pathlib import Path

from benchmarks import engines
from benchmarks.engines import Task, Workshop
from benchmarks.figures import Figure, Measured, Plot
from service.cli.audition import sentences
from service.model.errors import MissingPart
from service.model.reading import Utterance
from voices.catalogue import Catalogue

_PIPER, _COQUI = "Piper", "Coqui VITS"
_MORE = 6
_SENTENCES = 3


def measure() -> Measured:
    """Ours beside the engines' own ways, as far as they are installed."""
    figures, bars, notes = [], {}, []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        workshop = Workshop(Path(folder))
        ours = Catalogue(workshop.folder / "voices")
        espeak = Task(ours.get("espeak-ar"), workshop.folder, _sentences("ar"))
        bars["eSpeak NG"] = _factor(espeak)
        pairs = {
            _PIPER: ("python -m piper", lambda: engines.joe(ours), _piper),
            _COQUI: (
                "TTS.api",
                lambda: engines.vits(workshop, _sentences("ar")),
                lambda task: _factor(replace(task, by_coqui=True)),
            ),
        }
        for voice, (way, prepare, themselves) in pairs.items():
            try:
                task = prepare()
            except MissingPart as error:
                notes.append(f"{voice} was not measured: it {error.en}.")
                continue
            mine, theirs = _factor(task), themselves(task)
            figures.append(Figure(f"{voice}, seconds a second of speech", mine, "s", way, theirs))
            bars |= {f"{voice}, istami": mine, f"{voice}, {way}": theirs}
        notes += map(_told, engines.rows(workshop))
    return Measured(figures, Plot("Processing a second of speech takes", "s", bars), notes)


def _sentences(language: str) -> list[Utterance]:
    return list(sentences(language))[:_SENTENCES]


def _told(row: engines.Row) -> str:
    """A row of the table of engines."""
    named = f"{row['engine']}, {row['voice']}" + (f" ({row['note']})" if row["note"] else "")
    if "missing" in row:
        return f"{named}: {row['missing']}."
    return (
        f"{named}: {row['real_time_factor']} s a second of speech, first clip after "
        f"{row['first_clip_seconds']} s, {row['peak_megabytes']} MB at most."
    )


def _factor(task: Task) -> float:
    """Seconds of processing a second of speech: of ours in a process a core, of Coqui's own way in one."""
    said = replace(task, utterances=[*task.utterances, *task.utterances])
    tasks = [said] if task.by_coqui else [replace(said, threads=1)] * engines.CORES
    measured = engines.run(tasks)
    return max(each.seconds for each in measured) / sum(each.speech_seconds for each in measured)


def _piper(task: Task) -> float:
    once, more = _said(task, 1), _said(task, _MORE)
    return (more[0] - once[0]) / (more[1] - once[1])


def _said(task: Task, times: int) -> tuple[float, float]:
    """Seconds that Piper takes from its start to its end, and seconds of speech."""
    [model] = task.folder.glob("*.onnx")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        text, sound = Path(folder, "text"), Path(folder, "sound.wav")
        text.write_text("\n".join([each.spoken for each in task.utterances] * times) + "\n", encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "piper",
            "--model",
            model,
            "--input-file",
            text,
            "--output-file",
            sound,
        ]
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken = time.perf_counter() - begun
        with wave.open(str(sound)) as file:
            return taken, file.getnframes() / file.getframerate()
