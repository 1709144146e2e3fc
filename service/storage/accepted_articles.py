"""Articles that were accepted and are still being read.

The first sentence of a long article is known in milliseconds, its recording only after the whole article has
been read. Until then the article's record has the key ``UNREAD``, and a ``Beginning`` is stored beside it:
enough to start listening, and to resume reading if the reading process dies.

An id may have several successive versions: a version is identified by its time of arrival.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from cache.errors import ClaimLost
from cache.store import Claim
from service.model.article import ArticleRecord, Entry, Submission
from service.model.recording import Plan
from service.storage.codec import noun, packed, unpacked
from service.storage.keys import UNREAD_ARTICLES, beginning_claim_name, beginning_name, reading_channel
from service.storage.repository import Repository

log = logging.getLogger(__name__)

_SAMPLE = 100
"""Articles checked in one round; if more are unread, each round draws a random sample."""
_CLAIM_SECONDS = 10.0
"""Time after which the claim of a dead process expires."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The known part of the recording of an article that is being read."""

    created: float
    """Time of arrival of this version of the article."""
    request: Submission
    """The request, without the text."""
    plan: Plan
    """Of the first sentence."""
    titles: tuple[str, ...]
    """Of the recording's chapters."""


_BEGINNING = noun("beginning of an article", Beginning, squeezed=True)


class Unread:
    """The accepted articles in the store that are not read yet."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._store = repository.store

    @contextmanager
    def claimed(self, article: str) -> Generator[bool]:
        """Claim the reading of an article; yields whether the claim was free."""
        claim = self._store.claim(beginning_claim_name(article), _CLAIM_SECONDS)
        if claim is None:
            yield False
            return
        done = threading.Event()
        threading.Thread(target=self._renew, args=(claim, done), name="reading claim", daemon=True).start()
        try:
            yield True
        finally:
            done.set()
            self._store.release(claim)

    def accept(self, record: ArticleRecord, beginning: Beginning) -> bool:
        """Store an article that is not read yet.

        Returns:
            ``False``: an article of its id exists, and nothing is stored.
        """
        if self._repository.entry(record.id):
            return False
        self._store.add(UNREAD_ARTICLES, record.id)  # if this process dies now, a round removes it
        if not self._repository.accept_article(record):
            return False
        self._store.add(UNREAD_ARTICLES, record.id)  # a round may have removed it meanwhile
        self._store.put(beginning_name(record.id), packed(_BEGINNING, beginning))
        return True

    def beginning(self, entry: Entry) -> Beginning | None:
        """Return the known part of the recording of an article that is being read."""
        known = unpacked(_BEGINNING, self._store.get(beginning_name(entry.id)))
        return known if known and known.created == entry.created else None

    def end(self, article: str, created: float) -> None:
        """Delete the ``Beginning`` of a version that is read now, or cannot be read, and notify listeners."""
        value = self._store.get(beginning_name(article))
        known = unpacked(_BEGINNING, value)
        if value is not None and (known is None or known.created == created):
            self._store.remove(beginning_name(article), value)
        self._forget(article)
        self._store.publish(reading_channel(article), b"")

    def abandoned(self) -> list[Entry]:
        """Return the articles whose reading process has died."""
        articles = self._store.some(UNREAD_ARTICLES, _SAMPLE)
        return [entry for article in articles if (entry := self._abandoned(article))]

    def _abandoned(self, article: str) -> Entry | None:
        if self._store.claimed(beginning_claim_name(article)):
            return None
        left = self._store.get(beginning_name(article))
        entry = self._repository.entry(article)
        if entry and not entry.is_read:
            return entry
        if left is not None:
            self._store.remove(beginning_name(article), left)
        self._forget(article)
        return None

    def _forget(self, article: str) -> None:
        """Stop monitoring an article, unless a version of it is unread."""
        self._store.discard(UNREAD_ARTICLES, article)
        entry = self._repository.entry(article)
        if entry and not entry.is_read:
            self._store.add(UNREAD_ARTICLES, article)

    def _renew(self, claim: Claim, done: threading.Event) -> None:
        while not done.wait(_CLAIM_SECONDS / 3):
            try:
                self._store.renew(claim, _CLAIM_SECONDS)
            except ClaimLost:
                return
            except Exception as error:  # noqa: BLE001  # any error is retried while the claim lasts
                log.warning("could not renew %s: %s", claim.name, error)
