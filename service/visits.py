"""When a page was last fetched, and what came of it."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from cache.store import Claim, Put
from service.errors import BadArticle, FetchError, IstamiError
from service.fetching import Validators
from service.repository import Repository

log = logging.getLogger(__name__)

_NONE = Validators()


@dataclass(frozen=True, slots=True)
class Visit:
    """A page as it was when it was last fetched."""

    article: str
    """Id of the article that it is; another page's where it names that as its canonical address."""
    seen: float
    """Seconds since 1970, UTC."""
    reading: str
    """Changes when the same page would be read otherwise: with the site's words, say."""
    validators: Validators = _NONE


_VISIT = TypeAdapter(Visit)
_KINDS: tuple[type[IstamiError], ...] = (BadArticle, *FetchError.__subclasses__())


class Visits:
    """What is known of pages, by their ids."""

    REFUSED_SECONDS = 60
    """A page that could not be taken in is not tried again for so long, however many ask."""

    def __init__(self, repository: Repository) -> None:
        self._store = repository.store
        self._ttl = repository.lifetimes.article

    def last(self, page: str) -> Visit | None:
        """The last visit; ``None`` when there was none."""
        value = self._store.get(_name(page))
        try:
            return _VISIT.validate_json(value) if value else None
        except ValidationError as error:
            log.warning("a damaged visit counts as absent: %s", type(error).__name__)
            return None

    def keep(self, page: str, visit: Visit) -> None:
        """Make this the last visit."""
        self._store.put(_name(page), Put(_VISIT.dump_json(visit), self._ttl))

    def refuse(self, page: str, error: IstamiError) -> None:
        """Remember for a minute why a page could not be taken in."""
        told = json.dumps([type(error).__name__, error.en, error.ar])
        self._store.put(_refusal(page), Put(told.encode(), self.REFUSED_SECONDS))

    def check(self, page: str) -> None:
        """Let a page pass that was not refused within the last minute.

        Raises:
            BadArticle, FetchError: it was, for this reason.
        """
        if told := self._store.get(_refusal(page)):
            kind, en, ar = json.loads(told)
            raise next((known for known in _KINDS if known.__name__ == kind), FetchError)(en, ar, field="url")

    def claim(self, page: str, seconds: float) -> Claim | None:
        """The right to fetch a page; ``None`` while another process does."""
        return self._store.claim(f"{_name(page)}:claim", seconds)

    def release(self, claim: Claim) -> None:
        """Give it back."""
        self._store.release(claim)


def _name(page: str) -> str:
    return f"istami:page:{page}"


def _refusal(page: str) -> str:
    return f"{_name(page)}:refused"
