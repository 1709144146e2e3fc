"""Deliveries in the store: each whole under a name of its own, waiting ones ordered by due time.

Waiting deliveries have no time to live, so a server short of room does not evict them; ended ones expire. A
delivery changes under its claim; the ordered sets are only indexes.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import replace

from cache.store import Claim, Put, Store
from service.model.errors import Conflict, NotFound
from service.storage import keys
from service.storage.codec import all_unpacked, is_newer, noun, packed, unpacked
from service.webhooks.models import Attempt, Delivery, DeliveryStatus, Event, Health

log = logging.getLogger(__name__)

_DELIVERY = noun("delivery", Delivery)
_HEALTH = noun("health of a webhook", Health)
_PRUNED = 50
"""Excess deliveries that are deleted for each new one, at most."""
_SWEEP = 1000


class Outbox:
    """Deliveries in the store.

    Args:
        store: of the deliveries.
        claim_seconds: how long a dead sender blocks a delivery for others; longer than an attempt takes.
        waiting: how many may wait for one endpoint.
        kept: how many ended ones are stored.
        days: how long those are stored.
    """

    def __init__(self, store: Store, claim_seconds: float, *, waiting: int, kept: int, days: float) -> None:
        self._store = store
        self._claim_seconds = claim_seconds
        self._waiting = waiting
        self._kept = kept
        self._lifetime = int(days * 86_400)

    def put(self, event: Event, endpoint: str, url: str) -> None:
        """Store a delivery of an event to a URL; idempotent, and never sends again what has been sent.

        If too many wait for its endpoint already, it fails immediately, and can be replayed: a server that
        accepts nothing must not fill the store.
        """
        told_apart = hashlib.sha256(f"{endpoint} {url}".encode()).hexdigest()[:12]
        now = time.time()
        delivery = Delivery(
            id=f"{event.id}-{told_apart}",
            event=event.id,
            type=event.type,
            endpoint=endpoint,
            url=url,
            body=event.body(),
            created=now,
            due=now,
        )
        # First the endpoint is listed, last the due time set: after a crash in between, all this is repeated.
        self._store.add(keys.ADDRESSED, endpoint)
        if not self._store.put_new(keys.delivery_name(delivery.id), self._put(delivery)):
            known = self.get(delivery.id)
            if known is None or known.status is not DeliveryStatus.WAITING:
                return
            delivery = known
        self._store.place(keys.DELIVERIES, delivery.id, delivery.created)
        due = keys.due_name(endpoint)
        if self._store.enter(due, delivery.id, delivery.due, most=self._waiting) is not None:
            self._give_up(delivery)
        self._prune()

    def _give_up(self, delivery: Delivery) -> None:
        """End a delivery for which there is no room, unless another process has changed it meanwhile."""
        full = Attempt(time.time(), 0.0, error=f"{self._waiting} deliveries are pending for its webhook")
        ended = replace(delivery, status=DeliveryStatus.FAILED, attempts=(*delivery.attempts, full))
        known = _DELIVERY.encode(delivery)
        if self._store.swap(keys.delivery_name(delivery.id), known, self._put(ended)):
            log.warning("webhook %s: %s has failed, too many are pending", delivery.endpoint, delivery.id)

    def addressed(self) -> list[str]:
        """The endpoints that ever had a delivery."""
        return sorted(self._store.members(keys.ADDRESSED))

    def due(self, endpoint: str, most: int) -> list[str]:
        """Ids of deliveries that are due now, the longest due first."""
        return self._store.lowest(keys.due_name(endpoint), time.time(), most)

    def get(self, delivery: str) -> Delivery | None:
        """A delivery."""
        return unpacked(_DELIVERY, self._store.get(keys.delivery_name(delivery)))

    def is_newer(self, delivery: str) -> bool:
        """Whether a newer version of the service wrote a delivery."""
        return is_newer(_DELIVERY, self._store.get(keys.delivery_name(delivery)))

    def existing(self, delivery: str) -> Delivery:
        """A delivery.

        Raises:
            NotFound: there is none, or it is no longer stored.
        """
        known = self.get(delivery)
        if known is None:
            raise no_delivery(delivery)
        return known

    def claim(self, delivery: str) -> Claim | None:
        """The right to send one; ``None`` while another process has it."""
        return self._store.claim(keys.delivery_claim_name(delivery), self._claim_seconds)

    def release(self, claim: Claim) -> None:
        """Release the claim."""
        self._store.release(claim)

    def keep(self, claim: Claim, delivery: Delivery) -> None:
        """Change a delivery, and schedule its next attempt if one follows.

        Raises:
            ClaimLost: another process has taken over; nothing was changed.
        """
        self._store.commit(claim, {keys.delivery_name(delivery.id): self._put(delivery)})
        self.arrange(delivery.endpoint, delivery.id, delivery)

    def arrange(self, endpoint: str, name: str, delivery: Delivery | None) -> None:
        """Add a waiting delivery to the index of due times; remove an ended or missing one."""
        if delivery is None or delivery.status is not DeliveryStatus.WAITING:
            self._store.displace(keys.due_name(endpoint), name)
        else:
            self._store.place(keys.due_name(endpoint), name, delivery.due)

    def newest(
        self,
        most: int,
        endpoints: Collection[str] | None = None,
        status: DeliveryStatus | None = None,
    ) -> list[Delivery]:
        """Deliveries, the newest first: all, or those of some endpoints, or of one status."""
        found: list[Delivery] = []
        for start in range(0, 2 * self._kept, _SWEEP):
            ids = self._store.highest(keys.DELIVERIES, start, start + _SWEEP)
            values = self._store.get_many(map(keys.delivery_name, ids)) if ids else []
            if gone := [each for each, value in zip(ids, values, strict=True) if value is None]:
                self._store.displace(keys.DELIVERIES, *gone)
            found += (
                each
                for each in all_unpacked(_DELIVERY, filter(None, values))
                if (endpoints is None or each.endpoint in endpoints) and status in {None, each.status}
            )
            if len(found) >= most or len(ids) < _SWEEP:
                break
        return found[:most]

    def replay(self, delivery: str) -> Delivery:
        """Send a delivery again immediately, whatever its status; under the same id.

        Raises:
            NotFound: there is none, or it is no longer stored.
            Conflict: it is being sent.
        """
        claim = self.claim(delivery)
        if claim is None:
            raise Conflict(f"“{delivery}” is being sent.", f"الإرسال «{delivery}» جارٍ الآن.")
        try:
            known = self.existing(delivery)
            again = replace(known, status=DeliveryStatus.WAITING, due=time.time(), tries=0)
            self.keep(claim, again)
        finally:
            self.release(claim)
        return again

    def health(self, endpoint: str) -> Health:
        """The health of an endpoint."""
        return unpacked(_HEALTH, self._store.get(keys.health_name(endpoint))) or Health()

    def keep_health(self, endpoint: str, health: Health) -> None:
        """Store the health of an endpoint, whatever it was before."""
        self.change_health(endpoint, lambda _before: health)

    def change_health(self, endpoint: str, change: Callable[[Health], Health]) -> tuple[Health, Health]:
        """Change the health of an endpoint; both values, before and after.

        ``change`` is called again if another process has changed the health meanwhile.
        """
        name = keys.health_name(endpoint)
        while True:
            value = self._store.get(name)
            before = unpacked(_HEALTH, value) or Health()
            after = change(before)
            put = packed(_HEALTH, after)
            if after == before or (
                self._store.remove(name, value)
                if after == Health() and value is not None
                else self._store.swap(name, value, put)
            ):
                return before, after

    def _put(self, delivery: Delivery) -> Put:
        ended = delivery.status is not DeliveryStatus.WAITING
        return packed(_DELIVERY, delivery, self._lifetime if ended else None)

    def _prune(self) -> None:
        """Delete ended deliveries older than the newest ones that are stored."""
        ids = self._store.highest(keys.DELIVERIES, self._kept, self._kept + _PRUNED)
        values = self._store.get_many(map(keys.delivery_name, ids)) if ids else []
        gone = [each for each, value in zip(ids, values, strict=True) if _is_over(value)]
        for each in gone:
            self._store.delete(keys.delivery_name(each))
        if gone:
            self._store.displace(keys.DELIVERIES, *gone)


def _is_over(value: bytes | None) -> bool:
    """Whether a delivery needs no more work."""
    delivery = unpacked(_DELIVERY, value)
    if delivery is None:
        return not is_newer(_DELIVERY, value)
    return delivery.status is not DeliveryStatus.WAITING


def no_delivery(delivery: str) -> NotFound:
    """The error for a delivery that is missing, or that the caller may not see."""
    return NotFound(f"There is no delivery “{delivery}”.", f"لا يوجد إرسال بالمعرّف «{delivery}».")
