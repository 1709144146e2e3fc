"""What goes over HTTP of webhooks, as OpenAPI shows it."""

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
    """A server that is told. Its secret is shown nowhere."""

    name: str = Field(description="What it is called here.", examples=[_NAME])
    url: str = Field(description="Where events go, without the query.", examples=[_URL])
    events: list[str] = Field(description="Of what it is told.", examples=[["article.ready"]])
    sites: list[str] = Field(description="Whose articles; none: everybody's.", examples=[["news.example"]])
    failing_since: datetime | None = Field(
        description="Null where the last attempt was taken.", examples=[None]
    )
    disabled: str | None = Field(description="Why nothing is sent to it.", examples=[None])


class WebhooksOut(_Wire):
    """All of them."""

    webhooks: list[WebhookOut] = Field(description="In the order of the file.")


class AttemptOut(_Wire):
    """One request that was made, or could not be."""

    time: datetime = Field(description="When it began.", examples=[_WHEN])
    seconds: float = Field(description="Until the answer, or until there was none.", examples=[0.142])
    status: int | None = Field(description="HTTP status of the answer.", examples=[200])
    error: str | None = Field(description="Why there was none.", examples=["cms.example does not answer."])


class DeliveryOut(_Wire):
    """An event on its way to one address."""

    id: str = Field(description="What it is replayed by.", examples=[f"msg_{'3f' * 16}-0a1b2c3d4e5f"])
    event: str = Field(
        description="The event's id, `webhook-id` of its requests.", examples=["msg_" + "3f" * 16]
    )
    type: str = Field(description="The event's type.", examples=["article.ready"])
    webhook: str = Field(description="Whose secret signs it.", examples=[_NAME])
    url: str = Field(description="Where it goes, without the query.", examples=[_URL])
    status: Literal["waiting", "delivered", "failed"] = Field(
        description="Where it stands; `failed` is given up.", examples=["delivered"]
    )
    created: datetime = Field(description="When it was put down.", examples=[_WHEN])
    next_attempt: datetime | None = Field(description="When it is sent next.", examples=[None])
    attempts: list[AttemptOut] = Field(description="The last ones, the oldest first.")


class DeliveriesOut(_Wire):
    """Deliveries."""

    deliveries: list[DeliveryOut] = Field(description="The newest first.")


def webhook(endpoint: Endpoint, health: Health) -> WebhookOut:
    """A server that is told."""
    return WebhookOut(
        name=endpoint.name,
        url=_shown(endpoint.url),
        events=list(endpoint.events),
        sites=list(endpoint.sites),
        failing_since=_moment(health.failing_since) if health.failing_since else None,
        disabled=health.reason,
    )


def delivery(delivery: Delivery) -> DeliveryOut:
    """A delivery."""
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
    """Without the query, where some servers want a password of theirs."""
    return url.partition("?")[0]
