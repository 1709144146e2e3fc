"""Articles as they are asked for, listed and stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from service.model.document import Article
from service.model.recording import SourceText

UNREAD = "unread"
"""The key of an article that was accepted and is still being read: its recording is not known yet.

One that could not be read has a key that begins so, under which its failure is found.
"""


class Priority(StrEnum):
    """Who is served first."""

    INTERACTIVE = "interactive"
    """Somebody waits to hear it."""
    BATCH = "batch"
    """It is done when nothing else is to do."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a publisher asks for."""

    text: str | None = None
    html: str | None = None
    ssml: str | None = None
    """Exactly one of the three."""
    ssml_unknown: Literal["refuse", "ignore"] = "refuse"
    """What becomes of SSML that is not understood; ignored, its text is read."""
    id: str | None = None
    title: str | None = None
    author: str | None = None
    url: str | None = None
    voice: str | None = None
    speed: float | None = None
    site: str | None = None
    """Where it is published, by host name: whose lexicon holds, and whose feed lists it."""
    section: str | None = None
    """The part of the site that it belongs to."""
    listed: bool = True
    """Whether feeds list it."""
    priority: Priority = Priority.INTERACTIVE
    webhook: str | None = None
    """Where, besides, its outcome is to be told."""
    announced: bool = True
    """Whether webhooks report its outcome."""
    private: bool = False
    """Whether only those may hear it who have a key or a signed address."""
    bound: bool = False
    """Whether whoever asks may change articles of that site alone."""

    @property
    def is_address(self) -> bool:
        """Whether there is an address alone, whose page is to be fetched."""
        return bool(self.url) and self.text is None and self.html is None and self.ssml is None

    def of(self, site: str) -> Submission:
        """The same by somebody who speaks for one site alone."""
        return replace(self, site=site, bound=True)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an article is."""

    site: str | None
    private: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as a list of articles shows it."""

    id: str
    key: str
    """The recording that is its sound."""
    created: float
    """Seconds since 1970, UTC: when this version came in."""
    since: float
    """The same of its first version."""
    site: str | None
    section: str | None
    listed: bool
    article: Article
    private: bool = field(default=False, kw_only=True)
    """Whether only those may hear it who have a key or a signed address."""

    @property
    def is_read(self) -> bool:
        """Whether its recording is known; an article can be accepted before."""
        return self.key != UNREAD

    @property
    def is_unreadable(self) -> bool:
        """Whether it was accepted and could not be read."""
        return self.is_read and self.key.startswith(UNREAD)

    @property
    def owner(self) -> Owner:
        """Whose it is."""
        return Owner(self.site, self.private)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever sent an article is told of it: little, however long the article is."""

    id: str
    key: str
    """The recording that is its sound."""
    voice: str
    speed: float
    title: str | None
    private: bool
    created: float
    """Seconds since 1970, UTC: when this version came in."""
    there: bool = True
    """Whether its recording was finished before."""

    @property
    def is_read(self) -> bool:
        """Whether its recording is known; an article can be accepted before."""
        return self.key != UNREAD


@dataclass(frozen=True, slots=True)
class ArticleRecord(Entry):
    """An article that is known by its id, in its present version."""

    voice: str
    speed: float
    sentences: tuple[SourceText, ...]

    @property
    def receipt(self) -> Receipt:
        """The same for whoever sent it."""
        about = (self.voice, self.speed, self.article.title, self.private, self.created)
        return Receipt(self.id, self.key, *about)


@dataclass(frozen=True, slots=True)
class Episode:
    """An article that can be heard, as a feed has it."""

    entry: Entry
    duration: float
    size: int
    """Bytes of the MP3."""
