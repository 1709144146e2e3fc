"""The player in Firefox too, driven by its own WebDriver BiDi: it sounds and lights the text."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import absent, free_port, wait_for

PLAYER = "document.querySelector('listen-article')"
PLAIN = "() => { delete globalThis.Highlight; }"
LIT = """[...(CSS.highlights.get('istami-sentence') ?? document.querySelectorAll('.istami-sentence'))]
    .map((lit) => lit.textContent ?? String(lit)).join('')"""


class Firefox:
    """One tab. Speaks the commands of https://www.w3.org/TR/webdriver-bidi/."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._ids = itertools.count()
        self.command("session.new", capabilities={})
        self.tab = self.command("browsingContext.getTree")["contexts"][0]["context"]

    def command(self, method: str, **parameters: Any) -> Any:
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv(timeout=60))).get("id") != number:
            pass  # an event
        assert answer["type"] == "success", answer
        return answer["result"]

    def open(self, url: str) -> None:
        self.command("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def value(self, expression: str) -> Any:
        """What an expression of the page is, by way of JSON."""
        told = self.command(
            "script.evaluate",
            expression=f"JSON.stringify({expression})",
            target={"context": self.tab},
            awaitPromise=True,
        )
        return json.loads(told["result"].get("value", "null"))

    def until(self, expression: str, seconds: float = 20) -> Any:
        end = time.monotonic() + seconds
        while not (value := self.value(expression)):
            assert time.monotonic() < end, f"waited {seconds} s in vain for {expression}"
            time.sleep(0.1)
        return value

    def click(self, element: str) -> None:
        x, y = self.value(
            f"(box => [box.x + box.width / 2, box.y + box.height / 2])({element}.getBoundingClientRect())"
        )
        moves = [
            {"type": "pointerMove", "x": round(x), "y": round(y)},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        pointer = {"type": "pointer", "id": "mouse", "actions": moves}
        self.command("input.performActions", context=self.tab, actions=[pointer])


@contextmanager
def running(*command: str, **environment: str) -> Iterator[None]:
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def firefox(tmp_path) -> Iterator[Firefox]:
    """Debian's Firefox, with a loudspeaker that nobody hears: without any it refuses to play."""
    if not (shutil.which("firefox-esr") and shutil.which("pulseaudio")):
        absent("firefox-esr and pulseaudio are not installed")
    from websockets.sync.client import connect

    sound, port = tmp_path / "sound", free_port()
    with ExitStack() as stack:
        modules = ("module-null-sink", f"module-native-protocol-unix socket={sound} auth-anonymous=1")
        loads = [f"--load={module}" for module in modules]
        stack.enter_context(
            running("pulseaudio", "-n", "--exit-idle-time=-1", *loads, XDG_RUNTIME_DIR=str(tmp_path))
        )
        wait_for(sound.exists)
        profile = ["--no-remote", "--profile", str(tmp_path / "profile")]
        Path(tmp_path, "profile").mkdir()
        stack.enter_context(
            running(
                "firefox-esr",
                "--headless",
                *profile,
                f"--remote-debugging-port={port}",
                PULSE_SERVER=f"unix:{sound}",
            )
        )

        def connected() -> Any:
            try:
                return connect(f"ws://127.0.0.1:{port}/session", max_size=None)
            except OSError:
                return None

        yield Firefox(stack.enter_context(wait_for(connected, 60)))


@pytest.mark.parametrize("highlights", [True, False])
def test_it_sounds_and_lights_the_text(firefox, publisher, ready, highlights):
    if not highlights:
        firefox.command("script.addPreloadScript", functionDeclaration=PLAIN)
    firefox.open(publisher.news(ready))
    before = firefox.value("document.querySelector('article').textContent")
    firefox.until(f"!!{PLAYER}?.shadowRoot")
    firefox.click(f"{PLAYER}.view.main")
    firefox.until(f"{PLAYER}.currentTime > 1")
    assert firefox.until(LIT) == "قطار الكتب يعود إلى بلدات الجبل"
    spans = firefox.value("document.querySelectorAll('.istami-sentence').length")
    assert bool(spans) is not highlights
    firefox.value(f"({PLAYER}.currentTime = {PLAYER}.playback.marks[2].start + 0.1)")
    firefox.until(f"{LIT}.startsWith('ويتألف القطار')")
    firefox.value(f"{PLAYER}.remove()")
    firefox.until("!document.querySelector('.istami-sentence')")
    assert firefox.value("document.querySelector('article').textContent") == before
