"""Stored data of pages: their articles, and the result of the last visit to each."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

from service.articles.service import ArticleService
from service.fetching import Validators
from service.model.article import ArticleRecord
from service.model.document import RESERVED
from service.model.errors import (
    Absent,
    Forbidden,
    IstamiError,
    NotFound,
    TooMany,
    Withdrawn,
)
from service.pages.absence import Absence, withdrawn
from service.pages.fetch_log import FetchLog, Visit
from service.pages.page import Page
from service.pages.policy import PagePolicy

log = logging.getLogger(__name__)

_NO_VALIDATORS = Validators()


class PageArticles:
    """Articles, by their pages.

    Args:
        article_service: has the articles.
        fetch_log: when a page was last fetched.
        absence: withdraws articles whose pages are missing.
        policy: how long a visit is fresh, and how a page is read.
    """

    def __init__(
        self, article_service: ArticleService, fetch_log: FetchLog, absence: Absence, policy: PagePolicy
    ) -> None:
        self._article_service = article_service
        self._fetch_log = fetch_log
        self._absence = absence
        self._policy = policy

    def known(self, page: Page) -> ArticleRecord:
        """The article of a page.

        Raises:
            NotFound: the page has not been taken in.
            Withdrawn: its publisher has taken it down.
        """
        visit = self._visited(page)
        if visit.withdrawn:
            raise withdrawn()
        return self._article_service.article(visit.article, page.owns)

    def fresh(self, page: Page) -> ArticleRecord | None:
        """A page's article, if the page need not be fetched again."""
        visit = self.last(page)
        if visit is None or time.time() - visit.seen > self._policy.lasts(visit):
            return None
        return self.article(page, visit)

    def last(self, page: Page) -> Visit | None:
        """The last visit to a page, also from before ids of pages were reserved."""
        return self._fetch_log.last(page.id) or self._fetch_log.last(page.former_id)

    def article(self, page: Page, visit: Visit) -> ArticleRecord | None:
        """The article from a visit to a page, if it still exists."""
        if visit.withdrawn:
            return None
        try:
            record = self._article_service.article(visit.article, page.owns)
        except NotFound:
            return None
        return None if record.is_unreadable else record

    def unchanged(self, page: Page, visit: Visit | None, known: ArticleRecord | None) -> Validators | None:
        """Validators for a conditional fetch of a page; ``None``: its text is needed."""
        # An article with an id of 0.1, which publishers can send, is taken in again under a reserved one.
        if visit and known and known.id.startswith(RESERVED) and visit.reading == self._policy.reading(page):
            return visit.validators
        return None

    def put(self, page: Page, record: ArticleRecord, validators: Validators = _NO_VALIDATORS) -> None:
        """Note that a page was visited just now, and gave this article."""
        visit = Visit(record.id, time.time(), self._policy.reading(page), validators)
        self._fetch_log.keep(page.id, visit)

    def taken_in(self, page: Page, article: str, validators: Validators) -> ArticleRecord:
        """The same for the id of an article that was taken in just now; the article."""
        record = self._article_service.article(article)
        self.put(page, record, validators)
        return record

    def seen(self, page: Page) -> None:
        """Note that a page is available."""
        self._absence.over(page.id)

    def stayed(self, page: Page) -> ArticleRecord:
        """Note that a known page was visited just now, and has not changed; its article.

        Raises:
            NotFound: it has been deleted meanwhile.
        """
        visit = self._visited(page)
        self._fetch_log.keep(page.id, replace(visit, seen=time.time()))
        return self._article_service.article(visit.article, page.owns)

    def failed(
        self, page: Page, visit: Visit | None, known: ArticleRecord | None, error: IstamiError
    ) -> None:
        """Note that a page could not be taken in.

        Raises:
            Withdrawn: its publisher has taken it down.
            IstamiError: the error, if there is no earlier article that could stay.
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
        log.info("%s was not updated: %s", page.url, error)

    def _visited(self, page: Page) -> Visit:
        visit = self.last(page)
        if visit is None:
            raise NotFound("This page has not been read aloud yet.", "لم تُقرأ هذه الصفحة بعد.", field="url")
        return visit
