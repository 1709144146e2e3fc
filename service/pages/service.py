"""Pages that istami fetches by itself: those that readers are on, and those that publishers only name.

A page is one article, under an id made from its address. It is fetched once for all who ask at the same
time, again only when it may have changed, and only if it belongs to a site that wants this.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from service import article as articles
from service.articles.service import ArticleService
from service.config.lexicons import Lexicons
from service.config.sites import Site, Sites
from service.fetching import Fetched, Fetcher, Url, Validators
from service.model.article import ArticleRecord, Owner, Receipt, Submission
from service.model.document import RESERVED
from service.model.errors import (
    Absent,
    BadArticle,
    BadUrl,
    FetchError,
    Forbidden,
    IstamiError,
    NotAllowed,
    NotFound,
    TooMany,
    Withdrawn,
)
from service.pages.absence import Absence, withdrawn
from service.pages.fetch_log import FetchLog, Visit
from service.pages.quotas import Pace, Quotas
from service.util.singleflight import SingleFlight

log = logging.getLogger(__name__)

Submit = Callable[[Submission, Site], Awaitable[Receipt]]
"""Takes an article in and counts it among those of a site's day."""

_POLL_SECONDS = 0.2
_CLAIM_SECONDS = 60.0
"""A process that died while it fetched a page keeps others from it for so long."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of a site."""

    url: Url
    site: Site

    @property
    def id(self) -> str:
        return page_id(self.url)

    def owns(self, owner: Owner) -> bool:
        """Whether what belongs to an owner may be heard as this page."""
        return owner == Owner(self.site.name, private=False)


