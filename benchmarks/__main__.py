"""``make bench``: what a listener waits for and what a publisher pays for, on this machine.

Starts the service as users do, with data of its own, and has the demo article read aloud. The naive script
that it is held against speaks with the same voice, one sentence after another, joins with pydub and lets
pydub call ffmpeg once at the end. Absolute times are this machine's; the ratios are what to look at.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil


def main() -> None:
    """Measure, print a table, write the figures as JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--article", type=Path, help="a .txt file; by default the demo article")
    parser.add_argument("--json", type=Path, help="where the figures go as JSON")
    options = parser.parse_args()
    from service import player

    text = options.article.read_text(encoding="utf-8") if options.article else player.demo()
    figures = {"characters": len(text), "cores": os.cpu_count(), **_service(text)}
    figures["naive_seconds"] = _naive(text)
    figures["cold_to_naive"] = round(figures["cold_seconds"] / figures["naive_seconds"], 2)
    for name, value in figures.items():
        print(f"{name:<28} {value}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _service(text: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as data, _serving(data) as (client, process):
        begun = time.perf_counter()
        article = client.post("/v1/articles", json={"text": text}).raise_for_status().json()
        posted = time.perf_counter() - begun
        address = f"/v1/articles/{article['id']}/audio.mp3"
        with client.stream("GET", address, follow_redirects=True) as response:
            stream = response.iter_bytes()
            size = len(next(stream))
            first = time.perf_counter() - begun
            size += sum(map(len, stream))
        cold = time.perf_counter() - begun
        begun = time.perf_counter()
        client.post("/v1/articles", json={"text": text}).raise_for_status()
        again = client.get(address, follow_redirects=True).content
        second = time.perf_counter() - begun
        assert len(again) == size, "the second listen is not the first"
        ready = client.get(f"/v1/articles/{article['id']}").json()
        workers = [child for child in process.children(recursive=True) if "worker" in child.cmdline()]
        return {
            "audio_seconds": ready["duration_seconds"],
            "post_seconds": round(posted, 3),
            "first_byte_seconds": round(first, 3),
            "cold_seconds": round(cold, 3),
            "second_listen_seconds": round(second, 3),
            "real_time_factor": round(cold / ready["duration_seconds"], 4),
            "web_peak_megabytes": _peak(process),
            "worker_peak_megabytes": max(map(_peak, workers)),
        }


@contextmanager
def _serving(data: str) -> Iterator[tuple[httpx.Client, psutil.Process]]:
    command = [sys.executable, "-m", "service", "serve", "--port", "0"]
    environment = {**os.environ, "ISTAMI_DATA_DIR": data, "PYTHONUNBUFFERED": "1"}
    environment.pop("REDIS_URL", None)
    with (
        Path(data, "log").open("w") as log,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            words = (word for line in process.stdout for word in line.split())
            base = next(word for word in words if word.startswith("http://"))
            with httpx.Client(base_url=base, timeout=120, trust_env=False) as client:
                while client.get("/readyz").status_code != httpx.codes.OK:
                    time.sleep(0.1)
                yield client, psutil.Process(process.pid)
        finally:
            process.terminate()


def _peak(process: psutil.Process) -> int:
    """The most memory that a process has held, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _naive(text: str) -> float:
    """Seconds that the obvious script takes, its models loaded."""
    from service import wiring
    from service.audio.join import AudioSegment
    from service.engines.engine import Surroundings
    from service.engines.registry import load
    from service.settings import Settings
    from service.text.diacritise import Diacritiser
    from service.text.utterance import utter_all
    from service.types import Request, Spoken

    settings = Settings()
    voices = wiring.catalogue(settings)
    card = voices.get(settings.voice)
    engine = load(card, Surroundings(voices.folder(card)))
    diacritiser, intake = Diacritiser(), wiring.intake(settings)
    diacritiser.diacritise("مرحبا")
    begun = time.perf_counter()
    track = AudioSegment.silent(0, engine.sample_rate)
    for reading in intake.read(intake.extract(Request(text=text))):
        for utterance in utter_all(
            [Spoken(piece.spoken, piece.latin) for piece in reading.pieces], diacritiser
        ):
            pcm = engine.speak(utterance, 1.0).pcm
            clip = AudioSegment(data=pcm, sample_width=2, frame_rate=engine.sample_rate, channels=1)
            track += clip + AudioSegment.silent(500, engine.sample_rate)
    track.export(io.BytesIO(), format="mp3", bitrate="64k")
    return round(time.perf_counter() - begun, 3)


main()
