"""The nouns of an archive, in path order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

from service.api.problems import Problem
from service.api.schemas.articles import ArticleIn
from service.model.errors import IstamiError
from service.model.reading import CaseEndings, Locale

_DIGITS = 16
"""Of a hash in an id: among a million articles two share one with a probability of 3 in 100 million."""
_LONGEST = 60
_NEITHER = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Wishes:
    """Defaults for articles that do not set these fields themselves."""

    voice: str | None = None
    speed: float | None = None
    case_endings: CaseEndings | None = None
    locale: Locale | None = None
    site: str | None = None
    listed: bool = False
    priority: Literal["interactive", "batch"] = "batch"
    """Listeners do not wait for an archive."""


@dataclass(frozen=True, slots=True)
class Item:
    """An article of an archive."""

    source: str
    """Its origin: a path, an address, or a file and a line."""
    id: str
    fingerprint: str
    """SHA-256 of its text and options; of a page not yet fetched, of its address."""
    article: ArticleIn
    page: bool = False
    """Whether the article is yet to be fetched from its ``url``."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """An entry of an archive that cannot be read as an article."""

    source: str
    error: IstamiError


@dataclass(frozen=True, slots=True)
class Source:
    """A source of articles."""

    items: Iterator[Item | Flaw]
    total: int | None
    """Number of articles, if known before they are read."""


class Ending(StrEnum):
    """The outcome of an article."""

    MADE = "made"
    THERE = "there"
    """The service had this audio already, or synthesised it for another article of this archive."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished article: one line of the report."""

    source: str
    status: Ending
    id: str | None = None
    fingerprint: str | None = None
    key: str | None = None
    """Of the recording."""
    duration: float | None = None
    """Seconds of the recording."""
    file: str | None = None
    """Name of the MP3 in the output folder."""
    error: Problem | None = None


def item(source: str, article: ArticleIn, wishes: Wishes, *, name: str = "", page: bool = False) -> Item:
    """An article with its id and fingerprint.

    Args:
        source: where it was found.
        article: as it was found.
        wishes: for what it leaves open.
        name: source of its id; without one, its text.
        page: whether it is yet to be fetched.
    """
    open_fields = asdict(wishes).keys() - article.model_fields_set
    wished = article.model_copy(update={field: getattr(wishes, field) for field in open_fields})
    fingerprint = _hash(wished.model_dump_json(exclude={"id", "priority"}))
    known = wished.id or _id(name, fingerprint)
    return Item(source, known, fingerprint, wished.model_copy(update={"id": known}), page)


def _id(name: str, fingerprint: str) -> str:
    """An id, and so a file's name, that reads like ``name`` and is no other's."""
    stem = PurePosixPath(urlsplit(name).path).stem
    letters = _NEITHER.sub("-", stem)[-_LONGEST:].strip("-") or "article"
    return f"{letters}-{(_hash(name) if name else fingerprint)[:_DIGITS]}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