class PageMode:
    """Pages → articles.

    Args:
        article_service: knows what was taken in.
        submit: takes in what was fetched, as ``Reception.accept_page`` does.
        fetcher: fetches.
        sites: whose pages may be fetched, and who may ask.
        lexicons: whose change has pages read anew.
        fetch_log: when a page was last fetched.
        absence: withdraws articles whose pages are gone.
        quotas: what a site may use up in a day.
        pace: how often a reader may ask for a new page.
        refresh: seconds after which a page is looked at again.
    """

    def __init__(  # noqa: PLR0913  # what it is built from, by name
        self,
        *,
        article_service: ArticleService,
        submit: Submit,
        fetcher: Fetcher,
        sites: Sites,
        lexicons: Lexicons,
        fetch_log: FetchLog,
        absence: Absence,
        quotas: Quotas,
        pace: Pace,
        refresh: float,
    ) -> None:
        self._article_service = article_service
        self._submit = submit
        self._fetcher = fetcher
        self._sites = sites
        self._lexicons = lexicons
        self._fetch_log = fetch_log
        self._absence = absence
        self._quotas = quotas
        self._pace = pace
        self._refresh = refresh
        self._flights = SingleFlight[ArticleRecord]()

    def known(self, address: str) -> ArticleRecord:
        """The article that a page is, if it has been taken in; no work is done.

        Raises:
            BadUrl, NotAllowed: that is no page of a site with page mode.
            NotFound: it has not been.
            Withdrawn: its publisher has taken it down.
        """
        page = self._page(address)
        visit = self._last(page)
        if visit is None:
            raise _forgotten()
        if visit.withdrawn:
            raise withdrawn()
        return self._article_service.article(visit.article, page.owns)

    async def article(self, address: str, origin: str | None, reader: str) -> ArticleRecord:
        """The article that a page is; the page is fetched unless it is known and fresh.

        Args:
            address: of the page that a reader is on.
            origin: of the script that asks, as its browser says.
            reader: network address of who asks.

        Raises:
            BadUrl, NotAllowed: that is no page of a site with page mode, or the origin is not the site's.
            TooMany: this reader, or the site for today, has had enough.
            FetchError, BadArticle: the page cannot be fetched, or is no article.
            Withdrawn: its publisher has taken it down.
            Unavailable: too many pages are being fetched.
        """
        page = self._page(address)
        if origin not in page.site.origins:
            raise NotAllowed(
                f"“{origin}” is no origin of {page.site.name}: "
                f"istami sites set {page.site.name} --origin ORIGIN.",
                f"المصدر «{origin}» ليس من مصادر الموقع {page.site.name}.",
                field="url",
            )
        if record := await asyncio.to_thread(self._fresh, page):
            return record
        await asyncio.to_thread(self._fetch_log.check, page.id)
        await asyncio.to_thread(self._pace.admit, reader)
        return await self._flights.join(page.id, lambda: self._alone(page))

    async def fetched(self, request: Submission) -> Submission:
        """A request that names a page and brings no text, with the page's.

        Raises:
            NotAllowed: the page is of no site, or of another than the request says.
            BadUrl, FetchError: it cannot be fetched.
            Unavailable: too many pages are being fetched.
        """
        url = Url.parse(request.url or "")
        site = self._sites.of_page(url.host)
        if site is None or request.site not in {None, site.name}:
            raise not_a_site(url.host)
        page = await self._fetcher.fetch(url, site.has)
        return requested(page, replace(request, site=site.name, url=str(page.url))) if page else request

    def _page(self, address: str) -> _Page:
        url = Url.parse(address).canonical()
        site = self._sites.of_page(url.host)
        if site is None:
            raise not_a_site(url.host)
        if not site.page_mode:
            raise NotAllowed(
                f"Page mode is off for {site.name}: istami sites set {site.name} --page-mode.",
                f"قراءة الصفحات غير مفعّلة للموقع {site.name}.",
                field="url",
            )
        return _Page(url, site)

    def _last(self, page: _Page) -> Visit | None:
        """The last visit to a page, also from before ids of pages were reserved (0.1)."""
        return self._fetch_log.last(page.id) or self._fetch_log.last(_page_name(page.url))

    def _fresh(self, page: _Page) -> ArticleRecord | None:
        """A page's article, if the page need not be looked at again."""
        visit = self._last(page)
        if visit is None or time.time() - visit.seen > self._lasts(visit):
            return None
        return self._article(page, visit)

    def _lasts(self, visit: Visit) -> float:
        """Seconds for which a visit counts as fresh: one that found nothing is soon made again."""
        return self._refresh if visit.absent is None else min(self._refresh, self._absence.patience)

    def _article(self, page: _Page, visit: Visit) -> ArticleRecord | None:
        if visit.withdrawn:
            return None
        try:
            record = self._article_service.article(visit.article, page.owns)
        except NotFound:
            return None
        return None if record.is_unreadable else record

    async def _alone(self, page: _Page) -> ArticleRecord:
        """Fetch a page while no other process does."""
        claim = partial(asyncio.to_thread, self._fetch_log.claim, page.id, _CLAIM_SECONDS)
        while (held := await claim()) is None:  # noqa: ASYNC110  # no event crosses processes
            await asyncio.sleep(_POLL_SECONDS)
        try:
            record = await asyncio.to_thread(self._fresh, page)
            return record or await self._visited(page)
        finally:
            await asyncio.to_thread(self._fetch_log.release, held)

    async def _visited(self, page: _Page) -> ArticleRecord:
        """Look at a page; one that is known stays as it is when that fails."""
        visit = await asyncio.to_thread(self._last, page)
        known = await asyncio.to_thread(self._article, page, visit) if visit else None
        unchanged = None
        # An article with an id of 0.1, which publishers can send, is taken in anew under a reserved one.
        if visit and known and known.id.startswith(RESERVED) and visit.reading == self._reading(page):
            unchanged = visit.validators
        try:
            if known is None:
                await asyncio.to_thread(self._quotas.check, page.site)
            fetched = await self._fetcher.fetch(page.url, page.site.has, unchanged)
            # The page is there, even if what it says now is no article.
            await asyncio.to_thread(self._absence.over, page.id)
            if fetched:
                await asyncio.to_thread(self._quotas.check, page.site)
                return await self._taken_in(page, fetched)
        except (FetchError, BadArticle, TooMany) as error:
            await asyncio.to_thread(self._failed, page, visit, known, error)
        return await asyncio.to_thread(self._stayed, page)

    def _failed(
        self, page: _Page, visit: Visit | None, known: ArticleRecord | None, error: IstamiError
    ) -> None:
        """A page could not be taken in.

        Raises:
            Withdrawn: its publisher has taken it down.
            IstamiError: the error, where nothing is known of the page that could stay as it was.
        """
        gone = isinstance(error, (Absent, Forbidden))
        if visit is None or known is None:
            told = withdrawn() if gone and visit and visit.withdrawn else error
            if not isinstance(error, TooMany):
                self._fetch_log.refuse(page.id, told)
            raise told
        if isinstance(error, (Absent, Forbidden)):
            try:
                self._absence.seen(page.id, visit, known, error)
            except Withdrawn as told:
                self._fetch_log.refuse(page.id, told)
                raise
        log.info("%s stays as it was: %s", page.url, error)

    def _stayed(self, page: _Page) -> ArticleRecord:
        """Note that a known page was looked at and is what it was."""
        visit = self._last(page)
        if visit is None:
            raise _forgotten()
        self._fetch_log.keep(page.id, replace(visit, seen=time.time()))
        return self._article_service.article(visit.article, page.owns)

    async def _taken_in(self, page: _Page, fetched: Fetched) -> ArticleRecord:
        """Make an article of what was fetched, or of the page that it names as the real one."""
        found = replace(page, url=fetched.url.canonical())
        if own := _named(fetched, page.site):
            real = replace(page, url=own)
            if record := await asyncio.to_thread(self._fresh, real):
                await asyncio.to_thread(self._keep, page, record, Validators())
                return record
            if there := await self._there(real):
                found, fetched = real, there
        asked = Submission(id=found.id, url=str(found.url), site=found.site.name)
        receipt = await self._submit(requested(fetched, asked), found.site)
        record = await asyncio.to_thread(self._noted, found, receipt, fetched.validators)
        if page.id != found.id:
            await asyncio.to_thread(self._keep, page, record, Validators())
        return record

    async def _there(self, page: _Page) -> Fetched | None:
        """What is at the address that another page named; ``None`` where that leads nowhere or elsewhere."""
        try:
            fetched = await self._fetcher.fetch(page.url, page.site.has)
        except FetchError as error:
            log.info("%s was named in vain: %s", page.url, error)
            return None
        return fetched if fetched and fetched.url.canonical() == page.url else None

    def _noted(self, page: _Page, receipt: Receipt, validators: Validators) -> ArticleRecord:
        """Note when a page that was taken in was looked at."""
        record = self._article_service.article(receipt.id)
        self._keep(page, record, validators)
        return record

    def _keep(self, page: _Page, record: ArticleRecord, validators: Validators) -> None:
        self._fetch_log.keep(page.id, Visit(record.id, time.time(), self._reading(page), validators))

    def _reading(self, page: _Page) -> str:
        return f"{self._lexicons.stamps(page.site.name)} {page.site.voice}"


