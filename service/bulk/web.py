"""Pages, sitemaps and feeds of the public web, fetched with the service's own care."""

from __future__ import annotations

import asyncio

from service.api.schemas.articles import ArticleIn
from service.bulk.indexes import MOST_BYTES
from service.fetching import Fetcher, Guard, Limits, Url

AT_ONCE = 4
"""Pages fetched concurrently: an archive's are mostly of one site, which has readers to serve."""
_INDEX_SECONDS = 60.0


class Web:
    """Fetches for a user at the command line, who may read any public page.

    Args:
        guard: which addresses may be connected to.
        seconds: within which a page must have been fetched.
        size: bytes of the largest page.
        home: address that the User-Agent gives for questions; may be empty.
    """

    def __init__(self, guard: Guard, seconds: float, size: int, home: str) -> None:
        self._pages = Fetcher(guard, Limits(seconds, size, AT_ONCE), home)
        self._indexes = Fetcher(guard, Limits(_INDEX_SECONDS, MOST_BYTES, 1), home)
        self._turn = asyncio.Semaphore(AT_ONCE)

    def index(self, address: str) -> bytes:
        """Fetch a sitemap or feed. Not to be called from an event loop.

        Raises:
            FetchError: it cannot be fetched.
        """
        return asyncio.run(self._indexes.index(Url.parse(address), _any))

    async def page(self, article: ArticleIn) -> ArticleIn:
        """Fetch the page of an article that has only a ``url``.

        Raises:
            FetchError: it cannot be fetched.
        """
        async with self._turn:
            page = await self._pages.fetch(Url.parse(article.url or ""), _any)
        assert page  # noqa: S101  # nosec B101  # nothing is known of it that it could still be
        return article.model_copy(update={"html" if page.markup else "text": page.text})


def _any(_host: str) -> bool:
    return True
