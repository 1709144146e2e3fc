"""Withdraws articles whose pages their publishers have taken down."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

from service.model.article import Entry
from service.model.document import RESERVED
from service.model.errors import Absent, Forbidden, Withdrawn
from service.pages.fetch_log import FetchLog, Visit
from service.recordings.takedown import Takedown

log = logging.getLogger(__name__)


class Absence:
    """Withdraws articles whose pages are missing, or forbidden by robots.txt.

    A page that is missing once may be a fault of a deployment: the article stays until its server has
    reported that twice, some time apart. A rule of robots.txt counts as intended.

    Args:
        fetch_log: when pages were last fetched, and the result.
        takedown: withdraws articles.
        patience: seconds between the two reports.
    """

    def __init__(self, fetch_log: FetchLog, takedown: Takedown, patience: float) -> None:
        self._fetch_log = fetch_log
        self._takedown = takedown
        self._patience = patience

    def seen(self, page: str, visit: Visit, known: Entry, error: Absent | Forbidden) -> None:
        """Note that a page whose article is known is missing or forbidden.

        Args:
            page: its id.
            visit: the last one; perhaps under the page's id of 0.1, which was not reserved.
            known: its article.
            error: from its server or its robots.txt.

        Raises:
            Withdrawn: it was missing before, or is forbidden: the article has been withdrawn.
        """
        now = time.time()
        since = now if visit.absent is None else visit.absent
        again = visit.absent is not None and now - since >= self._patience
        if isinstance(error, Absent) and not again:
            self._fetch_log.keep(page, replace(visit, seen=now, absent=since))
            return
        # A missing copy of a page does not withdraw the article of the canonical page.
        if known.id.removeprefix(RESERVED) == page.removeprefix(RESERVED):
            self._takedown.withdraw(known, "its page, which is gone or forbidden")
        self._fetch_log.keep(page, Visit(visit.article, now, visit.reading, absent=since, withdrawn=True))
        log.info("page %s: withdrawn: %s", page, type(error).__name__)
        raise withdrawn()

    def over(self, page: str) -> None:
        """Note that a page is available."""
        visit = self._fetch_log.last(page)
        if visit and visit.absent is not None and not visit.withdrawn:
            self._fetch_log.keep(page, replace(visit, absent=None))


def withdrawn() -> Withdrawn:
    """The error for a page whose article was withdrawn."""
    return Withdrawn(
        "Its publisher has taken this page down, so it is no longer read aloud here.",
        "سحب الناشر هذه الصفحة، فلم تعد تُقرأ هنا.",
        field="url",
    )
