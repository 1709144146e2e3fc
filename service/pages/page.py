"""A page of a site, and its conversion to a submission."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from service import article as articles
from service.config.sites import Site
from service.fetching import Fetched, Url
from service.model.article import Owner, Submission
from service.model.document import RESERVED
from service.model.errors import BadUrl


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a site: one article, under an id made from its URL."""

    url: Url
    site: Site

    @property
    def id(self) -> str:
        """An id that no publisher can send."""
        return f"{RESERVED}{self.former_id}"

    @property
    def former_id(self) -> str:
        """The id from before ids of pages were reserved (0.1)."""
        return f"page-{hashlib.sha256(str(self.url).encode()).hexdigest()[:32]}"

    def owns(self, owner: Owner) -> bool:
        """Whether what belongs to an owner may be heard as this page."""
        return owner == Owner(self.site.name, private=False)


def requested(page: Fetched, request: Submission) -> Submission:
    """A request with a page's content."""
    return replace(request, html=page.text if page.markup else None, text=None if page.markup else page.text)


def named_page(fetched: Fetched, site: Site) -> Page | None:
    """Another page of the same site that a page names as its canonical URL.

    A canonical URL that is the front page is ignored: templates set that by mistake.
    """
    try:
        told = articles.canonical_link(fetched.text) if fetched.markup else None
        own = fetched.url.joined(told).canonical() if told else fetched.url.canonical()
    except BadUrl:
        return None
    other = own != fetched.url.canonical() and own.target != "/"
    return Page(own, site) if other and site.has(own.host) else None
