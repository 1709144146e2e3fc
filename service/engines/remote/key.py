"""The key of a remote voice's server: from the environment or from a file, and never shown."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from service.model.errors import KeyMissing
from voices.card import VoiceCard
from voices.terms import Terms

_LONGEST = 4096
"""Characters of a key; a longer file is another one, named by mistake."""
_SHORTEST_PART = 4
"""Fewer characters of a key are no secret, and may be any word's."""


class Key:
    """A secret that does not appear in ``repr``, in ``str`` or in a traceback's values."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret, for the header of a request."""
        return self._value

    def hidden(self, text: str) -> str:
        """A text without the secret and its parts, which some servers quote in their errors."""
        for part in (self._value, *self._value.split(":")):
            if len(part) >= _SHORTEST_PART:
                text = text.replace(part, "…")
        return text

    def __repr__(self) -> str:
        return "Key(…)"


def read_key(card: VoiceCard, terms: Terms) -> Key:
    """Read the key of a card's server; empty if its terms name none.

    It is read for every utterance: a new key is used at once.

    Raises:
        KeyMissing: the variable or the file that the terms name has no key, or others may read the file.
    """
    if terms.key_env:
        value = os.environ.get(terms.key_env, "").strip()
        if not value:
            raise _missing(card, f"set {terms.key_env}", f"اضبط {terms.key_env}")
    elif terms.key_file:
        value = _from_file(card, Path(terms.key_file))
    else:
        return Key("")
    if len(value) > _LONGEST or not value.isascii() or not value.isprintable():
        raise _missing(card, "a key is one line of ASCII", "المفتاح سطر واحد من محارف ASCII")
    return Key(value)


def _from_file(card: VoiceCard, path: Path) -> str:
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or about.st_mode & 0o077:
                raise _missing(card, f"only its owner may read {path}: chmod 600", f"نفّذ chmod 600 {path}")
            value = file.read(_LONGEST + 2).decode("ascii", "replace").strip()
    except OSError as error:
        raise _missing(card, f"{path}: {error.strerror}", f"تعذّرت قراءة {path}") from error
    if not value:
        raise _missing(card, f"{path} is empty", f"الملف {path} فارغ")
    return value


def _missing(card: VoiceCard, en: str, ar: str) -> KeyMissing:
    return KeyMissing(
        f"The voice {card.id} needs the key of its server: {en}.",
        f"الصوت {card.id} يحتاج إلى مفتاح خادمه: {ar}.",
    )
