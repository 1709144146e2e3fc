"""Articles as submitted, listed and stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from service.model.document import Article
from service.model.reading import CaseEndings, Locale
from service.model.recording import SourceText

UNREAD = "unread"
"""The key of an article that was accepted and is still being read: its recording is not known yet.

An article that could not be read has a key with this prefix, under which its failure is stored.
"""


class Priority(StrEnum):
    """Order of service."""

    INTERACTIVE = "interactive"
    """A listener waits for it."""
    BATCH = "batch"
    """It is processed when no other work waits."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A publisher's request."""

    text: str | None = None
    html: str | None = None
    ssml: str | None = None
    """Exactly one of the three."""
    ssml_unknown: Literal["refuse", "ignore"] = "refuse"
    """Handling of unknown SSML; with ``ignore``, its text is read."""
    id: str | None = None
    title: str | None = None
    author: str | None = None
    url: str | None = None
    voice: str | None = None
    latin_voice: str | None = None
    """The voice for Latin script; ``None``: the service's. Set with the voice, never by a client."""
    speed: float | None = None
    case_endings: CaseEndings | None = None
    """Which case endings are said; ``None``: as its site has it."""
    locale: Locale | None = None
    """The regional variant; ``None``: as its site has it, or else the service."""
    site: str | None = None
    """Host name of its site, whose lexicon applies and whose feed lists it."""
    section: str | None = None
    """The part of the site that it belongs to."""
    listed: bool = True
    """Whether feeds list it."""
    priority: Priority = Priority.INTERACTIVE
    webhook: str | None = None
    """Additional address to which its outcome is reported."""
    announced: bool = True
    """Whether webhooks report its outcome."""
    private: bool = False
    """Whether only listeners with a key or a signed address may hear it."""
    bound: bool = False
    """Whether the publisher may change only articles of that site."""

    @property
    def is_address(self) -> bool:
        """Whether it has only an address, whose page must be fetched."""
        return bool(self.url) and self.text is None and self.html is None and self.ssml is None

    def of(self, site: str) -> Submission:
        """Return the same request, bound to one site."""
        return replace(self, site=site, bound=True)


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of an article."""

    site: str | None
    private: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as shown in a list of articles."""

    id: str
    key: str
    """Key of its recording."""
    created: float
    """Time of arrival of this version: seconds since 1970, UTC."""
    since: float
    """The same for its first version."""
    site: str | None
    section: str | None
    listed: bool
    article: Article
    private: bool = field(default=False, kw_only=True)
    """Whether only listeners with a key or a signed address may hear it."""
    voice: str = field(kw_only=True)
    """The voice that reads it."""

    @property
    def is_read(self) -> bool:
        """Whether its recording is known; an article can be accepted before that."""
        return self.key != UNREAD

    @property
    def is_unreadable(self) -> bool:
        """Whether it was accepted but could not be read."""
        return self.is_read and self.key.startswith(UNREAD)

    @property
    def owner(self) -> Owner:
        """Its owner."""
        return Owner(self.site, self.private)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to the publisher of an article: small, however long the article is."""

    id: str
    key: str
    """Key of its recording."""
    voice: str
    speed: float
    title: str | None
    private: bool
    created: float
    """Time of arrival of this version: seconds since 1970, UTC."""
    there: bool = True
    """Whether its recording was ready before."""

    @property
    def is_read(self) -> bool:
        """Whether its recording is known; an article can be accepted before that."""
        return self.key != UNREAD


@dataclass(frozen=True, slots=True)
class ArticleRecord(Entry):
    """The present version of an article, stored under its id."""

    speed: float
    sentences: tuple[SourceText, ...]

    @property
    def receipt(self) -> Receipt:
        """The answer to its publisher."""
        about = (self.voice, self.speed, self.article.title, self.private, self.created)
        return Receipt(self.id, self.key, *about)


@dataclass(frozen=True, slots=True)
class Episode:
    """An article with a finished recording, as an item of a feed."""

    entry: Entry
    duration: float
    size: int
    """Bytes of the MP3."""
