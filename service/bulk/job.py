"""One `istami batch`: reads its sources, submits the articles to a service, and reports the outcomes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import chain
from urllib.parse import urlsplit

import httpx

from service.bulk.client import Client
from service.bulk.item import Flaw, Item, Outcome, Source
from service.bulk.ledger import Ledger
from service.bulk.report import Report
from service.bulk.run import Run, Wanted, drawn
from service.bulk.tally import Tally
from service.bulk.web import Web

_PATIENCE_SECONDS = 300.0
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)


@dataclass(frozen=True, slots=True)
class Job:
    """The options of a run, and its progress."""

    sources: Sequence[Source]
    wanted: Wanted
    report: Report
    window: int
    """Articles in progress at a time."""
    only_failed: bool = False
    """Whether only articles that the report lists as failed are retried."""
    key: str | None = None
    """API key for the service, if it needs one."""
    ledger: Ledger = field(default_factory=Ledger)
    tally: Tally = field(default_factory=Tally)

    @property
    def total(self) -> int | None:
        """Number of articles; ``None`` if unknown before the end."""
        totals = [source.total for source in self.sources]
        return None if self.only_failed or None in totals else sum(filter(None, totals))

    def run(self, address: str, web: Web, tell: Callable[[Tally], None]) -> bool:
        """Process every article, or as many as possible until SIGINT or SIGTERM.

        Args:
            address: of the service.
            web: where pages are fetched.
            tell: called whenever an article has ended.

        Returns:
            Whether it came to the end.

        Raises:
            Unavailable: the service is not reachable, or no longer.
            Unwritable: the report or a file cannot be written.
            IstamiError: a source cannot be read to its end.
        """
        self.ledger.recall(self.report.lines())
        return asyncio.run(self._bring(address, web, tell))

    async def _bring(self, address: str, web: Web, tell: Callable[[Tally], None]) -> bool:
        task = asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)  # type: ignore[union-attr]

        def ended(outcome: Outcome) -> None:
            self.report.add(outcome)
            self.tally.add(outcome)
            tell(self.tally)

        connections = httpx.Limits(max_connections=2 * self.window)
        headers = {"User-Agent": f"istami/{version('istami')}"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        nearby = urlsplit(address).hostname == "127.0.0.1"
        try:
            async with httpx.AsyncClient(
                base_url=address, timeout=_TIMEOUT, limits=connections, headers=headers, trust_env=not nearby
            ) as http:
                client = Client(http, _PATIENCE_SECONDS)
                await client.greet()
                items = drawn(chain.from_iterable(source.items for source in self.sources))
                await Run(client, web.page, self.wanted, self.ledger, ended).all(
                    self._left(items), self.window
                )
        except asyncio.CancelledError:
            return False
        return True

    async def _left(self, items: AsyncIterator[Item | Flaw]) -> AsyncIterator[Item | Flaw]:
        """The articles that are not done yet."""
        async for item in items:
            if self.only_failed:
                if self.ledger.failed(item.source):
                    yield item
            elif isinstance(item, Item) and self.ledger.done(item) and self.wanted.kept(item.id):
                self.ledger.meet(item)
                self.tally.there += 1
            else:
                yield item
