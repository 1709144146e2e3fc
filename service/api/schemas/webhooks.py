"""Models of webhooks, as OpenAPI shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from service.webhooks import Endpoint
from service.webhooks.models import Attempt, Delivery, DeliveryStatus, Health

_WHEN = "2026-11-23T06:30:00Z"
_NAME = "cms"
_URL = "https://cms.example/hooks/istami"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WebhookOut(_Wire):
    """A webhook. Its secret is never shown."""

    name: str = Field(description="Its name.", examples=[_NAME])
    url: str = Field(description="Where events go, without the query.", examples=[_URL])
    events: list[str] = Field(description="Events that it receives.", examples=[["article.ready"]])
    sites: list[str] = Field(
        description="Sites whose events it receives; empty: all.", examples=[["news.example"]]
    )
    failing_since: datetime | None = Field(
        description="Since when attempts fail; null if the last one succeeded.", examples=[None]
    )
    disabled: str | None = Field(description="Why it is disabled; null if it is not.", examples=[None])


class WebhooksOut(_Wire):
    """All webhooks."""

    webhooks: list[WebhookOut] = Field(description="In the order of the file.")


class AttemptOut(_Wire):
    """One attempt to send a request."""

    time: datetime = Field(description="When it began.", examples=[_WHEN])
    seconds: float = Field(description="Until the answer, or until the failure.", examples=[0.142])
    status: int | None = Field(description="HTTP status of the answer.", examples=[200])
    error: str | None = Field(
        description="Why there was no answer.", examples=["cms.example does not answer."]
    )


class DeliveryOut(_Wire):
    """An event on its way to one address."""

    id: str = Field(description="Its id, for replays.", examples=[f"msg_{'3f' * 16}-0a1b2c3d4e5f"])
    event: str = Field(
        description="The event's id, `webhook-id` of its requests.", examples=["msg_" + "3f" * 16]
    )
    type: str = Field(description="The event's type.", examples=["article.ready"])
    webhook: str = Field(description="The webhook whose secret signs it.", examples=[_NAME])
    url: str = Field(description="Where it goes, without the query.", examples=[_URL])
    status: Literal["waiting", "delivered", "failed"] = Field(
        description="Its status; `failed`: no attempt follows.", examples=["delivered"]
    )
    created: datetime = Field(description="When it was created.", examples=[_WHEN])
    next_attempt: datetime | None = Field(description="When the next attempt is due.", examples=[None])
    attempts: list[AttemptOut] = Field(description="The latest attempts, the oldest first.")


class DeliveriesOut(_Wire):
    """Deliveries."""

    deliveries: list[DeliveryOut] = Field(description="The newest first.")


def webhook(endpoint: Endpoint, health: Health) -> WebhookOut:
    """A webhook as the response."""
    return WebhookOut(
        name=endpoint.name,
        url=_shown(endpoint.url),
        events=list(endpoint.events),
        sites=list(endpoint.sites),
        failing_since=_moment(health.failing_since) if health.failing_since else None,
        disabled=health.reason,
    )


def delivery(delivery: Delivery) -> DeliveryOut:
    """A delivery as the response."""
    waiting = delivery.status is DeliveryStatus.WAITING
    return DeliveryOut(
        id=delivery.id,
        event=delivery.event,
        type=delivery.type,
        webhook=delivery.endpoint,
        url=_shown(delivery.url),
        status=delivery.status.value,
        created=_moment(delivery.created),
        next_attempt=_moment(delivery.due) if waiting else None,
        attempts=list(map(_attempt, delivery.attempts)),
    )


def _attempt(attempt: Attempt) -> AttemptOut:
    return AttemptOut(
        time=_moment(attempt.when),
        seconds=round(attempt.seconds, 3),
        status=attempt.status,
        error=attempt.error,
    )


def _moment(when: float) -> datetime:
    return datetime.fromtimestamp(when, UTC)


def _shown(url: str) -> str:
    """A URL without its query, which may hold a password of the server."""
    return url.partition("?")[0]
