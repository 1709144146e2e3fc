"""What an adapter is: the format of a server's requests and answers."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from service.engines.pcm import Samples
from service.engines.remote.key import Key
from service.model.errors import EngineError
from service.model.recording import WordTiming
from voices.card import VoiceCard


@dataclass(frozen=True, slots=True)
class Request:
    """One POST to the server; each is counted, and paid for."""

    path: str
    """Added to the card's ``base_url``."""
    body: bytes
    content_type: str
    characters: int
    """Code points that the vendor bills."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Further ones, with the key."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer, with status 200."""

    body: bytes
    content_type: str


Call = Callable[[Request], Answer]
"""Sends a request, within all limits; raises ``EngineError``, ``Unavailable`` or ``MissingPart``."""


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance for a server."""

    text: str
    """The words, vowelled or not, as the card's option ``text`` says; never empty, no markup."""
    speed: float
    """1.0 is the server's own pace."""
    key: Key
    before: str = ""
    """Words of the same sentence just before it, for servers that speak in context; may be empty."""
    after: str = ""
    """Those just after it."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A decoded answer."""

    samples: Samples
    words: tuple[WordTiming, ...] = ()
    """By the words of ``Said.text`` (split at white space); empty if the server tells no times."""


class Adapter(Protocol):
    """Speaks with one voice of one kind of server."""

    def speak(self, said: Said, call: Call) -> Spoken:
        """Say one utterance.

        Raises:
            EngineError: the answer is not the expected audio.
        """


class Options:
    """The options of a remote card; each is read once, by name, and none may be left.

    Raises:
        EngineError: an option is missing, unknown or of the wrong type.
    """

    def __init__(self, card: VoiceCard) -> None:
        self._card = card
        self._left: dict[str, Any] = dict(card.options)

    def text(self, name: str, default: str | None = None, choices: Sequence[str] = ()) -> str:
        """A string; required if there is no default."""
        value = self._left.pop(name, default)
        if not isinstance(value, str) or (choices and value not in choices) or not (value or default == ""):
            some = f"one of {', '.join(choices)}" if choices else "a text"
            raise self.wrong(name, f"must be {some}", "قيمته غير صالحة أو ناقصة")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """A truth value."""
        value = self._left.pop(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "must be true or false", "قيمته true أو false")
        return value

    def extra(self) -> dict[str, Any]:
        """Fields for the request's JSON: ``"extra.voice_settings.style" = 0.2``, or a table ``extra``."""
        found: dict[str, Any] = {}
        for name in [name for name in self._left if name == "extra" or name.startswith("extra.")]:
            value = self._left.pop(name)
            if name == "extra":
                if not isinstance(value, dict):
                    raise self.wrong(name, "must be a table", "قيمته جدول")
                found = merged(found, value)
            else:
                for part in reversed(name.split(".")[1:]):
                    value = {part: value}
                found = merged(found, value)
        return found

    def check_all_read(self) -> None:
        """Check that the adapter knows every option of the card."""
        if self._left:
            raise self.wrong(min(self._left), "is not known to this adapter", "لا يعرفه هذا المحوّل")

    def wrong(self, name: str, en: str, ar: str) -> EngineError:
        """The error of one option."""
        voice = self._card.id
        return EngineError(
            f"The card of {voice}: the option {name} {en}.", f"بطاقة الصوت {voice}: الخيار {name} {ar}."
        )


def in_json(answer: Answer, field: str) -> tuple[dict[str, Any], bytes]:
    """A JSON object, and the audio that one of its fields holds in base64.

    Raises:
        EngineError: it is no JSON object, or has no such field.
    """
    try:
        told = json.loads(answer.body)
        return told, base64.b64decode(told[field], validate=True)
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(
            f"its server's answer has no audio in “{field}”", f"ليس في جواب خادمه صوت باسم «{field}»"
        ) from error


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two JSON objects as one; ``over`` wins, field by field."""
    result = dict(under)
    for name, value in over.items():
        known = result.get(name)
        if isinstance(known, Mapping) and isinstance(value, Mapping):
            value = merged(known, value)  # noqa: PLW2901
        result[name] = value
    return result
