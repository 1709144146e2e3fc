"""The meter of a remote voice that all workers share: calls at the same time, money, stops, metrics."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Generator
from contextlib import contextmanager

from cache.store import Claim, Store
from service.engines.remote.meter import Result
from service.metrics.instruments import PAID_CALLS, PAID_CHARACTERS, PAID_COST
from service.model.errors import Unavailable, VoiceStopped
from service.storage.keys import call_name
from service.storage.paid_usage import PaidUsage, month
from voices.card import VoiceCard

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.1
"""How often a full voice is looked at."""
_MARGIN = 5.0
_MONTH_SECONDS = 32 * 86_400.0


class SharedMeter:
    """See ``service.engines.remote.meter.Meter``.

    A call is a claim on one of ``at_once`` names, which no store evicts and which the death of its process
    sets free.

    Args:
        card: the voice; it has terms.
        usage: counts characters.
        store: holds the claims.
    """

    def __init__(self, card: VoiceCard, usage: PaidUsage, store: Store) -> None:
        assert card.remote is not None  # noqa: S101  # nosec B101  # only remote voices have a meter
        self._card, self._terms = card, card.remote
        self._usage, self._store = usage, store
        self._outdated = False
        """Whether there is a stop of another card or key."""

    def check(self, configuration: str) -> None:
        """See ``Meter.check``."""
        stop = self._usage.stopped(self._card)
        if stop and stop.configuration == configuration:
            raise stop.error
        self._outdated = stop is not None

    def stop(self, configuration: str, why: VoiceStopped, seconds: float) -> None:
        """See ``Meter.stop``."""
        self._usage.stop(self._card, configuration, why, seconds)
        if self._usage.first(f"stop:{self._card.id}:{configuration}", seconds):
            log.error("%s", why.en)

    @contextmanager
    def slot(self, deadline: float) -> Generator[None]:
        """See ``Meter.slot``."""
        claim = self._claim(deadline)
        try:
            yield
        finally:
            self._store.release(claim)

    def hold(self, seconds: float) -> None:
        """See ``Meter.hold``."""
        self._usage.hold(self._card.id, seconds)

    def spend(self, characters: int) -> None:
        """See ``Meter.spend``; the first call beyond 80 % of a budget is logged."""
        self._usage.spend(self._card, characters)
        warning = self._usage.warning(self._card)
        if warning and self._usage.first(f"warning:{self._card.id}:{month()}", _MONTH_SECONDS):
            log.warning("%s", warning.en)

    def give_back(self, characters: int) -> None:
        """See ``Meter.give_back``."""
        self._usage.give_back(self._card, characters)

    def ended(self, result: Result, characters: int) -> None:
        """See ``Meter.ended``."""
        if self._outdated and result is Result.ANSWERED:
            self._usage.resume(self._card)
        voice = self._card.id
        PAID_CALLS.labels(voice, result.value).inc()
        PAID_CHARACTERS.labels(voice).inc(characters)
        PAID_COST.labels(voice, self._terms.currency).inc(self._terms.cost(characters))

    def _claim(self, deadline: float) -> Claim:
        """Claim one of the calls, looking again until the deadline.

        Raises:
            Unavailable: all are taken until then, or the server asks for a longer wait.
        """
        names = [call_name(self._card.id, number) for number in range(self._terms.at_once)]
        seconds = 2 * self._terms.seconds + _MARGIN
        while True:
            if not self._usage.held(self._card.id):
                for name in random.sample(names, len(names)):  # nosec B311  # no secret
                    if claim := self._store.claim(name, seconds):
                        return claim
            if time.monotonic() + _LOOK_SECONDS >= deadline:
                raise Unavailable(
                    f"All {len(names)} calls of the voice {self._card.id} are taken, or its server asks to "
                    "wait.",
                    f"استُنفدت طلبات الصوت {self._card.id} المتزامنة، أو يطلب خادمه الانتظار.",
                )
            time.sleep(_LOOK_SECONDS * random.uniform(0.5, 1))  # noqa: S311  # nosec B311  # no secret
