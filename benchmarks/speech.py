"""How fast voices speak: each installed one, and a full-size Coqui VITS by our engine and by Coqui's own.

    python benchmarks/speech.py                     every installed voice
    python benchmarks/speech.py FOLDER              a Coqui VITS in FOLDER, both ways, turn by turn

``tests/make_coqui_voices.py vits-full FOLDER`` makes one with random weights: speed does not depend on them.
Seconds of work for a second of speech are given by the clock and by the processor's time, which other
programs on the machine disturb less.
"""

from __future__ import annotations

import logging
import statistics
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path

import psutil

from service import wiring
from service.cli.audition import sentences
from service.engines.coqui import ExportedEngine
from service.engines.engine import Surroundings
from service.engines.registry import load
from service.settings import Settings
from voices.card import Limits, Names, VoiceCard

THREADS = psutil.cpu_count(logical=True) or 1
SENTENCES = sentences("ar")


def timed(speak: Callable[[], float]) -> tuple[float, float]:
    """Seconds by the clock and of the processor for each second of speech; ``speak`` tells how many came."""
    clock, work = time.perf_counter(), time.process_time()
    seconds = speak()
    return (time.perf_counter() - clock) / seconds, (time.process_time() - work) / seconds


def installed() -> None:
    """One line a voice: real-time factor, time to the first clip with loading, resident memory."""
    catalogue = wiring.catalogue(Settings())
    print(f"{'voice':24} {'clock':>7} {'work':>7} {'first clip':>11} {'memory':>8}")
    for card in filter(catalogue.installed, catalogue.list()):
        begun = time.perf_counter()
        engine = load(card, Surroundings(catalogue.folder(card), threads=THREADS))
        said = sentences(card.language)
        engine.speak(said[0], 1.0)
        first = time.perf_counter() - begun
        runs = [timed(lambda s=s, e=engine: e.speak(s, 1.0).duration) for s in said for _ in range(3)]
        clock, work = (statistics.median(column) for column in zip(*runs, strict=True))
        memory = psutil.Process().memory_info().rss >> 20
        print(f"{card.id:24} {clock:7.3f} {work:7.3f} {first:9.2f} s {memory:4} MiB")
        engine.close()


def both_ways(folder: Path) -> None:
    """The same sentences, in turn, through ONNX Runtime and through ``TTS.api.TTS(...).tts_to_file``."""
    from TTS.api import TTS

    logging.getLogger("TTS").setLevel(logging.ERROR)
    ours = ExportedEngine(_card(), Surroundings(folder, threads=THREADS))
    theirs = TTS(
        model_path=str(folder / "model.pth"), config_path=str(folder / "config.json"), progress_bar=False
    )
    with tempfile.TemporaryDirectory() as made:
        out = Path(made) / "out.wav"

        def api(text: str) -> float:
            theirs.tts_to_file(text, file_path=str(out))
            with wave.open(str(out)) as file:
                return file.getnframes() / file.getframerate()

        ours.speak(SENTENCES[0], 1.0)
        api(SENTENCES[0].diacritised)
        runs = [
            (*timed(lambda s=s: ours.speak(s, 1.0).duration), *timed(lambda s=s: api(s.diacritised)))
            for s in SENTENCES
        ]
    our_clock, our_work, api_clock, api_work = (
        statistics.median(column) for column in zip(*runs, strict=True)
    )
    print(f"ONNX Runtime  clock {our_clock:.3f}  work {our_work:.3f}")
    print(f"TTS.api       clock {api_clock:.3f}  work {api_work:.3f}")
    print(f"times faster  clock {api_clock / our_clock:.1f}  work {api_work / our_work:.1f}")


def _card() -> VoiceCard:
    return VoiceCard(
        id="measured",
        name=Names("مقيس", "Measured"),
        engine="coqui",
        language="ar",
        dialect="standard",
        gender="neutral",
        sample_rate=22050,
        licence="CC0-1.0",
        commercial_use=True,
        attribution="random weights",
        limits=Limits(600),
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        both_ways(Path(sys.argv[1]))
    else:
        installed()
