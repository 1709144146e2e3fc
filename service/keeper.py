"""Holds a claim for as long as work goes on, and lets go of it when the work hangs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import ClassVar, Self

from cache.errors import ClaimLost
from cache.store import Claim, Store

log = logging.getLogger(__name__)


class Keeper:
    """Renews a claim from a thread of its own while the ``with`` block runs."""

    CLAIM_SECONDS: ClassVar[float] = 10.0
    """How long a dead maker's claim keeps others away."""
    PIECE_SECONDS: ClassVar[float] = 120.0
    """The longest that one piece of a sentence, with the loading of its voice, may take."""

    def __init__(self, store: Store, claim: Claim, stalled: Callable[[], None]) -> None:
        """Prepare to keep.

        Args:
            store: where the claim stands.
            claim: held by the caller.
            stalled: called once, from the keeping thread, when there has been no progress for
                ``PIECE_SECONDS``; an engine that hangs inside a library can only be ended with its
                process.
        """
        self.claim = claim
        self._store = store
        self._stalled = stalled
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
            if time.monotonic() - self._progressed > self.PIECE_SECONDS:
                log.error("no progress under %s in %.0f s", self.claim.name, self.PIECE_SECONDS)
                self._stalled()
                return
            try:
                self._store.renew(self.claim, self.CLAIM_SECONDS)
            except ClaimLost:
                self._lost = True
                return
            except Exception as error:  # noqa: BLE001  # whatever it is: tried again while the claim lasts
                log.warning("could not renew %s: %s", self.claim.name, error)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()
