"""Renews a claim while work makes progress, and stops when the work hangs."""

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
    """Maximum duration of one phrase, including the loading of its voice."""

    seconds: float
    exceeded: Callable[[], None]
    """Called once, from the renewing thread; an engine that hangs inside a library can only be stopped with
    its process."""


class LeaseRenewer:
    """Renews a claim from a thread of its own while the ``with`` block runs."""

    CLAIM_SECONDS: ClassVar[float] = 10.0
    """How long a dead worker's claim blocks others."""

    def __init__(self, store: Store, claim: Claim, limit: TimeLimit) -> None:
        """Create a renewer.

        Args:
            store: the claim's store.
            claim: held by the caller.
            limit: maximum time without progress.
        """
        self.claim = claim
        self._store = store
        self._limit = limit
        self._done = threading.Event()
        self._lost = False
        self._progressed = time.monotonic()
        self._thread = threading.Thread(target=self._keep, name="claim keeper", daemon=True)

    def progress(self) -> None:
        """Report a completed step.

        Raises:
            ClaimLost: the claim has expired (the machine slept, the store was unavailable).
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
            except Exception as error:  # noqa: BLE001  # any error is retried while the claim lasts
                log.warning("could not renew %s: %s", self.claim.name, error)

    def _show(self) -> None:
        """Show waiting listeners that a worker is active."""
        with suppress(StoreError):  # the renewal of the claim reports it
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
