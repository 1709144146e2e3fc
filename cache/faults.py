"""Redis's faults as this package tells them, and what is done about values that it cannot read."""

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
"""What redis-py raises where it is not ``translated``, as in Celery's use of it."""
_UNSAVED = "MISCONF"
"""Redis's code for refusing writes because its snapshots fail. A script's errors have more before it."""
_FULL = "OOM command not allowed"
_WRONG_KIND = re.compile("WRONGTYPE|not an integer|not a (?:valid )?float")


def is_wrong_kind(error: ResponseError) -> bool:
    """Whether Redis says that a value is no such thing as was asked for."""
    return _WRONG_KIND.search(str(error)) is not None


@contextmanager
def translated() -> Generator[None]:
    """Let only this package's errors out."""
    try:
        yield
    except OutOfMemoryError as error:
        raise StoreFull(str(error)) from error
    except ResponseError as error:
        raise _refusal(error)(str(error)) from error
    except (*REDIS_ERRORS, OSError) as error:
        raise StoreUnavailable(str(error)) from error


def _refusal(error: ResponseError) -> type[StoreError]:
    """What it means that the store refuses a command."""
    if is_wrong_kind(error):
        return WrongKind
    if _FULL in str(error):
        return StoreFull
    return Unsaved if _UNSAVED in str(error) else StoreUnavailable


def healing(method: _Method) -> _Method:
    """Have a method forget a value that is no such thing as it needs, and act as if there were none."""

    @wraps(method)
    def healed(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, name, *args, **kwargs)
        except WrongKind as error:
            log.warning("%s is damaged and counts as absent: %s", name, error)
            self.delete(name)
            return method(self, name, *args, **kwargs)

    return cast("_Method", healed)
