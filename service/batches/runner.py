"""Processes batches, the oldest first: as many articles at a time as workers have room for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from cache.errors import ClaimLost, StoreError
from cache.store import Claim
from service.batches.batch import ENDED, Batch, BatchStatus, Ended, Flying
from service.batches.batch_store import BatchStore, Parcel
from service.metrics import background
from service.model.article import Receipt, Submission
from service.model.errors import IstamiError, Unavailable
from service.model.recording import Failure, State, Status
from service.storage import keys

log = logging.getLogger(__name__)

_LOST = Failure("lost", "The store lost the article.", "فُقد من المخزن.")
_INTERNAL = Failure("internal", "An internal error occurred.", "حدث خطأ داخلي.")


class Feeder:
    """Processes batches in rounds; any number of processes may do so at the same time.

    Args:
        batch_store: of the batches.
        submit: takes an article in; raises ``IstamiError``.
        states: how far recordings are, by their keys.
        room: how many articles of batches may be in progress.
        code: the error code for clients.
        tell: announces a batch that has ended; idempotent.
    """

    def __init__(
        self,
        batch_store: BatchStore,
        submit: Callable[[Submission], Receipt],
        states: Callable[[Sequence[str]], list[State | None]],
        room: Callable[[], int],
        code: Callable[[IstamiError], str],
        tell: Callable[[Batch], None],
    ) -> None:
        self._batch_store = batch_store
        self._submit = submit
        self._states = states
        self._room = room
        self._code = code
        self._tell = tell

    def round(self) -> None:
        """Note articles that have ended, and submit as many as there is room for.

        Raises:
            StoreUnavailable, StoreFull: from the store; the next round continues where this one stopped.
        """
        known = [(batch, self._batch_store.get(batch)) for batch in self._batch_store.unfinished()]
        room = self._room() if known else 0
        for name, batch in sorted(known, key=lambda pair: pair[1].created if pair[1] else 0.0):
            claim = self._batch_store.claim(name)
            if claim is None:  # it is being received, or another process has it
                room -= len(batch.flying) if batch else 0
                continue
            try:
                with background.guarded("batches", let=StoreError):
                    room -= self._look_after(claim, name, room)
            except ClaimLost:
                log.warning("batch %s: another process has taken over", name)
            finally:
                self._batch_store.release(claim)

    def _look_after(self, claim: Claim, name: str, room: int) -> int:
        """Advance one batch; the number of its articles that are then in progress."""
        batch = self._batch_store.get(name)
        if batch is None and self._batch_store.is_newer(name):
            return 0
        if batch is None or batch.status is BatchStatus.RECEIVING:  # its receiver has died
            self._batch_store.clear(claim, name)
            return 0
        if batch.status not in ENDED:
            batch = self._land(claim, batch)
            cancelled = self._batch_store.cancelled(batch)
            if not cancelled:
                batch = self._launch(claim, batch, room)
            batch = self._finish(claim, batch, cancelled=cancelled)
        if batch.status in ENDED:
            self._tell(batch)
            self._batch_store.close(batch)
        return len(batch.flying)

    def _land(self, claim: Claim, batch: Batch) -> Batch:
        """Note which articles have ended."""
        states = self._states([each.key for each in batch.flying]) if batch.flying else []
        told = [(each, _ended(each, state)) for each, state in zip(batch.flying, states, strict=True)]
        ended = [end for _, end in told if end]
        if not ended:
            return batch
        landed = _counted(replace(batch, flying=tuple(each for each, end in told if not end)), ended)
        self._batch_store.keep(claim, landed, ended)
        return landed

    def _launch(self, claim: Claim, batch: Batch, room: int) -> Batch:
        """Submit articles while there is room; each is noted before the next is read."""
        parcel: Parcel = ()
        while batch.parcel < batch.parcels and len(batch.flying) < room:
            parcel = parcel or self._batch_store.parcel(batch)
            if batch.place >= len(parcel):  # it is used up, or the store has lost it
                gone = keys.batch_parcel_name(batch.id, batch.parcel)
                batch, parcel = replace(batch, parcel=batch.parcel + 1, place=0), ()
                self._batch_store.keep(claim, batch, delete=[gone])
                continue
            line, request = parcel[batch.place]
            taken = self._submitted(line, request)
            batch = replace(batch, place=batch.place + 1)
            if isinstance(taken, Flying):
                batch = replace(batch, flying=(*batch.flying, taken))
                self._batch_store.keep(claim, batch)
            else:
                batch = _counted(batch, [taken])
                self._batch_store.keep(claim, batch, [taken])
        return batch

    def _submitted(self, line: int, request: Submission) -> Flying | Ended:
        try:
            receipt = self._submit(request)
        except (StoreError, Unavailable):  # it can be done later
            raise
        except IstamiError as error:
            return Ended(line, "failed", request.id, error=Failure(self._code(error), error.en, error.ar))
        except Exception:
            # A defect of ours, which would recur, and block the batch for ever.
            log.exception("line %s of a batch", line)
            return Ended(line, "failed", request.id, error=_INTERNAL)
        return Flying(line, receipt.id, receipt.key)

    def _finish(self, claim: Claim, batch: Batch, *, cancelled: bool) -> Batch:
        """End a batch that has no articles in progress or left to begin."""
        left = range(batch.parcel, batch.parcels)
        if batch.flying or (left and not cancelled):
            return batch
        status = BatchStatus.CANCELLED if cancelled and batch.waiting else BatchStatus.DONE
        done = replace(batch, status=status, parcel=batch.parcels, place=0, finished=time.time())
        gone = [keys.batch_parcel_name(batch.id, number) for number in left]
        self._batch_store.keep(claim, done, delete=[*gone, keys.batch_cancel_name(batch.id)])
        return done


def _ended(flying: Flying, state: State | None) -> Ended | None:
    """The outcome of an article, if it has ended."""
    if state is None:
        return Ended(flying.line, "failed", flying.article, flying.key, error=_LOST)
    if state.status is Status.READY:
        return Ended(flying.line, "ready", flying.article, flying.key, state.duration)
    if state.status is Status.FAILED:
        return Ended(flying.line, "failed", flying.article, flying.key, error=state.failure or _INTERNAL)
    return None


def _counted(batch: Batch, ended: Sequence[Ended]) -> Batch:
    ready = [end for end in ended if end.status == "ready"]
    return replace(
        batch,
        ready=batch.ready + len(ready),
        failed=batch.failed + len(ended) - len(ready),
        seconds=batch.seconds + sum(end.duration or 0.0 for end in ready),
    )
