"""Errors of voices, in English and in Arabic. The service maps them to its own at its boundary."""

from __future__ import annotations


class VoiceError(Exception):
    """Base of this package's errors."""

    def __init__(self, en: str, ar: str) -> None:
        super().__init__(en)
        self.en = en
        self.ar = ar


class NoSuchVoice(VoiceError):  # noqa: N818
    """No card has this id."""


class BadCard(VoiceError):  # noqa: N818
    """A voice card cannot be read; the message names the file and the field."""


class LicenceNotAccepted(VoiceError):  # noqa: N818
    """Commercial use is forbidden or in doubt, and the caller has not accepted that."""


class InstallFailed(VoiceError):  # noqa: N818
    """A file is unavailable or not the expected one. The previous installation is unchanged."""
