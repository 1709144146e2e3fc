"""Articles that were accepted and are still being read.

The first sentence of a long article is known in milliseconds, its recording only when all of it has been
read. Until then the article's record has the key ``UNREAD``, and beside it lies what is known of the
recording: enough to begin to listen, and to read on should the process that reads it die.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from service.names import (
    UNREAD_ARTICLES,
    beginning_claim_name,
    beginning_name,
    reading_channel,
)
from service.packing import noun, packed, unpacked
from service.repository import Repository
from service.types import ArticleRecord, Plan, Request

_SAMPLE = 100
"""Articles that one round looks at; where more are unread, they take turns by lot."""
_ABANDONED_SECONDS = 60.0
"""An article that is not read after so long has lost its process; the next one has as long."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is known of the recording of an article that is being read."""

    request: Request
    """What was asked for, without the text."""
    plan: Plan
    """Of the first sentence."""
    titles: tuple[str, ...]
    """Of the recording's chapters."""


_BEGINNING = noun("beginning of an article", Beginning, squeezed=True)


class Unread:
    """The articles that are accepted and not read, in the store."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._store = repository.store

    def accept(self, record: ArticleRecord, beginning: Beginning) -> bool:
        """Store an article that is not read yet; ``False``: one of its id exists, and nothing is stored."""
        if not self._repository.accept_article(record):
            return False
        self._store.put(beginning_name(record.id), packed(_BEGINNING, beginning))
        self._store.add(UNREAD_ARTICLES, record.id)
        return True

    def beginning(self, article: str) -> Beginning | None:
        """What is known of the recording of an article that is being read."""
        return unpacked(_BEGINNING, self._store.get(beginning_name(article)))

    def end(self, article: str) -> None:
        """An article is read, or will not be: forget what was known meanwhile, and publish that."""
        self._store.delete(beginning_name(article))
        self._store.discard(UNREAD_ARTICLES, article)
        self._store.publish(reading_channel(article), b"")

    def abandoned(self) -> list[str]:
        """Ids of articles that nobody reads any more; each is claimed for whoever calls."""
        return [article for article in self._store.some(UNREAD_ARTICLES, _SAMPLE) if self._claimed(article)]

    def _claimed(self, article: str) -> bool:
        entry = self._repository.entry(article)
        if entry is None or entry.is_read:
            self.end(article)
            return False
        if time.time() - entry.created < _ABANDONED_SECONDS:
            return False
        return self._store.claim(beginning_claim_name(article), _ABANDONED_SECONDS) is not None
