"""Encodes and decodes all values of the store, and handles damaged ones.

A damaged value, or one written by a newer version, is logged once and counts as absent, so one bad value
blocks nothing else. Unknown fields are ignored, so a newer version may add some. A version that changes the
meaning of a kind must write ``{"v": 2, …``: then this version leaves the value alone.
"""

from __future__ import annotations

import logging
import re
import struct
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from cache.store import Put
from service.model.reading import Utterance
from service.model.recording import Plan, State, Timing, Timings

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_FORM = re.compile(rb'\s*\{\s*"v"\s*:\s*(\d{1,9})')
_FIRST_FORM = 1
"""Form of all kinds today; their values do not state it."""
_WRONG = (ValueError, zlib.error, struct.error, RecursionError)
"""Errors of decoding damaged bytes; pydantic's and json's errors are ``ValueError``."""
_QUIET_SECONDS = 3600.0
_MOST_LOGGED = 1000
_logged: dict[tuple[str, int], float] = {}


class Newer(ValueError):  # noqa: N818
    """A newer version wrote the value."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[_T]):
    """A kind of value: its name in the log, its encoder and its decoder."""

    name: str
    encode: Callable[[_T], bytes]
    decode: Callable[[bytes], _T]
    """Raises ``ValueError``, ``zlib.error`` or ``struct.error`` for bytes that ``encode`` cannot produce."""


def noun(name: str, type_: type[_T], *, squeezed: bool = False) -> Kind[_T]:
    """Return a kind encoded as JSON.

    Args:
        name: in the log.
        type_: a frozen dataclass, or another type that pydantic supports.
        squeezed: whether it is compressed by zlib, whose checksum detects damage.
    """
    adapter: TypeAdapter[_T] = TypeAdapter(type_)
    if squeezed:
        return Kind(
            name,
            lambda value: zlib.compress(adapter.dump_json(value)),
            lambda value: adapter.validate_json(_known_form(zlib.decompress(value))),
        )
    return Kind(name, adapter.dump_json, lambda value: adapter.validate_json(_known_form(value)))


def packed(kind: Kind[Any], value: object, ttl: int | None = None) -> Put:
    """Encode a value to be stored for ``ttl`` seconds, or until it is deleted."""
    return Put(kind.encode(value), ttl)


def unpacked(kind: Kind[_T], value: bytes | str | None) -> _T | None:
    """Decode a stored value; a damaged or newer one is logged and counts as absent."""
    if value is None:
        return None
    kept = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    try:
        return kind.decode(kept)
    except _WRONG as error:
        _log(kind.name, kept, error)
        return None


def all_unpacked(kind: Kind[_T], values: Iterable[bytes | str]) -> Iterator[_T]:
    """Decode several values, skipping those that cannot be read."""
    found = (unpacked(kind, value) for value in values)
    return (each for each in found if each is not None)


def is_newer(kind: Kind[Any], value: bytes | str | None) -> bool:
    """Whether a newer version wrote a value: it must not be deleted as unreadable."""
    if value is None:
        return False
    try:
        kind.decode(value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value)
    except Newer:
        return True
    except _WRONG:
        return False
    return False


PLAN = noun("plan", Plan, squeezed=True)
PREPARED = noun("plan", Plan)
"""The form in which it is sent to a worker."""
UTTERANCES = noun("answer", list[list[Utterance]])
"""A worker's answer: the pieces of each sentence, vowelled and phonemised."""
STATE = noun("state", State, squeezed=True)
NUMBER: Kind[int] = Kind("number", lambda number: str(number).encode(), int)
"""In Redis's own format."""
TIMING = noun("timing", Timing)
"""Timing of one sentence, a line of its own while the recording grows."""
TIMINGS = noun("timings", Timings, squeezed=True)


def unpack_state(value: bytes | None) -> State | None:
    """Decode a stored or published state."""
    return unpacked(STATE, value)


def _known_form(value: bytes) -> bytes:
    form = _FORM.match(value)
    if form and int(form[1]) > _FIRST_FORM:
        raise Newer
    return value


def _log(kind: str, value: bytes, error: Exception) -> None:
    """Log a value once an hour, without its content, which may be an article's."""
    now, which = time.monotonic(), (kind, zlib.crc32(value))
    if now - _logged.get(which, -_QUIET_SECONDS) < _QUIET_SECONDS:
        return
    if len(_logged) >= _MOST_LOGGED:
        _logged.clear()
    _logged[which] = now
    if isinstance(error, Newer):
        log.warning("a newer version's %s counts as absent", kind)
    else:
        log.warning("a damaged %s counts as absent: %s", kind, type(error).__name__)
