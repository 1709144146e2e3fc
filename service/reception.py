"""Where articles come in: they are read in processes of a pool, and nobody's thread waits for that."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

from cache.ledger import Allowances
from cache.store import Reader
from service.errors import Unavailable
from service.names import ANSWERS, answer_channel
from service.pool import Job, Pool
from service.sites import Site
from service.types import Priority, Receipt, Request

_UNNAMED = "an article without an id"


class Reception:
    """Takes articles in, and explains how they are read.

    Args:
        pool: of ``Clerk``.
        reader: publishes that a worker has left an answer.
        answers: the ledger that has it.
        patience: seconds to wait for an answer.
    """

    def __init__(self, pool: Pool, reader: Reader, answers: Allowances, patience: float) -> None:
        self._pool = pool
        self._reader = reader
        self._answers = answers
        self._patience = patience
        self.begin = pool.begin
        self.close = pool.close

    async def take_in(self, request: Request) -> Receipt:
        """Take an article in, as ``Narration.take_in`` does. Reading ends when whoever waits is cancelled.

        Raises:
            ReadingTimeout: reading takes too long.
            ReadingFailed: the process that read it ended.
            IstamiError, StoreError: as ``Narration.take_in``.
        """
        receipt: Receipt = await self._called(_job(request, "take_in", request))
        return receipt

    async def take_in_page(self, request: Request, site: Site) -> Receipt:
        """The same for a page of a site, counted among those of its day.

        Raises:
            TooMany: the site has used up what a day may have.
        """
        receipt: Receipt = await self._called(_job(request, "take_in", request, site))
        return receipt

    def take_in_stock(self, request: Request) -> Receipt:
        """The same for a thread that waits."""
        job = _job(request, "take_in", request)
        self._pool.submit(job)
        receipt: Receipt = job.result.result()
        return receipt

    async def explain(self, request: Request) -> bytes:
        """How each sentence of an article will be read, as JSON.

        Raises:
            Unavailable: no worker vowelled it in time.
            ReadingTimeout, ReadingFailed: as ``take_in``.
            IstamiError, StoreError: as ``Narration.read``.
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

    async def _answer(self, answer: str) -> bytes:
        """What a worker leaves in an entry of the ledger, as soon as it is there."""
        channel = answer_channel(answer)
        try:
            async with asyncio.timeout(self._patience), aclosing(self._reader.listen(channel)) as news:
                async for _ in news:
                    if value := await self._answers.noted(ANSWERS, answer):
                        return value
        except TimeoutError:
            pass
        raise Unavailable("No worker answered in time.", "لم يُجِب أيّ عامل في الوقت المحدد.")


def _job(request: Request, method: str, *arguments: object) -> Job:
    return Job(
        method,
        arguments,
        owner=request.site or "",
        urgent=request.priority is Priority.INTERACTIVE,
        name=request.id or _UNNAMED,
    )
