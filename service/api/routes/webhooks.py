"""``/v1/webhooks``: the webhooks with their events, the deliveries, and replays."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from service.api.access import AtGate, Caller
from service.api.dependencies import AppContext, ContextDep
from service.api.schemas import webhooks
from service.api.schemas.events import ArticleFailedEvent, ArticleReadyEvent, BatchDoneEvent
from service.api.schemas.openapi_responses import REPLAY
from service.api.schemas.webhooks import DeliveriesOut, DeliveryOut, WebhooksOut
from service.webhooks import Endpoint
from service.webhooks.models import DeliveryStatus
from service.webhooks.outbox import no_delivery

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
events = APIRouter()
"""Events as receivers get them, only for the OpenAPI description."""

Id = Annotated[
    str,
    Path(
        alias="id",
        pattern=r"^msg_[0-9a-f]{32}-[0-9a-f]{12}$",
        description="The delivery's id.",
        examples=[f"msg_{'3f' * 16}-0a1b2c3d4e5f"],
    ),
]
Name = Annotated[
    str | None, Query(max_length=63, description="Only deliveries of this webhook.", examples=["cms"])
]
Standing = Annotated[
    DeliveryStatus | None, Query(description="Only deliveries with this status.", examples=["failed"])
]


@router.get("")
def show(context: ContextDep, caller: AtGate) -> WebhooksOut:
    """List the webhooks with their events, and whether deliveries to them succeed."""
    seen = _seen(context, caller)
    return WebhooksOut(webhooks=[webhooks.webhook(each, context.outbox.health(each.name)) for each in seen])


@router.get("/deliveries")
def deliveries(
    context: ContextDep,
    caller: AtGate,
    webhook: Name = None,
    status: Standing = None,
    most: Annotated[int, Query(ge=1, le=1000, description="Maximum number of deliveries.")] = 100,
) -> DeliveriesOut:
    """List deliveries, sent or waiting, with their attempts."""
    names = None if caller.site is None else {each.name for each in _seen(context, caller)}
    if webhook is not None:
        names = {webhook} if names is None else names & {webhook}
    found = context.outbox.newest(most, names, status)
    return DeliveriesOut(deliveries=list(map(webhooks.delivery, found)))


@router.post("/deliveries/{id}/replay", status_code=202, responses=REPLAY)
def replay(delivery: Id, context: ContextDep, caller: AtGate) -> DeliveryOut:
    """Send a delivery again immediately, whatever its status; its event keeps its id."""
    known = context.outbox.existing(delivery)
    if caller.site is not None and known.endpoint not in {each.name for each in _seen(context, caller)}:
        raise no_delivery(delivery)
    return webhooks.delivery(context.outbox.replay(delivery))


def _seen(context: AppContext, caller: Caller) -> list[Endpoint]:
    """The webhooks that a caller may see: a site's key sees those for that site only."""
    told = context.endpoints.all().values()
    return [each for each in told if caller.site is None or each.sites == (caller.site,)]


@events.post("article.ready", status_code=204)
def article_ready(_body: ArticleReadyEvent) -> None:
    """An article can be heard."""


@events.post("article.failed", status_code=204)
def article_failed(_body: ArticleFailedEvent) -> None:
    """An article could not be read aloud."""


@events.post("batch.done", status_code=204)
def batch_done(_body: BatchDoneEvent) -> None:
    """Every line of a batch has ended."""
