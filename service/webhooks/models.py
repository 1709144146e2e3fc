"""The nouns of webhooks, frozen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

READY, FAILED, DONE = "article.ready", "article.failed", "batch.done"
EVENTS = (READY, FAILED, DONE)
TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has come to pass, and that is told of once."""

    id: str
    """The same whenever and by whomever it is made of the same outcome."""
    type: str
    when: float
    """Seconds since 1970, UTC."""
    data: Mapping[str, Any]

    @classmethod
    def of(cls, type_: str, outcome: tuple[object, ...], when: float, data: Mapping[str, Any]) -> Event:
        """An event named after its outcome: who finds the same outcome again makes the same event."""
        named = json.dumps([type_, *outcome])
        return cls(f"msg_{hashlib.sha256(named.encode()).hexdigest()[:32]}", type_, when, data)

    def body(self) -> str:
        """What is sent, and signed, to the letter."""
        moment = datetime.fromtimestamp(self.when, UTC).isoformat(timespec="milliseconds")
        told = {
            "id": self.id,
            "type": self.type,
            "timestamp": moment.replace("+00:00", "Z"),
            "data": dict(self.data),
        }
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    """For its first attempt, or for the next."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """Given up; it can be replayed."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that was made, or could not be."""

    when: float
    """Seconds since 1970, UTC."""
    seconds: float
    """Until the answer, or until there was none."""
    status: int | None = None
    """Of the answer."""
    error: str | None = None
    """Why there was none."""

    @property
    def taken(self) -> bool:
        """Whether the event has been taken: by a 2xx, as the specification has it, and nothing else."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to one address."""

    id: str
    event: str
    type: str
    endpoint: str
    """Whose secret signs it."""
    url: str
    body: str
    created: float
    """Seconds since 1970, UTC."""
    due: float
    """When the next attempt is."""
    status: DeliveryStatus = DeliveryStatus.WAITING
    tries: int = 0
    """Attempts since it was put down, or last replayed."""
    attempts: tuple[Attempt, ...] = ()
    """The last ones."""


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint has been doing."""

    failing_since: float | None = None
    """Seconds since 1970, UTC; ``None`` where the last attempt was taken."""
    failed_last: float = 0.0
    """When the last attempt failed, if it did."""
    disabled: float | None = None
    """Since when nothing is sent to it."""
    reason: str | None = None
    """Why not."""
