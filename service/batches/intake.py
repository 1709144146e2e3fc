"""Receives a batch: line by line, in bounded memory, completely or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from cache.errors import ClaimLost
from cache.store import Claim
from service.batches.batch import Batch, BatchStatus, Ended
from service.batches.batch_store import BatchStore
from service.model.article import Submission
from service.model.errors import BadArticle, Conflict, TooLarge, Unavailable
from service.model.recording import Failure
from service.util.jsonl import Line, Lines

_PARCEL_LINES = 100
_PARCEL_BYTES = 256 * 1024
_MOST_UNFINISHED = 50

Read = Callable[[Line, int], Submission]
"""The submission in a line of at most so many bytes; raises ``BadArticle``."""


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How large a batch may be."""

    line_bytes: int
    total_bytes: int
    lines: int


def receive(
    batch_store: BatchStore,
    name: str,
    limits: BatchLimits,
    read: Read,
    site: str | None = None,
    webhook: str | None = None,
) -> Receiving | Batch:
    """Begin to receive a batch, or return the stored one of that id.

    Args:
        batch_store: stores it.
        name: its id.
        limits: how large it may become.
        read: turns a line into a submission.
        site: the one site that its sender may see and change.
        webhook: an additional URL for the event of its end.

    Raises:
        Conflict: another request is sending it, or another site has one of that name.
        Unavailable: too many batches are unfinished.
    """
    claim = batch_store.claim(name)
    known = batch_store.get(name)
    if known and site not in {None, known.site}:
        if claim:
            batch_store.release(claim)
        raise Conflict(f"The id “{name}” is taken.", f"المعرّف «{name}» مستعمل.", field="id")
    if known and known.status is not BatchStatus.RECEIVING:
        if claim:
            batch_store.release(claim)
        return known
    if claim is None:
        raise Conflict(f"The batch “{name}” is already being uploaded.", f"الدفعة «{name}» قيد الاستلام.")
    try:
        batch_store.clear(claim, name)  # remains of a process that died while it received the batch
        receiving = Receiving(
            batch_store, claim, Batch(name, time.time(), site=site, webhook=webhook), limits, read
        )
        _check_room(batch_store, claim, name)
    except BaseException:
        batch_store.release(claim)
        raise
    return receiving


def _check_room(batch_store: BatchStore, claim: Claim, name: str) -> None:
    """Admit a batch, or delete it again: concurrent batches cannot all take the last free place.

    Raises:
        Unavailable: with it there are too many.
    """
    if len(batch_store.unfinished()) > _MOST_UNFINISHED:
        batch_store.clear(claim, name)
        raise Unavailable(
            f"{_MOST_UNFINISHED} batches are unfinished; no more are accepted for now.",
            f"بلغت الدفعات غير المكتملة {_MOST_UNFINISHED}، ولا تُقبل دفعة أخرى الآن.",
        )


class Receiving:
    """One batch while it is received, under its claim.

    Args:
        batch_store: stores it.
        claim: the batch's.
        batch: as it begins.
        limits: how large it may become.
        read: turns a line into a submission.
    """

    def __init__(
        self, batch_store: BatchStore, claim: Claim, batch: Batch, limits: BatchLimits, read: Read
    ) -> None:
        self._batch_store = batch_store
        self._claim = claim
        self._batch = batch
        self._limits = limits
        self._read = read
        self._lines = Lines(limits.line_bytes)
        self._taken = 0
        self._size = 0
        self._articles: list[tuple[int, Submission]] = []
        self._rejected: list[Ended] = []
        batch_store.open(claim, batch)

    def feed(self, piece: bytes) -> None:
        """Take the next bytes.

        Raises:
            TooLarge: the batch has more bytes or lines than it may have.
            ClaimLost: the bytes arrived too slowly.
            StoreUnavailable, StoreFull: the store cannot take it.
        """
        self._taken += len(piece)
        if self._taken > self._limits.total_bytes:
            raise TooLarge(
                f"The batch is larger than {self._limits.total_bytes} bytes.",
                f"الدفعة أكبر من {self._limits.total_bytes} بايت.",
            )
        self._take(self._lines.feed(piece))

    def end(self) -> Batch:
        """Start the batch after all bytes have arrived.

        Raises:
            BadArticle: there was no line in it.
            TooLarge, ClaimLost, StoreUnavailable, StoreFull: as ``feed``.
        """
        self._take(self._lines.end())
        self._put_down()
        if not self._batch.accepted + self._batch.rejected:
            raise BadArticle("The batch is empty.", "الدفعة خالية من الأسطر.")
        self._batch = replace(self._batch, status=BatchStatus.RUNNING)
        self._batch_store.keep(self._claim, self._batch)
        self._batch_store.release(self._claim)
        return self._batch

    def abandon(self) -> None:
        """Delete the received lines, unless another process has begun to receive the batch."""
        with suppress(ClaimLost):
            self._batch_store.clear(self._claim, self._batch.id)
        self._batch_store.release(self._claim)

    def _take(self, lines: Iterator[Line]) -> None:
        for line in lines:
            if self._batch.accepted + self._batch.rejected >= self._limits.lines:
                raise TooLarge(
                    f"The batch has more than {self._limits.lines} lines.",
                    f"عدد أسطر الدفعة يتجاوز {self._limits.lines}.",
                )
            try:
                self._articles.append((line.number, self._read(line, self._limits.line_bytes)))
                self._batch = replace(self._batch, accepted=self._batch.accepted + 1)
            except BadArticle as error:
                failure = Failure("bad_article", error.en, error.ar)
                self._rejected.append(Ended(line.number, "rejected", error=failure))
                self._batch = replace(self._batch, rejected=self._batch.rejected + 1)
            self._size += len(line.content or b"")
            if len(self._articles) + len(self._rejected) >= _PARCEL_LINES or self._size >= _PARCEL_BYTES:
                self._put_down()

    def _put_down(self) -> None:
        """Store a parcel of the articles received since the last."""
        self._batch = replace(self._batch, parcels=self._batch.parcels + bool(self._articles))
        self._batch_store.keep(self._claim, self._batch, self._rejected, parcel=self._articles)
        self._articles, self._rejected, self._size = [], [], 0
