"""Answers that Redis or a restart cuts off: clients see it, and the log has a line for each at most."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from cache import server

LISTENERS = 25
"""Of each kind: of the sound, and of events."""
LONG = "\n".join(f"هذه الجملة {number} من حديث طويل عن البحر والسفر والرحيل." for number in range(300))


@pytest.fixture
def redis(tmp_path, unused_port):
    """A server over TCP, and its address."""
    command = [str(server.find_program()), "--port", str(unused_port), "--save", ""]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    yield process, f"redis://127.0.0.1:{unused_port}/0"
    process.kill()
    process.wait()


class Listeners:
    """Clients that each listen to one answer to its end, and what that end was."""

    def __init__(self, base: str) -> None:
        self.begun = Counter[str]()
        self.ends = Counter[str]()
        self._threads = [
            threading.Thread(target=self._listen, args=(f"{base}/v1/articles/long/{what}",))
            for what in ("audio.mp3", "events")
            for _ in range(LISTENERS)
        ]
        for thread in self._threads:
            thread.start()

    def _listen(self, address: str) -> None:
        try:
            with httpx.stream("GET", address, timeout=90, trust_env=False) as answer:
                for _ in answer.iter_raw():
                    self.begun[address] += 1
            self.ends[f"whole {answer.status_code}"] += 1
        except httpx.TransportError as error:
            self.ends[type(error).__name__] += 1

    def all_hear(self) -> bool:
        return len(self.begun) == 2 and sum(self.begun.values()) >= 2 * LISTENERS

    def end(self) -> None:
        for thread in self._threads:
            thread.join(300)
            assert not thread.is_alive()


def listened(service: Any, until: Callable[..., None]) -> Listeners:
    """All of them, in the middle of a long article."""
    with service.client as client:
        client.post("/v1/articles", json={"id": "long", "text": LONG})

        def spoken() -> bool:
            return client.get("/v1/articles/long").json()["progress"]["sentences_done"] > 2

        until(spoken, 60, "begun")
    listeners = Listeners(service.base)
    until(listeners.all_hear, 60, "listening")
    return listeners


def lines(service: Any, begun: int) -> list[str]:
    return (service.data / "log").read_text(encoding="utf-8").splitlines()[begun:]


def test_when_redis_dies_there_is_a_line_for_each_and_no_traceback(start, until, redis) -> None:
    process, url = redis
    service = start("--workers", "1", REDIS_URL=url)
    listeners = listened(service, until)
    begun = len(lines(service, 0))
    process.kill()
    listeners.end()
    time.sleep(1)
    assert "whole 200" not in listeners.ends, "whoever is cut off must see it"
    assert sum(listeners.ends.values()) == 2 * LISTENERS
    told = lines(service, begun)
    assert not [line for line in told if "Traceback" in line or "Exception" in line or line.startswith(" ")]
    assert not [line for line in told if "response already started" in line or "ASGI callable" in line]
    cut = [line for line in told if "was cut off" in line]
    assert 1 <= len(cut) <= 2 * LISTENERS
    assert all("/v1/articles/{id}/" in line for line in cut)


@pytest.mark.parametrize("web_workers", ["1", "2"])
def test_a_restart_of_the_web_process_is_a_line_for_each(start, until, web_workers: str) -> None:
    service = start("--workers", "1", "--web-workers", web_workers)
    listeners = listened(service, until)
    begun = len(lines(service, 0))
    service.process.send_signal(signal.SIGTERM)
    listeners.end()
    assert service.process.wait(300) == 0
    told = lines(service, begun)
    assert not [line for line in told if "Traceback" in line or "Exception" in line or line.startswith(" ")]
    assert not [line for line in told if "ASGI callable" in line]
    cut = [line for line in told if "was cut off: this process is ending" in line]
    assert listeners.ends["whole 200"] + len(cut) >= 2 * LISTENERS
    assert len(cut) <= 2 * LISTENERS
