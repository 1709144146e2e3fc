"""Installs voices at an administrator's request, each in a child process: `istami voices install`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from service.model.errors import Conflict, LicenceRefused
from service.util.farewell import Farewell
from voices import files, installer, workshop
from voices.card import VoiceCard
from voices.catalogue import Catalogue
from voices.errors import LicenceNotAccepted
from voices.offer import download_size

_LOOK_SECONDS = 0.5
_FRESH_SECONDS = 10.0
"""A report that is older is of a process that died while it installed."""
_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class InstallReport:
    """How far the install of a voice is."""

    status: Literal["absent", "installing", "installed", "failed"]
    done: int = 0
    """Bytes on this machine."""
    total: int | None = None
    """Bytes in all; ``None`` if some file's size is not known."""
    en: str = ""
    """Why it failed, in English."""
    ar: str = ""
    """The same in Arabic."""


class VoiceInstalls:
    """Installs voices, one at a time, and reports progress to every web process of this machine.

    An install that is cut off goes on where it was when the voice is requested again.

    Args:
        catalogue: finds voices, and the folder where they are installed.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._closed = False

    def begin(self, card: VoiceCard, *, accept_licence: bool) -> InstallReport:
        """Start to install a voice, unless it is being installed already.

        Args:
            card: the voice.
            accept_licence: the caller has read a licence that does not permit commercial use.

        Raises:
            LicenceRefused: the licence must be accepted first.
            Conflict: another voice is being installed.
            OSError: no process can be started, or the report cannot be written.
        """
        try:
            installer.permit(card, accept_licence=accept_licence)
        except LicenceNotAccepted as error:
            raise LicenceRefused(error.en, error.ar, field="accept_licence") from error
        if not card.files:  # it comes with the program
            return InstallReport("installed")
        with self._lock:
            if self.report(card).status == "installing":
                return self.report(card)
            if self._running is not None:
                raise Conflict("Another voice is being installed.", "يُثبَّت الآن صوت آخر.")
            begun = InstallReport("installing", 0, download_size(card))
            self._keep(card, begun)
            farewell = Farewell()
            # -P: no module of the working folder takes the place of ours.
            command = [sys.executable, "-P", "-m", "service", "voices", "install", card.id]
            try:
                self._running = subprocess.Popen(
                    [*command, "--accept-licence"] if accept_licence else command,
                    env={**os.environ, **farewell.environment},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(farewell.descriptor,),
                )
            finally:
                farewell.begun()
        watching = threading.Thread(target=self._watch, args=(card, self._running, farewell), daemon=True)
        watching.start()
        return begun

    def report(self, card: VoiceCard) -> InstallReport:
        """Return how far the install of a voice is, whichever process of this machine installs it."""
        try:
            table = json.loads(self._file(card).read_text(encoding="utf-8"))
            told, written = InstallReport(**table["report"]), float(table["written"])
        except (OSError, ValueError, TypeError, KeyError):
            told, written = InstallReport("absent"), 0.0
        if told.status == "installing" and time.time() - written < _FRESH_SECONDS:
            return told
        if told.status == "failed":
            return told
        there = self._catalogue.installed(card) and self._catalogue.get(card.id).calibrated
        return InstallReport("installed" if there else "absent")

    def close(self) -> None:
        """End an install that is running; the next request goes on where it was."""
        self._closed = True
        if process := self._running:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()

    def _watch(self, card: VoiceCard, process: subprocess.Popen[bytes], farewell: Farewell) -> None:
        total = download_size(card)
        while process.poll() is None:
            with suppress(OSError):  # the disk may be full; the child says so in the end
                self._keep(
                    card, InstallReport("installing", workshop.size(self._catalogue.folder(card)), total)
                )
            time.sleep(_LOOK_SECONDS)
        self._running = None
        said = farewell.heard()
        with suppress(OSError):
            if process.returncode == 0 or self._closed:
                self._file(card).unlink(missing_ok=True)
                return
            en = said.en if said else f"The install ended with status {process.returncode}."
            ar = said.ar if said else f"انتهى التثبيت بالرمز {process.returncode}."
            self._keep(card, InstallReport("failed", 0, total, en, ar))

    def _keep(self, card: VoiceCard, report: InstallReport) -> None:
        table = {"report": asdict(report), "written": time.time()}
        self._file(card).parent.mkdir(parents=True, exist_ok=True)
        files.replace(self._file(card), json.dumps(table).encode())

    def _file(self, card: VoiceCard) -> Path:
        """The report's file; with a leading dot, as it is no voice."""
        return self._catalogue.folder(card).with_name(f".report-{card.id}.json")
