"""Sends deliveries that are due, retries failed ones, and disables endpoints that always fail."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from cache.errors import ClaimLost
from service.fetching import Poster, Url
from service.metrics import background
from service.metrics.instruments import WEBHOOKS
from service.model.errors import IstamiError
from service.webhooks.endpoints import Endpoint, Endpoints
from service.webhooks.models import Attempt, Delivery, DeliveryStatus, Health
from service.webhooks.outbox import Outbox
from service.webhooks.signing import headers

log = logging.getLogger(__name__)

_AT_ONCE = 8
"""Requests to one endpoint at a time, from one process."""
_ATTEMPTS = 20
"""The latest attempts stored for one delivery."""
_LONGEST_WAIT = 86_400
"""Seconds for which a server may ask us to wait."""
_JITTER = 1.1
_ROW_SECONDS = 2 * 86_400
"""Failures so far apart do not form one series; retries are closer together."""
_GONE = 410


class DeliverySender:
    """Sends deliveries; any number of processes may do so at the same time.

    Args:
        outbox: of the deliveries.
        endpoints: that receive them.
        poster: posts them.
        retries: seconds after an attempt that failed, until the next.
        patience: days of nothing but failures after which an endpoint is disabled.
    """

    def __init__(
        self,
        outbox: Outbox,
        endpoints: Endpoints,
        poster: Poster,
        retries: Sequence[float],
        patience: float,
    ) -> None:
        self._outbox = outbox
        self._endpoints = endpoints
        self._poster = poster
        self._retries = retries
        self._patience = patience * 86_400
        self._lanes: dict[str, asyncio.Task[None]] = {}

    async def round(self) -> None:
        """Start sending due deliveries; each endpoint has a task, so that none waits for another's server.

        Raises:
            StoreUnavailable: from the store.
        """
        for endpoint in await asyncio.to_thread(self._outbox.addressed):
            lane = self._lanes.get(endpoint)
            if lane is None or lane.done():
                self._lanes[endpoint] = asyncio.create_task(self._serve(endpoint))

    async def stop(self) -> None:
        """Cancel the current requests; another process sends these deliveries again."""
        lanes = list(self._lanes.values())
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)

    async def _serve(self, endpoint: str) -> None:
        """Send to one endpoint until no delivery is due."""
        with background.guarded("webhooks"):
            while due := await asyncio.to_thread(self._outbox.due, endpoint, _AT_ONCE):
                if not any(await asyncio.gather(*(self._deliver(endpoint, each) for each in due))):
                    return  # other processes send all of them

    async def _deliver(self, endpoint: str, name: str) -> bool:
        """Make the attempt that is due; whether this process had the claim."""
        claim = await asyncio.to_thread(self._outbox.claim, name)
        if claim is None:
            return False
        try:
            delivery = await asyncio.to_thread(self._outbox.get, name)
            if delivery is None and await asyncio.to_thread(self._outbox.is_newer, name):
                return False
            if (
                delivery is None
                or delivery.status is not DeliveryStatus.WAITING
                or delivery.due > time.time()
            ):
                await asyncio.to_thread(self._outbox.arrange, endpoint, name, delivery)
                return True
            after = await self._attempted(delivery)
            await asyncio.to_thread(self._outbox.keep, claim, after)
        except ClaimLost:
            log.warning("webhook %s: another process has taken over %s", endpoint, name)
        finally:
            await asyncio.to_thread(self._outbox.release, claim)
        return True

    async def _attempted(self, delivery: Delivery) -> Delivery:
        """A delivery after an attempt, or failed if no attempt is possible."""
        endpoint = self._endpoints.all().get(delivery.endpoint)
        if endpoint is None:
            return _untold(delivery, "its webhook was removed")
        health = await asyncio.to_thread(self._outbox.health, endpoint.name)
        if health.disabled:
            return _untold(delivery, "its webhook is disabled")
        attempt, wait = await sent(self._poster, endpoint, delivery)
        WEBHOOKS.labels(endpoint.name, "taken" if attempt.taken else "failed").inc()
        await asyncio.to_thread(self._note, endpoint.name, attempt)
        if attempt.taken:
            return _ended(delivery, DeliveryStatus.DELIVERED, attempt)
        if attempt.status == _GONE or delivery.tries >= len(self._retries):
            log.warning("webhook %s: %s was not accepted: %s", endpoint.name, delivery.id, _said(attempt))
            return _ended(delivery, DeliveryStatus.FAILED, attempt)
        rest = self._retries[delivery.tries] * random.uniform(1, _JITTER)  # noqa: S311  # nosec B311  # no secret
        due = time.time() + max(rest, min(wait or 0, _LONGEST_WAIT))
        return replace(_with(delivery, attempt), due=due)

    def _note(self, endpoint: str, attempt: Attempt) -> None:
        """Record the health of an endpoint, and disable one that has accepted nothing for days."""
        before, health = self._outbox.change_health(endpoint, partial(self._after, attempt))
        if health.disabled and not before.disabled:
            log.warning("webhook %s is disabled: %s", endpoint, health.reason)

    def _after(self, attempt: Attempt, before: Health) -> Health:
        """The health of an endpoint after an attempt."""
        now = time.time()
        if attempt.taken:
            return Health()
        # A failure long ago, with nothing sent since, does not begin a series of failures.
        row = before.failing_since is not None and now - before.failed_last < _ROW_SECONDS
        since = before.failing_since if row and before.failing_since else now
        health = Health(since, now)
        if attempt.status == _GONE:
            return replace(health, disabled=now, reason="it returned 410 Gone")
        if now - since > self._patience:
            days = (now - since) / 86_400
            reason = f"no event was accepted for {days:.1f} days: {_said(attempt)}"
            return replace(health, disabled=now, reason=reason)
        return health


async def sent(poster: Poster, endpoint: Endpoint, delivery: Delivery) -> tuple[Attempt, int | None]:
    """Make one attempt, signed as of now; and how long the server asks us to wait, in seconds."""
    begun, clock = time.time(), time.monotonic()
    told = headers(endpoint.secrets(begun), delivery.event, begun, delivery.body)
    try:
        posted = await poster.post(Url.parse(delivery.url), told, delivery.body.encode())
    except IstamiError as error:
        return Attempt(begun, time.monotonic() - clock, error=error.en), None
    return Attempt(begun, time.monotonic() - clock, status=posted.status), posted.retry_after


def _said(attempt: Attempt) -> str:
    return attempt.error or f"it returned {attempt.status}"


def _with(delivery: Delivery, attempt: Attempt) -> Delivery:
    attempts = (*delivery.attempts, attempt)[-_ATTEMPTS:]
    return replace(delivery, attempts=attempts, tries=delivery.tries + 1)


def _ended(delivery: Delivery, status: DeliveryStatus, attempt: Attempt) -> Delivery:
    return replace(_with(delivery, attempt), status=status)


def _untold(delivery: Delivery, why: str) -> Delivery:
    """A delivery that cannot be sent."""
    return _ended(delivery, DeliveryStatus.FAILED, Attempt(time.time(), 0.0, error=why))
