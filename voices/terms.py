"""A remote voice's terms: how its server is reached, and what it may cost. Nothing here shapes the sound."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

_MILLION = 1_000_000
_MOST_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Terms:
    """The table ``[remote]`` of a voice card.

    It is no part of the fingerprint: the same model may be reached by another address, at another price. A
    change of the model itself is a change of the card's ``options``, for example of ``revision``.
    """

    base_url: str
    """Where the server's addresses begin: ``https://api.openai.com/v1``."""
    key_env: str = ""
    """Name of the environment variable that holds the server's key."""
    key_file: str = ""
    """Path of a file with the key that only its owner may read; used if ``key_env`` is empty. A server
    without a key has neither."""
    private: bool = False
    """Whether the server may be reached by plain http, on this machine or in a private network alone."""
    seconds: float = 30.0
    """Longest time of one call, from the connection to the last byte."""
    at_once: int = 4
    """Most calls at the same time, of all processes on all machines together."""
    attempts: int = 1
    """How often a clip is requested, and paid for, if it fails its checks."""
    stop_seconds: float = 900.0
    """How long the voice is stopped once the server has refused its key or its account."""
    price: float = 0.0
    """Of a million characters; 0: free."""
    currency: str = "USD"
    """Of ``price`` and ``budget``, as in ISO 4217."""
    budget: float | None = None
    """Most that may be spent in a calendar month (UTC); ``None``: no limit."""
    fallback: str = ""
    """The voice of articles that arrive while this one is stopped or has spent its budget; empty: none, such
    articles fail."""
    cache: str = ""
    """What the vendor's terms say about storing the audio, where that was read, and when."""

    def __post_init__(self) -> None:
        """Check each value.

        Raises:
            TypeError, ValueError: one is of the wrong type, or out of range; the message names it.
        """
        _check_types(self)
        _check_url(self.base_url, private=self.private)
        for name in ("seconds", "stop_seconds", "price"):
            value = getattr(self, name)
            if not math.isfinite(value) or value < 0:
                raise ValueError(f"remote.{name} is a number from 0 on")
        if not 0 < self.seconds <= 600:  # noqa: PLR2004  # ten minutes
            raise ValueError("remote.seconds is above 0 and at most 600")
        if not 1 <= self.at_once <= _MOST_AT_ONCE or not 1 <= self.attempts <= 3:  # noqa: PLR2004
            raise ValueError(f"remote.at_once is 1 to {_MOST_AT_ONCE}, remote.attempts 1 to 3")
        if self.budget is not None and not (self.price > 0 and 0 <= self.budget < math.inf):
            raise ValueError("remote.budget is from 0 on, and needs remote.price")

    @property
    def characters(self) -> int | None:
        """How many characters a month's budget pays for; ``None``: no limit."""
        return None if self.budget is None else int(self.budget / self.price * _MILLION)

    def cost(self, characters: float) -> float:
        """The price of so many characters, in ``currency``."""
        return characters * self.price / _MILLION


def read_terms(table: Any) -> Terms | None:
    """The terms in a card's table ``remote``; ``None`` for a card without one.

    Raises:
        TypeError, ValueError: it is no table, or a field is missing, unknown or wrong.
    """
    if table is None:
        return None
    if not isinstance(table, dict):
        raise TypeError("remote is a table")
    return Terms(**table)


def _check_types(terms: Terms) -> None:
    kinds: dict[str, type | tuple[type, ...]] = {
        **dict.fromkeys(("base_url", "key_env", "key_file", "currency", "fallback", "cache"), str),
        "private": bool,
        **dict.fromkeys(("at_once", "attempts"), int),
        **dict.fromkeys(("seconds", "stop_seconds", "price"), (int, float)),
        "budget": (int, float, type(None)),
    }
    for field in fields(terms):
        value, kind = getattr(terms, field.name), kinds[field.name]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise TypeError(f"remote.{field.name} is of the wrong type")


def _check_url(url: str, *, private: bool) -> None:
    """Check that an address has a host, and nothing that could be a secret."""
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError("remote.base_url begins with https:// and has a host")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("remote.base_url has no user, no password and no query: a key belongs in key_env")
    if parts.scheme == "http" and not private:
        raise ValueError("remote.base_url begins with https://, or private = true permits http")
