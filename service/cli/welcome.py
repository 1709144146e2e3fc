"""What `istami serve` says while its voice is a robot: which natural one there is, a keystroke away."""

from __future__ import annotations

import logging
import os
import select
import subprocess
import sys
import termios
import tty
from contextlib import suppress
from pathlib import Path

import tomlkit
from rich.console import Console

from service.cli import logs
from service.config.settings import Settings
from service.server import voice_offer
from service.server.container import Container
from voices import files
from voices.card import VoiceCard
from voices.offer import download_size

log = logging.getLogger(__name__)

_OFFERED = ".voice-offered"
"""Empty file in the data folder: the question was asked once."""
_SETTINGS = Path("istami.toml")
_PATIENCE = 30.0
"""Seconds to wait for a key."""
_YES = frozenset("iIه")
"""The key of the letter I, in Latin and Arabic layouts."""

_QUESTION = (
    "Press i to install it now and make it the default voice (in istami.toml), any other key to go on.\n"
    "اضغط المفتاح i لتثبيته الآن وجعله الصوت المعتاد، أو أي مفتاح آخر للمتابعة."
)

_console = Console(stderr=True, highlight=False, soft_wrap=True)


def offer_voice(settings: Settings) -> Settings:
    """Say that the default voice is a robot; offer to install a natural one at a first start on a terminal.

    Returns:
        The settings; with the new default voice if it was installed.
    """
    catalogue = Container(settings).catalogue
    card = voice_offer.offer(settings, catalogue)
    if card is None:
        return settings
    if logs.for_programs():
        log.info("%s is a robot; %s sounds natural: %s", settings.voice, card.id, card.install_command)
        return settings
    _describe(settings.voice, card, installed=catalogue.installed(card))
    if not _may_ask(settings):
        return settings
    files.replace(settings.data_dir / _OFFERED, b"")
    if _keystroke(_QUESTION) not in _YES or not _install(card):
        return settings
    make_default(card.id)
    return Settings()


def make_default(voice: str) -> None:
    """Set the default voice in ``istami.toml`` in the working folder; the rest of the file stays.

    Raises:
        OSError: the file cannot be written.
    """
    with files.locked(_SETTINGS):
        text = _SETTINGS.read_text(encoding="utf-8") if _SETTINGS.exists() else ""
        document = tomlkit.parse(text)
        document["voice"] = voice
        files.replace(_SETTINGS, tomlkit.dumps(document).encode())


def _describe(robot: str, card: VoiceCard, *, installed: bool) -> None:
    size = download_size(card)
    facts = [card.licence, f"commercial use: {card.commercial_use}"]
    if size and not installed:
        facts.append(f"{size / 1e6:.0f} MB")
    cure = f"ISTAMI_VOICE={card.id} istami serve" if installed else card.install_command
    _console.print(
        f"The voice {robot} is a robot. {card.name.en} sounds natural ({', '.join(facts)}): {cure}\n"
        f"الصوت {robot} صوت آلة. والصوت «{card.name.ar}» صوت طبيعي.",
        markup=False,
    )


def _may_ask(settings: Settings) -> bool:
    """Whether somebody sits at a terminal who has chosen no voice and was not asked before."""
    chosen = "voice" in settings.model_fields_set
    seen = (settings.data_dir / _OFFERED).exists()
    if chosen or seen or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    # In the background (`istami serve &`), reading from the terminal would stop this process.
    with suppress(OSError):  # it is nobody's controlling terminal
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    return True


def _keystroke(question: str) -> str:
    """Ask, and return the key that is pressed first, without Enter; empty if none is pressed in time."""
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal, termios.TCSADRAIN)  # before asking: a key that is pressed at once counts
        _console.print(question)
        ready, _, _ = select.select([terminal], [], [], _PATIENCE)
        return os.read(terminal, 8).decode(errors="ignore")[:1] if ready else ""
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _install(card: VoiceCard) -> bool:
    """Install a voice as the command does, in a process of its own that frees its memory."""
    command = [sys.executable, "-P", "-m", "service", *card.install_command.split()[1:]]
    if subprocess.run(command, check=False).returncode == 0:
        return True
    _console.print("The voice was not installed; going on without it.\nلم يُثبَّت الصوت، وتتابع الخدمة من دونه.")
    return False
