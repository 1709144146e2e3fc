"""Nobody hears that the web process is restarted: the player goes on where its stream was cut off."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from cache import server
from tests.browser.conftest import answers, free_port, post, status, wait_for

SENTENCES, SPOKEN = 24, 12
"""Of the article, and those that are made before the restart: more sound than a restart takes."""
TEXT = "\n".join(f"وصلت السفينة رقم {number} إلى الميناء في مساء يوم هادئ." for number in range(SENTENCES))
WATCH = """player => {
    // Where the sound breaks off, where it goes on, and milliseconds between; how often it falters otherwise.
    const { audio } = player.playback;
    player.breaks = [];
    player.faltered = 0;
    let broke = null;
    const breaks = () => (broke ??= [player.playback.time, performance.now()]);
    audio.addEventListener("ended", breaks);
    audio.addEventListener("error", breaks);
    audio.addEventListener("waiting", () => (player.faltered += 1));
    audio.addEventListener("playing", () => {
        if (broke) player.breaks.push([broke[0], player.playback.time, performance.now() - broke[1]]);
        broke = null;
    });
}"""
HASTEN = "player => { player.playback.audio.playbackRate = 16; }"
"""As fast as Chromium plays."""
GAP = 5000
"""Milliseconds in which a crowded machine brings the sound back; otherwise it takes a tenth."""

Run = Callable[..., AbstractContextManager[subprocess.Popen[bytes]]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Runs commands of the service on a store that outlives them; they write to one log."""
    with server.running(tmp_path / "redis", max_memory="64mb") as url:
        settings = {"REDIS_URL": url, "ISTAMI_DATA_DIR": str(tmp_path / "data")}
        yield partial(running, tmp_path / "log", settings)


@contextmanager
def running(log: Path, settings: dict[str, str], *command: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "service", *command],
            env=environment | settings,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def spoken(base: str, article: str) -> int:
    return status(base, article)["progress"]["sentences_done"]


def made(base: str, article: str) -> float:
    """Seconds of sound that there are."""
    marks = httpx.get(status(base, article)["marks_url"], timeout=30).json()
    return marks["sentences"][-1]["end"]


def test_a_growing_stream_is_heard_to_its_end_over_a_restart_of_the_web_process(visit, run, tmp_path):
    """Also if the rest is not made before the player has played all it got."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    web = partial(run, "serve", "--workers", "0", "--port", str(port))
    worker = partial(run, "worker", "--processes", "1")
    log = tmp_path / "log"
    with web() as old:
        with worker() as speaks:
            wait_for(lambda: answers(f"{base}/readyz"), seconds=90)
            article = post(base, {"text": TEXT}, "grows")
            wait_for(lambda: spoken(base, article) >= SPOKEN, seconds=60)
            speaks.terminate()
            reader = visit(f"{base}/player/{article}")
            start, begun = reader.play()["time"], time.monotonic()
            reader.player().evaluate(WATCH)
        enough = made(base, article)
        assert status(base, article)["status"] == "speaking", "it grows when it is cut off"
        old.terminate()
        wait_for(lambda: "Shutting down" in log.read_text())
        with web():
            old.wait(60)
            assert "audio.mp3 was cut off: this process is ending" in log.read_text()
            wait_for(lambda: answers(f"{base}/healthz"), seconds=90)
            assert reader.state()["time"] > min(start + time.monotonic() - begun, enough) - 1
            assert not reader.player().evaluate("player => player.faltered"), "what was made has no gap"
            reader.player().evaluate(HASTEN)
            reader.until(lambda s: s["time"] > enough - 10 and s["phase"] == "loading", seconds=30)
            with worker() as speaks:
                wait_for(lambda: spoken(base, article) >= SPOKEN + 3, seconds=60)
                speaks.terminate()
            reader.until(lambda s: s["time"] > enough and s["phase"] == "playing", seconds=60)
            assert status(base, article)["status"] == "speaking", "it goes on before the whole is made"
            with worker():
                wait_for(lambda: status(base, article)["status"] == "ready", seconds=60)
            reader.player().evaluate(HASTEN)
            reader.until(lambda s: s["time"] > enough + 5, seconds=60)
            reader.player().evaluate(HASTEN)  # a source that was changed has the usual speed
            end = reader.until(lambda s: s["paused"], seconds=30)
    assert end["time"] == pytest.approx(end["duration"], abs=0.1)
    for left, back, gap in reader.player().evaluate("player => player.breaks"):
        assert back == pytest.approx(left, abs=0.1), "nothing is missing, nothing came twice"
        assert gap < GAP
