"""The lawful uses of a voice: what its licences allow, where that was read, and who agreed to be cloned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any


def today() -> date:
    """The day for which consents are judged (UTC)."""
    return datetime.now(UTC).date()


class CommercialUse(StrEnum):
    """Whether a site that earns money may use a voice."""

    YES = "yes"
    """The licences of the model and of its recordings allow it."""
    NO = "no"
    """A licence forbids it."""
    UNKNOWN = "unknown"
    """A licence is missing, or was not read."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What ``commercial_use`` rests on."""

    read: str
    """What was read, and what it says."""
    at: str
    """Where: an address, or a file of a package."""
    on: date
    """When."""

    def __str__(self) -> str:
        return f"{self.read} ({self.at}, {self.on})"


@dataclass(frozen=True, slots=True)
class Consent:
    """The agreement of the person whose voice is cloned."""

    who: str
    """The person who agreed."""
    on: date
    """When."""
    purpose: str
    """For what."""
    until: date | None = None
    """The last day; ``None``: until it is withdrawn."""

    def holds(self, today: date) -> bool:
        """Whether it covers a day."""
        return self.until is None or today <= self.until


def commercial_use(told: object) -> CommercialUse:
    """A card's ``commercial_use``; cards of version 0.1 have true or false.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(told, bool):
        return CommercialUse.YES if told else CommercialUse.NO
    try:
        return CommercialUse(str(told))
    except ValueError:
        raise ValueError(f"commercial_use is yes, no or unknown, not {told!r}") from None


def evidence(table: Mapping[str, Any]) -> Evidence:
    """Evidence from a table of a card.

    Raises:
        TypeError, ValueError: a field is missing, unknown or no date.
    """
    return Evidence(**{**table, "on": _day(table.get("on"))})


def consent(table: Mapping[str, Any]) -> Consent:
    """Consent from a table of a card.

    Raises:
        TypeError, ValueError: as ``evidence``.
    """
    until = table.get("until")
    return Consent(**{**table, "on": _day(table.get("on")), "until": None if until is None else _day(until)})


def _day(told: object) -> date:
    """A TOML date, or one in quotation marks."""
    return told if type(told) is date else date.fromisoformat(str(told))
