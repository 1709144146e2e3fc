"""What can go wrong with a voice, in English and in Arabic. The service translates these at its door."""

from __future__ import annotations


class VoiceError(Exception):
    """Base of this package's errors."""

    def __init__(self, en: str, ar: str) -> None:
        super().__init__(en)
        self.en = en
        self.ar = ar


class NoSuchVoice(VoiceError):  # noqa: N818
    """No card has that id."""


class BadCard(VoiceError):  # noqa: N818
    """A voice card cannot be read; the message names the file and the field."""


class LicenceNotAccepted(VoiceError):  # noqa: N818
    """The voice may not earn money, and nobody said that this is understood."""


class InstallFailed(VoiceError):  # noqa: N818
    """A file could not be had, or is not the one it should be. What was there before is there still."""
