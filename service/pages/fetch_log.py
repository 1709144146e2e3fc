"""When a page was last fetched, and the result."""

from __future__ import annotations

from dataclasses import dataclass

from cache.store import Claim
from service.fetching import Validators
from service.model.errors import (
    Absent,
    BadArticle,
    BadUrl,
    FetchError,
    Forbidden,
    IstamiError,
    NotAllowed,
    TooSlow,
    Unfit,
    Unreachable,
    Withdrawn,
)
from service.storage.codec import noun, packed, unpacked
from service.storage.keys import REFUSALS, page_claim_name, page_name
from service.storage.repository import Repository

_NONE = Validators()


@dataclass(frozen=True, slots=True)
class Visit:
    """The last fetch of a page."""

    article: str
    """Id of its article; another page's if it names that page as its canonical URL."""
    seen: float
    """Seconds since 1970, UTC."""
    reading: str
    """Changes when the same page would be read differently: with a new lexicon, for example."""
    validators: Validators = _NONE
    absent: float | None = None
    """Since when its server reports that there is no such page; seconds since 1970, UTC."""
    withdrawn: bool = False
    """Whether the article was withdrawn for that reason, or because robots.txt forbids the page."""


_VISIT = noun("visit", Visit)
_REFUSAL = noun("refusal", tuple[str, str, str])
"""Kind of error, and its message in English and Arabic."""
_KINDS: tuple[type[IstamiError], ...] = (
    *(BadArticle, BadUrl, NotAllowed, Forbidden, Withdrawn, Unreachable, Absent, Unfit, TooSlow),
)


class FetchLog:
    """The last fetches of pages, by their ids."""

    REFUSED_SECONDS = 60
    """How long a page that could not be taken in is not retried, however many readers request it."""

    def __init__(self, repository: Repository) -> None:
        self._store = repository.store
        self._ledger = repository.ledger
        self._ttl = repository.lifetimes.article

    def last(self, page: str) -> Visit | None:
        """The last visit; ``None`` when there was none."""
        return unpacked(_VISIT, self._store.get(page_name(page)))

    def keep(self, page: str, visit: Visit) -> None:
        """Store this as the last visit."""
        self._store.put(page_name(page), packed(_VISIT, visit, self._ttl))

    def refuse(self, page: str, error: IstamiError) -> None:
        """Remember for a minute why a page could not be taken in."""
        told = (type(error).__name__, error.en, error.ar)
        self._ledger.note(REFUSALS, page, _REFUSAL.encode(told), self.REFUSED_SECONDS)

    def check(self, page: str) -> None:
        """Check that a page was not refused within the last minute.

        Raises:
            BadArticle, FetchError: it was, for this reason.
        """
        if told := unpacked(_REFUSAL, self._ledger.noted(REFUSALS, page)):
            kind, en, ar = told
            raise next((known for known in _KINDS if known.__name__ == kind), FetchError)(en, ar, field="url")

    def claim(self, page: str, seconds: float) -> Claim | None:
        """The right to fetch a page; ``None`` while another process does."""
        return self._store.claim(page_claim_name(page), seconds)

    def release(self, claim: Claim) -> None:
        """Release the claim."""
        self._store.release(claim)
