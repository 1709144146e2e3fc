"""Translates Redis's errors into this package's, and deletes values of the wrong type."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from redis.exceptions import OutOfMemoryError, RedisClusterException, RedisError, ResponseError

from cache.errors import StoreError, StoreFull, StoreUnavailable, Unsaved, WrongKind

log = logging.getLogger(__name__)

_Method = TypeVar("_Method", bound=Callable[..., Any])
REDIS_ERRORS = (RedisError, RedisClusterException)
"""Errors that redis-py raises where they are not ``translated``, for example in Celery."""
_UNSAVED = "MISCONF"
"""Redis's error code for writes refused because snapshots fail. A script's errors have a prefix before it."""
_FULL = "OOM command not allowed"
_WRONG_KIND = re.compile("WRONGTYPE|not an integer|not a (?:valid )?float")


def is_wrong_kind(error: Exception) -> bool:
    """Whether Redis reports that a value has another type than the one requested."""
    return _WRONG_KIND.search(str(error)) is not None


@contextmanager
def translated(*lost: type[Exception]) -> Generator[None]:
    """Raise only this package's errors.

    Args:
        lost: other errors that mean a lost connection here.
    """
    unavailable: tuple[type[Exception], ...] = (*REDIS_ERRORS, OSError, *lost)
    try:
        yield
    except OutOfMemoryError as error:
        raise StoreFull(str(error)) from error
    except ResponseError as error:
        raise _refusal(error)(str(error)) from error
    except unavailable as error:
        raise StoreUnavailable(str(error)) from error


def _refusal(error: ResponseError) -> type[StoreError]:
    """Return the error class for a command that the store refused."""
    if is_wrong_kind(error):
        return WrongKind
    if _FULL in str(error):
        return StoreFull
    return Unsaved if _UNSAVED in str(error) else StoreUnavailable


def healing(method: _Method) -> _Method:
    """Make a method delete a value of the wrong type and then run as if the value were absent."""

    @wraps(method)
    def healed(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, name, *args, **kwargs)
        except WrongKind as error:
            log.warning("%s is damaged and counts as absent: %s", name, error)
            self.delete(name)
            return method(self, name, *args, **kwargs)

    return cast("_Method", healed)
