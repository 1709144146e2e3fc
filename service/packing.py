"""The service's nouns as bytes in the store."""

from __future__ import annotations

import logging
import zlib
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from cache.store import Put
from service.types import Plan, State

log = logging.getLogger(__name__)

PLAN = TypeAdapter(Plan)
STATE = TypeAdapter(State)
_T = TypeVar("_T")


def packed(adapter: TypeAdapter[Any], value: object, ttl: int) -> Put:
    """A noun as it is kept."""
    return Put(zlib.compress(adapter.dump_json(value)), ttl)


def unpacked(adapter: TypeAdapter[_T], value: bytes | None) -> _T | None:
    """A noun as it was kept; one that is damaged is logged, and counts as absent."""
    if value is None:
        return None
    try:
        return adapter.validate_json(zlib.decompress(value))
    except (zlib.error, ValidationError) as error:
        # Without its words, which may be the article's.
        log.warning("a damaged value counts as absent: %s", type(error).__name__)
        return None


def unpack_state(value: bytes | None) -> State | None:
    """A state as it is kept and published."""
    return unpacked(STATE, value)
