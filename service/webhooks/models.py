"""Immutable data types of webhooks."""

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
    """An event, which is announced once."""

    id: str
    """The same for the same outcome, whichever process makes it and when."""
    type: str
    when: float
    """Seconds since 1970, UTC."""
    data: Mapping[str, Any]

    @classmethod
    def of(cls, type_: str, outcome: tuple[object, ...], when: float, data: Mapping[str, Any]) -> Event:
        """An event with an id from its outcome: the same outcome always gives the same event."""
        named = json.dumps([type_, *outcome])
        return cls(f"msg_{hashlib.sha256(named.encode()).hexdigest()[:32]}", type_, when, data)

    def body(self) -> str:
        """The exact text that is signed and sent."""
        moment = datetime.fromtimestamp(self.when, UTC).isoformat(timespec="milliseconds")
        told = {
            "id": self.id,
            "type": self.type,
            "timestamp": moment.replace("+00:00", "Z"),
            "data": dict(self.data),
        }
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


class DeliveryStatus(StrEnum):
    """The status of a delivery."""

    WAITING = "waiting"
    """For its first attempt, or for the next."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """No attempt follows; it can be replayed."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send a request."""

    when: float
    """Seconds since 1970, UTC."""
    seconds: float
    """Until the answer, or until the failure."""
    status: int | None = None
    """Of the answer."""
    error: str | None = None
    """Why there was no answer."""

    @property
    def taken(self) -> bool:
        """Whether the endpoint accepted the event: only by a 2xx, as the specification requires."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to one address."""

    id: str
    event: str
    type: str
    endpoint: str
    """The endpoint whose secret signs it."""
    url: str
    body: str
    created: float
    """Seconds since 1970, UTC."""
    due: float
    """When the next attempt is."""
    status: DeliveryStatus = DeliveryStatus.WAITING
    tries: int = 0
    """Attempts since it was created, or last replayed."""
    attempts: tuple[Attempt, ...] = ()
    """The latest ones."""


@dataclass(frozen=True, slots=True)
class Health:
    """The health of an endpoint."""

    failing_since: float | None = None
    """Seconds since 1970, UTC; ``None`` if the last attempt succeeded."""
    failed_last: float = 0.0
    """When the last attempt failed, if it did."""
    disabled: float | None = None
    """Since when it is disabled; seconds since 1970, UTC."""
    reason: str | None = None
    """Why it is disabled."""