def page_id(url: Url) -> str:
    """The id of the article that a page is: none that a publisher can send."""
    return f"{RESERVED}{_page_name(url)}"


def _page_name(url: Url) -> str:
    return f"page-{hashlib.sha256(str(url).encode()).hexdigest()[:32]}"


def requested(page: Fetched, request: Submission) -> Submission:
    """A request with a page's content."""
    return replace(request, html=page.text if page.markup else None, text=None if page.markup else page.text)


def not_a_site(host: str) -> NotAllowed:
    """Nobody has allowed pages of this host."""
    return NotAllowed(
        f"Pages of “{host}” are not fetched here. Allow it with `istami sites add {host}`.",
        f"لا تُجلب هنا صفحات «{host}». للسماح بها: `istami sites add {host}`.",
        field="url",
    )


def _named(fetched: Fetched, site: Site) -> Url | None:
    """Another address of the same site that a page names as its own; what it says is taken from there.

    A page that names the front page is not believed: templates do so by mistake.
    """
    try:
        told = articles.canonical_link(fetched.text) if fetched.markup else None
        own = fetched.url.joined(told).canonical() if told else fetched.url.canonical()
    except BadUrl:
        return None
    other = own != fetched.url.canonical() and own.target != "/"
    return own if other and site.has(own.host) else None


def _forgotten() -> NotFound:
    return NotFound("This page has not been read aloud yet.", "لم تُقرأ هذه الصفحة بعد.", field="url")
