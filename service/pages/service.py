"""Pages that istami fetches itself: those that readers are viewing, and those that publishers only name.

A page is one article. It is fetched once for all concurrent requests, again only when it may have changed,
and only if it belongs to a site that has enabled this.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import to_thread
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from service.config.sites import Site
from service.fetching import Fetched, Fetcher
from service.model.article import ArticleRecord, Receipt, Submission
from service.model.errors import BadArticle, FetchError, TooMany
from service.pages.fetch_log import FetchLog
from service.pages.page import Page, named_page, requested
from service.pages.page_articles import PageArticles
from service.pages.policy import PagePolicy
from service.util.singleflight import SingleFlight

log = logging.getLogger(__name__)

Submit = Callable[[Submission, Site], Awaitable[Receipt]]
"""Takes an article in and counts it among those of a site's day."""

_POLL_SECONDS = 0.2
_CLAIM_SECONDS = 60.0
"""How long a process that died while it fetched a page blocks other processes."""


class PageMode:
    """Pages → articles.

    Args:
        policy: which pages may be fetched, for whom, and how often.
        articles: stored data of pages.
        fetch_log: lets one process at a time fetch a page.
        fetcher: fetches.
        submit: takes in fetched pages, as ``Reception.accept_page`` does.
    """

    def __init__(
        self,
        policy: PagePolicy,
        articles: PageArticles,
        fetch_log: FetchLog,
        fetcher: Fetcher,
        submit: Submit,
    ) -> None:
        self._policy = policy
        self._articles = articles
        self._fetch_log = fetch_log
        self._fetcher = fetcher
        self._submit = submit
        self._flights = SingleFlight[ArticleRecord]()

    def known(self, address: str) -> ArticleRecord:
        """The article of a page, if it has been taken in; starts no work.

        Raises:
            BadUrl, NotAllowed: that is no page of a site with page mode.
            NotFound: it has not been taken in.
            Withdrawn: its publisher has taken it down.
        """
        return self._articles.known(self._policy.page(address))

    async def article(self, address: str, origin: str | None, reader: str) -> ArticleRecord:
        """The article of a page; fetches the page unless a fresh copy is known.

        Args:
            address: of the page that a reader is viewing.
            origin: of the script, as its browser reports it.
            reader: network address of the client.

        Raises:
            BadUrl, NotAllowed: that is no page of a site with page mode, or the origin is not the site's.
            TooMany: this reader, or the site for today, has reached a limit.
            FetchError, BadArticle: the page cannot be fetched, or is not an article.
            Withdrawn: its publisher has taken it down.
            Unavailable: too many pages are being fetched.
        """
        page = self._policy.page(address)
        self._policy.check_origin(page, origin)
        if record := await to_thread(self._articles.fresh, page):
            return record
        await to_thread(self._fetch_log.check, page.id)
        await to_thread(self._policy.pace.admit, reader)
        return await self._flights.join(page.id, lambda: self._alone(page))

    async def fetched(self, request: Submission) -> Submission:
        """A request that names a page but has no text, with the text of the page.

        Raises:
            NotAllowed: the page is of no site, or of another site than the request names.
            BadUrl, FetchError: it cannot be fetched.
            Unavailable: too many pages are being fetched.
        """
        url, site, owned = self._policy.owned(request)
        page = await self._fetcher.fetch(url, site.has)
        return requested(page, replace(owned, url=str(page.url))) if page else request

    async def _alone(self, page: Page) -> ArticleRecord:
        """Fetch a page while no other process does."""
        claim = partial(to_thread, self._fetch_log.claim, page.id, _CLAIM_SECONDS)
        while (held := await claim()) is None:  # noqa: ASYNC110  # no event crosses processes
            await asyncio.sleep(_POLL_SECONDS)
        try:
            record = await to_thread(self._articles.fresh, page)
            return record or await self._visited(page)
        finally:
            await to_thread(self._fetch_log.release, held)

    async def _visited(self, page: Page) -> ArticleRecord:
        """Visit a page; one that is known stays as it is when that fails."""
        visit = await to_thread(self._articles.last, page)
        known = await to_thread(self._articles.article, page, visit) if visit else None
        unchanged = self._articles.unchanged(page, visit, known)
        try:
            if known is None:
                await to_thread(self._policy.quotas.check, page.site)
            fetched = await self._fetcher.fetch(page.url, page.site.has, unchanged)
            # The page is available, even if it is no longer an article.
            await to_thread(self._articles.seen, page)
            if fetched:
                await to_thread(self._policy.quotas.check, page.site)
                return await self._taken_in(page, fetched)
        except (FetchError, BadArticle, TooMany) as error:
            await to_thread(self._articles.failed, page, visit, known, error)
        return await to_thread(self._articles.stayed, page)

    async def _taken_in(self, page: Page, fetched: Fetched) -> ArticleRecord:
        """Make an article of a fetched page, or of the canonical page that it names."""
        found = Page(fetched.url.canonical(), page.site)
        if real := named_page(fetched, page.site):
            if record := await to_thread(self._articles.fresh, real):
                await to_thread(self._articles.put, page, record)
                return record
            if there := await self._there(real):
                found, fetched = real, there
        asked = Submission(id=found.id, url=str(found.url), site=found.site.name)
        receipt = await self._submit(requested(fetched, asked), found.site)
        record = await to_thread(self._articles.taken_in, found, receipt.id, fetched.validators)
        if page.id != found.id:
            await to_thread(self._articles.put, page, record)
        return record

    async def _there(self, page: Page) -> Fetched | None:
        """The page at a canonical URL; ``None`` if it cannot be fetched or redirects elsewhere."""
        try:
            fetched = await self._fetcher.fetch(page.url, page.site.has)
        except FetchError as error:
            log.info("the canonical URL %s cannot be fetched: %s", page.url, error)
            return None
        return fetched if fetched and fetched.url.canonical() == page.url else None
