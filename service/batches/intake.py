"""A batch comes in: line by line, in bounded memory, and whole or not at all."""

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
"""What a line that may have so many bytes asks for; raises ``BadArticle``."""


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
    """Begin to take a batch in, or find that it is there already.

    Args:
        batch_store: where it is put.
        name: its id.
        limits: how large it may become.
        read: makes a request of a line.
        site: the one site that whoever sends it may see and change.
        webhook: where, besides, its end is to be told.

    Raises:
        Conflict: it is coming in from somebody else, or another site has one of that name.
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
        raise Conflict(f"The batch “{name}” is coming in already.", f"الدفعة «{name}» قيد الاستلام.")
    try:
        batch_store.clear(claim, name)  # what somebody left who died while it came in
        receiving = Receiving(
            batch_store, claim, Batch(name, time.time(), site=site, webhook=webhook), limits, read
        )
        _check_room(batch_store, claim, name)
    except BaseException:
        batch_store.release(claim)
        raise
    return receiving


def _check_room(batch_store: BatchStore, claim: Claim, name: str) -> None:
    """Let a batch pass, or take it off the shelf again: several at once cannot all find the last place free.

    Raises:
        Unavailable: there are too many with it.
    """
    if len(batch_store.unfinished()) > _MOST_UNFINISHED:
        batch_store.clear(claim, name)
        raise Unavailable(
            f"{_MOST_UNFINISHED} batches are unfinished; no more are taken for now.",
            f"بلغت الدفعات غير المكتملة {_MOST_UNFINISHED}، ولا تُقبل دفعة أخرى الآن.",
        )


class Receiving:
    """One batch while it comes in, under its claim.

    Args:
        batch_store: where it is put.
        claim: the batch's.
        batch: as it begins.
        limits: how large it may become.
        read: makes a request of a line.
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
            ClaimLost: the bytes were too long in coming.
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
        """All bytes have come: let the batch begin.

        Raises:
            BadArticle: there was no line in it.
            TooLarge, ClaimLost, StoreUnavailable, StoreFull: as ``feed``.
        """
        self._take(self._lines.end())
        self._put_down()
        if not self._batch.accepted + self._batch.rejected:
            raise BadArticle("There is no line in the batch.", "الدفعة خالية من الأسطر.")
        self._batch = replace(self._batch, status=BatchStatus.RUNNING)
        self._batch_store.keep(self._claim, self._batch)
        self._batch_store.release(self._claim)
        return self._batch

    def abandon(self) -> None:
        """Forget what has come, unless somebody else has begun to take the batch in."""
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
        """Make a parcel of the articles that have come since the last."""
        self._batch = replace(self._batch, parcels=self._batch.parcels + bool(self._articles))
        self._batch_store.keep(self._claim, self._batch, self._rejected, parcel=self._articles)
        self._articles, self._rejected, self._size = [], [], 0
