"""The one codec of the store: nouns as bytes, and what is read of them when they are not what was written.

A value that is damaged, or that a newer version wrote, is logged once and counts as absent, so one bad value
stops nothing else. Fields that are not known are passed over, so a newer version may add some. A version that
changes what a kind means has to write ``{"v": 2, …``: then this one leaves the value alone.
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
"""Of all kinds today; their values name no form."""
_WRONG = (ValueError, zlib.error, struct.error, RecursionError)
"""What decoding raises for damaged bytes; pydantic's and json's errors are ``ValueError``."""
_QUIET_SECONDS = 3600.0
_MOST_LOGGED = 1000
_logged: dict[tuple[str, int], float] = {}


class Newer(ValueError):  # noqa: N818
    """A newer version wrote the value."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[_T]):
    """A kind of value: what it is called in the log, and how it becomes bytes and a noun again."""

    name: str
    encode: Callable[[_T], bytes]
    decode: Callable[[bytes], _T]
    """Raises ``ValueError``, ``zlib.error`` or ``struct.error`` for bytes that ``encode`` does not make."""


def noun(name: str, type_: type[_T], *, squeezed: bool = False) -> Kind[_T]:
    """A kind that is JSON.

    Args:
        name: in the log.
        type_: a frozen dataclass, or what else pydantic knows.
        squeezed: whether it is compressed by zlib, whose checksum finds every damage.
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
    """A noun as it is kept for ``ttl`` seconds, or until it is deleted."""
    return Put(kind.encode(value), ttl)


def unpacked(kind: Kind[_T], value: bytes | str | None) -> _T | None:
    """A noun as it was kept; one that is damaged or newer is logged, and counts as absent."""
    if value is None:
        return None
    kept = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    try:
        return kind.decode(kept)
    except _WRONG as error:
        _log(kind.name, kept, error)
        return None


def all_unpacked(kind: Kind[_T], values: Iterable[bytes | str]) -> Iterator[_T]:
    """Those of several values that can be read."""
    found = (unpacked(kind, value) for value in values)
    return (each for each in found if each is not None)


def is_newer(kind: Kind[Any], value: bytes | str | None) -> bool:
    """Whether a newer version wrote a value: whoever clears away what cannot be read leaves it alone."""
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
"""As it is sent to a worker."""
UTTERANCES = noun("answer", list[list[Utterance]])
"""Of a worker: the pieces of each sentence, vowelled and phonemised."""
STATE = noun("state", State, squeezed=True)
NUMBER: Kind[int] = Kind("number", lambda number: str(number).encode(), int)
"""As Redis counts it."""
TIMING = noun("timing", Timing)
"""Of one sentence, a line while the recording grows."""
TIMINGS = noun("timings", Timings, squeezed=True)


def unpack_state(value: bytes | None) -> State | None:
    """A state as it is kept and published."""
    return unpacked(STATE, value)


def _known_form(value: bytes) -> bytes:
    form = _FORM.match(value)
    if form and int(form[1]) > _FIRST_FORM:
        raise Newer
    return value


def _log(kind: str, value: bytes, error: Exception) -> None:
    """Log a value once an hour, without its words, which may be an article's."""
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
