"""``/v1/webhooks``: who is told of what, what was sent, and how to have it sent again."""

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
"""What receivers are sent, for the description alone."""

Id = Annotated[
    str,
    Path(
        alias="id",
        pattern=r"^msg_[0-9a-f]{32}-[0-9a-f]{12}$",
        description="The delivery's id.",
        examples=[f"msg_{'3f' * 16}-0a1b2c3d4e5f"],
    ),
]
Name = Annotated[str | None, Query(max_length=63, description="Of this webhook alone.", examples=["cms"])]
Standing = Annotated[
    DeliveryStatus | None, Query(description="Those alone that stand so.", examples=["failed"])
]


@router.get("")
def show(context: ContextDep, caller: AtGate) -> WebhooksOut:
    """Who is told of what, and whether they take it."""
    seen = _seen(context, caller)
    return WebhooksOut(webhooks=[webhooks.webhook(each, context.outbox.health(each.name)) for each in seen])


@router.get("/deliveries")
def deliveries(
    context: ContextDep,
    caller: AtGate,
    webhook: Name = None,
    status: Standing = None,
    most: Annotated[int, Query(ge=1, le=1000, description="So many at most.")] = 100,
) -> DeliveriesOut:
    """What was sent, or is to be, with every attempt."""
    names = None if caller.site is None else {each.name for each in _seen(context, caller)}
    if webhook is not None:
        names = {webhook} if names is None else names & {webhook}
    found = context.outbox.newest(most, names, status)
    return DeliveriesOut(deliveries=list(map(webhooks.delivery, found)))


@router.post("/deliveries/{id}/replay", status_code=202, responses=REPLAY)
def replay(delivery: Id, context: ContextDep, caller: AtGate) -> DeliveryOut:
    """Have a delivery sent again, now, whatever has become of it; its event keeps its id."""
    known = context.outbox.existing(delivery)
    if caller.site is not None and known.endpoint not in {each.name for each in _seen(context, caller)}:
        raise no_delivery(delivery)
    return webhooks.delivery(context.outbox.replay(delivery))


def _seen(context: AppContext, caller: Caller) -> list[Endpoint]:
    """The webhooks that a caller may know of: a site's key those that are told of that site alone."""
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
