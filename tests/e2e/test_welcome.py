"""What a first start on a terminal says of the robot's voice, and what a keystroke does."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.humming import MODEL, furnish

START = """
from service.cli.welcome import offer_voice
from service.config.settings import Settings
print("speaks with", offer_voice(Settings()).voice)
"""
"""What `istami serve` begins with."""

Begin = Callable[..., str]


@pytest.fixture
def begin(tmp_path: Path, publisher) -> Begin:
    """Starts in a folder of its own, on a terminal where a key is pressed once a question was asked."""
    publisher.page("/hum.bin", MODEL)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
    environment |= furnish(tmp_path, f"http://127.0.0.1:{publisher.port}", hum=True)

    def begin(key: str, *, terminal: bool = True, **settings: str) -> str:
        return _said(tmp_path, environment | settings, key, terminal=terminal)

    return begin


def _said(folder: Path, environment: dict[str, str], key: str, *, terminal: bool) -> str:
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", START],
            cwd=folder,
            env=environment,
            stdin=theirs if terminal else subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        said, pressed, deadline = b"", False, time.monotonic() + 120
        while time.monotonic() < deadline:
            ready, _, _ = select.select([ours], [], [], 1)
            if ready:
                try:
                    said += os.read(ours, 65_536)
                except OSError:  # nobody writes any more
                    break
            if b"any other key" in said and not pressed:
                os.write(ours, key.encode())
                pressed = True
        assert process.wait(60) == 0, said.decode()
        return said.decode()
    finally:
        os.close(ours)


def test_a_keystroke_installs_the_voice_and_makes_it_the_default(begin: Begin, tmp_path: Path) -> None:
    (tmp_path / "istami.toml").write_text("# Ours.\nbitrate = 64\n")
    said = begin("i")
    assert "The voice espeak-ar is a robot. Humming sounds natural (Apache-2.0, commercial use: yes" in said
    assert "الصوت espeak-ar صوت آلة" in said
    assert "hum is installed" in said
    assert "speaks with hum" in said
    assert (tmp_path / "istami.toml").read_text() == '# Ours.\nbitrate = 64\nvoice = "hum"\n'
    again = begin("")
    assert "robot" not in again, "the voice is natural now"
    assert "speaks with hum" in again


def test_any_other_key_goes_on_and_the_question_is_asked_once(begin: Begin, tmp_path: Path) -> None:
    said = begin("n")
    assert "speaks with espeak-ar" in said
    assert not (tmp_path / "istami.toml").exists()
    again = begin("")
    assert "is a robot" in again
    assert "any other key" not in again


def test_without_a_terminal_nothing_is_asked(begin: Begin) -> None:
    said = begin("", terminal=False)
    assert "istami voices install hum" in said
    assert "any other key" not in said
    assert "speaks with espeak-ar" in said


def test_a_voice_that_was_chosen_is_not_questioned(begin: Begin) -> None:
    said = begin("", ISTAMI_VOICE="espeak-ar")
    assert "any other key" not in said


def test_an_install_that_fails_goes_on_with_the_robot(begin: Begin, publisher, tmp_path: Path) -> None:
    publisher.page("/hum.bin", b"wrong" * 20_000)
    said = begin("i")
    assert "SHA-256" in said
    assert "going on without it" in said
    assert "speaks with espeak-ar" in said
    assert not (tmp_path / "istami.toml").exists()
