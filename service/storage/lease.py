"""Holds a claim for as long as work goes on, and lets go of it when the work hangs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import ClassVar, Self

from cache.errors import ClaimLost, StoreError
from cache.store import Claim, Put, Store
from service.storage.keys import WORKING

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long one phrase may take, with the loading of its voice."""

    seconds: float
    exceeded: Callable[[], None]
    """Called once, from the keeping thread; an engine that hangs inside a library can only be ended with its
    process."""


class LeaseRenewer:
    """Renews a claim from a thread of its own while the ``with`` block runs."""

    CLAIM_SECONDS: ClassVar[float] = 10.0
    """How long a dead maker's claim keeps others away."""

    def __init__(self, store: Store, claim: Claim, limit: TimeLimit) -> None:
        """Prepare to keep.

        Args:
            store: where the claim stands.
            claim: held by the caller.
            limit: within which there must be progress.
        """
        self.claim = claim
        self._store = store
        self._limit = limit
        self._done = threading.Event()
        self._lost = False
        self._progressed = time.monotonic()
        self._thread = threading.Thread(target=self._keep, name="claim keeper", daemon=True)

    def progress(self) -> None:
        """Say that a step has been done.

        Raises:
            ClaimLost: the claim ran out meanwhile (the machine slept, the store was away).
        """
        self._progressed = time.monotonic()
        if self._lost:
            raise ClaimLost(self.claim.name)

    def _keep(self) -> None:
        while not self._done.wait(self.CLAIM_SECONDS / 3):
            if time.monotonic() - self._progressed > self._limit.seconds:
                log.error("a phrase takes longer than ISTAMI_PHRASE_SECONDS=%g", self._limit.seconds)
                self._limit.exceeded()
                return
            self._show()
            try:
                self._store.renew(self.claim, self.CLAIM_SECONDS)
            except ClaimLost:
                self._lost = True
                return
            except Exception as error:  # noqa: BLE001  # whatever it is: tried again while the claim lasts
                log.warning("could not renew %s: %s", self.claim.name, error)

    def _show(self) -> None:
        """Let whoever waits for anything see that there is work going on."""
        with suppress(StoreError):  # renewing the claim says so
            self._store.put(WORKING, Put(f"{self.claim.token} {time.monotonic()}".encode()))

    def __enter__(self) -> Self:
        self._show()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()
