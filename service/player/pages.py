"""The pages that the service itself serves, and the oEmbed data for sites that embed them.

Every function is pure: it takes the content and returns the finished document. ``base`` is the public URL of
the service's root, with its trailing slash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from string import Template
from typing import Any
from urllib.parse import quote, urlencode

from service.model.document import Article, Paragraph, Role
from service.player.assets import read

HOME_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""``Content-Security-Policy`` of the home page."""

FRAME_HEIGHT = 232
"""Height in pixels of the whole player in a frame."""
_FRAME_WIDTH = 720
_LONGEST_HEADLINE = 140
_TAGS = {Role.HEADING: "h2", Role.BODY: "p"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A published article as its pages show it."""

    id: str
    article: Article

    @property
    def title(self) -> str:
        """The article's own title, else its first line if that is a headline, else a placeholder."""
        return self.article.title or self._headline or "مقال مسموع"

    @property
    def body(self) -> Sequence[Paragraph]:
        """The paragraphs below the title."""
        paragraphs = self.article.paragraphs[1:] if self._headline else self.article.paragraphs
        return [paragraph for paragraph in paragraphs if paragraph.role is not Role.TITLE]

    @property
    def _headline(self) -> str | None:
        first = self.article.paragraphs[0].text.strip() if self.article.paragraphs else ""
        told = self.article.title or len(first) > _LONGEST_HEADLINE or first.endswith((".", "…", ":", "،"))
        return None if told else first or None


def home(demo: Recorded, *, base: str) -> str:
    """The home page: a demo article to listen to, and a form for the visitor's own."""
    return _fill("home.html", demo, base)


def player_policy(frames: Sequence[str]) -> str:
    """``Content-Security-Policy`` of a player page that these sites may frame (``frame-ancestors``)."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"media-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors {' '.join(frames)}"
    )


def player_page(recorded: Recorded, *, base: str, query: str = "") -> str:
    """The player page of one article, which other sites may frame.

    Args:
        recorded: the article.
        base: see above.
        query: the signature of its URLs, from the question mark on.
    """
    page = _page(recorded.id, base)
    return _fill(
        "player.html",
        recorded,
        base,
        site=recorded.article.site or "استمع",
        page=page,
        canonical=recorded.article.url or page,
        audio=f"{_address(recorded.id, base)}/audio.mp3{query}",
        query=query,
        oembed=f"{base}oembed?{urlencode({'url': page, 'format': 'json'})}",
    )


def oembed(
    recorded: Recorded, *, base: str, max_width: int | None = None, max_height: int | None = None
) -> dict[str, Any]:
    """The oEmbed 1.0 response for a player page, for consumers such as WordPress."""
    width = min(_FRAME_WIDTH, max_width or _FRAME_WIDTH)
    height = min(FRAME_HEIGHT, max_height or FRAME_HEIGHT)
    frame = (
        f'<iframe src="{escape(_page(recorded.id, base))}" title="{escape(recorded.title)}" '
        f'width="{width}" height="{height}" allow="autoplay; clipboard-write" loading="lazy" '
        'frameborder="0"></iframe>'
    )
    return {
        "type": "rich",
        "version": "1.0",
        "title": recorded.title,
        "provider_name": recorded.article.site or "استمع",
        "provider_url": base,
        "cache_age": 3600,
        "html": frame,
        "width": width,
        "height": height,
    }


def embed_line(article_id: str, *, base: str) -> str:
    """The single line of HTML that adds the player to a publisher's page."""
    return f'<script async src="{escape(base)}embed.js" data-article="{escape(article_id)}"></script>'


def _fill(template: str, recorded: Recorded, base: str, *, query: str = "", **values: str) -> str:
    shown = {name: escape(value) for name, value in values.items()}
    return Template(read(template)).substitute(
        shown,
        base=escape(base),
        title=escape(recorded.title),
        player=f'<listen-article src="{escape(_address(recorded.id, base) + query)}"></listen-article>',
        body=_body(recorded.body),
    )


def _body(paragraphs: Sequence[Paragraph]) -> str:
    return "\n".join(
        f"<{_TAGS[paragraph.role]}>{escape(paragraph.text)}</{_TAGS[paragraph.role]}>"
        for paragraph in paragraphs
    )


def _address(article_id: str, base: str) -> str:
    return f"{base}v1/articles/{quote(article_id, safe='')}"


def _page(article_id: str, base: str) -> str:
    return f"{base}player/{quote(article_id, safe='')}"
