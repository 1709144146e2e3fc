"""Estimates what an archive costs with paid voices, before anything is sent to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from service.api.schemas.articles import ArticleIn
from service.bulk.item import Flaw, Item
from service.model.article import Submission
from service.model.errors import IstamiError

Pieces = Callable[[Submission], list[tuple[str, int]]]
"""Reads an article: the voice of each piece, and how many characters it is sent."""


@dataclass(slots=True)
class Estimate:
    """What an archive would be sent to each voice, at most.

    Recordings and sentences that the service has already, or that repeat, are counted, and cost nothing.
    """

    articles: int = 0
    unreadable: int = 0
    """Articles that would fail."""
    characters: dict[str, int] = field(default_factory=dict)
    """By voice."""

    async def add(
        self,
        items: AsyncIterator[Item | Flaw],
        page: Callable[[ArticleIn], Awaitable[ArticleIn]],
        pieces: Pieces,
    ) -> None:
        """Add articles, one after the other."""
        async for item in items:
            try:
                if isinstance(item, Flaw):
                    raise item.error
                article = await page(item.article) if item.page else item.article
                self._count(pieces(article.request()))
            except IstamiError:
                self.unreadable += 1
            else:
                self.articles += 1

    def _count(self, pieces: Sequence[tuple[str, int]]) -> None:
        for voice, characters in pieces:
            self.characters[voice] = self.characters.get(voice, 0) + characters
