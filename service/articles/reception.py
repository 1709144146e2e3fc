"""Accepts articles: they are read in processes of a pool, without blocking the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import aclosing
from functools import partial
from typing import Any, NamedTuple, TypeVar

from cache.errors import StoreError
from cache.ledger import Allowances
from cache.store import Reader
from service.articles.service import ArticleService
from service.config.sites import Site
from service.model.article import Entry, Priority, Receipt, Submission
from service.model.errors import Unavailable
from service.model.recording import Failure
from service.pool import Job, Pool
from service.storage.keys import ANSWERS, answer_channel, reading_channel

_UNNAMED = "an article without an id"
_E = TypeVar("_E", bound=Entry)


class Patience(NamedTuple):
    """Seconds to wait."""

    answer: float
    """Timeout for a worker's answer."""
    reading: float
    """Timeout for an article that is being read."""


class Reception:
    """Accepts articles, and explains how they are read.

    Args:
        pool: processes with a ``Clerk`` each.
        reader: announces that a worker has stored an answer.
        answers: the ledger that stores the answer.
        patience: timeouts.
        article_service: ends articles that were accepted and cannot be read.
    """

    def __init__(
        self,
        pool: Pool,
        reader: Reader,
        answers: Allowances,
        patience: Patience,
        article_service: ArticleService,
    ) -> None:
        self._pool = pool
        self._reader = reader
        self._answers = answers
        self._patience = patience
        self._article_service = article_service
        self._reading_on: set[str] = set()
        self.begin = pool.begin
        self.close = pool.close

    async def take_in(self, request: Submission) -> Receipt:
        """Accept an article, as ``ArticleService.take_in``. Reading ends when the caller is cancelled.

        Raises:
            ReadingTimeout: reading takes too long.
            ReadingFailed: the process that read it ended.
            IstamiError, StoreError: as ``ArticleService.take_in``.
        """
        receipt: Receipt = await self._called(_job(request, "take_in", request))
        return receipt

    async def accept(self, request: Submission) -> Receipt:
        """As ``take_in``, but a new, long article is accepted before it is read; its receipt has no key.

        From then on its reading continues when the caller is cancelled, and an error becomes the article's
        failure.
        """
        return await self._accepted(_job(request, "accept", request))

    async def accept_page(self, request: Submission, site: Site) -> Receipt:
        """As ``accept``, for a page of a site, counted against the site's daily limit.

        Raises:
            TooMany: the site has reached its daily limit.
        """
        return await self._accepted(_job(request, "accept", request, site))

    def take_in_stock(self, request: Submission) -> Receipt:
        """As ``take_in``, blocking, for a thread."""
        job = _job(request, "take_in", request)
        self._pool.submit(job)
        receipt: Receipt = job.result.result()
        return receipt

    async def settled(self, look: Callable[[], Awaitable[_E]]) -> _E:
        """Wait until an article has been read, and return it.

        Args:
            look: looks the article up, and raises its own error if there is none.

        Raises:
            Unavailable: it is still being read after the timeout.
        """
        found = await look()
        if found.is_read:
            return found
        try:
            async with (
                asyncio.timeout(self._patience.reading),
                aclosing(self._reader.listen(reading_channel(found.id))) as news,
            ):
                async for _ in news:
                    found = await look()
                    if found.is_read:
                        return found
        except TimeoutError:
            pass
        raise Unavailable("The article is still being read.", "ما زال المقال قيد القراءة.")

    async def try_page(self) -> None:
        """Read a page of known text in the pool, as a check.

        Raises:
            MissingPart: pages cannot be read.
        """
        await self._called(Job("try_page", (), urgent=False))

    def round(self) -> None:
        """Resume reading accepted articles whose process has died."""
        for entry in self._article_service.abandoned():
            if entry.id not in self._reading_on:
                self._reading_on.add(entry.id)
                job = Job("read_on", (entry.id,), urgent=False, name=entry.id)
                job.result.add_done_callback(partial(self._read_on, entry))
                self._pool.submit(job)

    def _read_on(self, entry: Entry, result: Future[Any]) -> None:
        self._reading_on.discard(entry.id)
        self._fail(entry, result.exception())

    async def explain(self, request: Submission) -> bytes:
        """Return how each sentence of an article will be read, as JSON.

        Raises:
            Unavailable: no worker vowelled it in time.
            ReadingTimeout, ReadingFailed: as ``take_in``.
            IstamiError, StoreError: as ``ArticleService.read``.
        """
        answer, kept = await self._called(_job(request, "explain", request))
        utterances = await self._answer(answer)
        told: bytes = await self._called(_job(request, "explained", kept, utterances))
        return told

    async def _called(self, job: Job) -> Any:
        self._pool.submit(job)
        try:
            return await asyncio.wrap_future(job.result)
        except asyncio.CancelledError:
            job.cancel()
            raise

    async def _accepted(self, job: Job) -> Receipt:
        job.result.add_done_callback(partial(self._ended, job))
        self._pool.submit(job)
        early, result = asyncio.wrap_future(job.early), asyncio.wrap_future(job.result)
        try:
            await asyncio.wait({early, result}, return_when=asyncio.FIRST_COMPLETED)
            receipt: Receipt = (result if result.done() else early).result()
        except asyncio.CancelledError:
            job.cancel()
            raise
        finally:
            for waiting in (early, result):  # cancels only the waiting
                waiting.cancel()
        return receipt

    def _ended(self, job: Job, result: Future[Any]) -> None:
        if job.early.done():
            self._fail(job.early.result(), result.exception())

    def _fail(self, accepted: Receipt | Entry, error: BaseException | None) -> None:
        """End an accepted article whose reading failed in the pool.

        If the pool was closed or the store did not answer, reading is resumed later.
        """
        if error and not isinstance(error, (StoreError, Unavailable)):
            self._article_service.fail_unread(accepted.id, accepted.created, Failure.of(error))

    async def _answer(self, answer: str) -> bytes:
        """Wait for a worker's answer in the ledger and return it."""
        channel = answer_channel(answer)
        try:
            async with asyncio.timeout(self._patience.answer), aclosing(self._reader.listen(channel)) as news:
                async for _ in news:
                    if value := await self._answers.noted(ANSWERS, answer):
                        return value
        except TimeoutError:
            pass
        raise Unavailable("No worker answered in time.", "لم تُجِب أيّ عملية معالجة في الوقت المحدد.")


def _job(request: Submission, method: str, *arguments: object) -> Job:
    return Job(
        method,
        arguments,
        owner=request.site or "",
        urgent=request.priority is Priority.INTERACTIVE,
        name=request.id or _UNNAMED,
    )
