"""URLs of the service's resources, as clients receive them."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import Request

from service.api.dependencies import AppContext
from service.model.article import Entry, Receipt


def base(request: Request, context: AppContext) -> str:
    """The base URL before every path, without a trailing slash."""
    return (context.public_url or str(request.base_url)).rstrip("/")


AUDIO_TYPE = "audio/mpeg"
LINES_TYPE = "application/x-ndjson"
CAPTIONS_TYPE = "text/vtt"
FEED_TYPE = "application/rss+xml"
CHAPTERS_TYPE = "application/json+chapters"
"""JSON Chapters of the podcast namespace."""


def audio_path(key: str, kind: str = "mp3") -> str:
    """The path of a finished recording, whose bytes never change, or of its marks, captions or chapters."""
    return f"/audio/{key}.{kind}"


def cover_path(picture_type: str) -> str:
    """The path of the cover; podcast directories require a file extension that names its type."""
    return f"/cover.{'png' if picture_type == 'image/png' else 'jpg'}"


def article_path(article: str, part: str = "") -> str:
    """The path of an article, or of a part of it."""
    return f"/v1/articles/{quote(article, safe='')}{part}"


BATCHES = "/v1/batches"


def batch_path(batch: str) -> str:
    """The path of a batch."""
    return f"{BATCHES}/{quote(batch, safe='')}"


def signature(expires: int, signature: str) -> str:
    """The query that signs an article's URL, with its question mark."""
    return "?" + urlencode({"expires": expires, "signature": signature})


def signed_as(request: Request, record: Entry | Receipt) -> str:
    """The signature query of a request, for the URLs in its answer; empty if the article needs none."""
    told = request.query_params
    if not record.private or not {"expires", "signature"} <= told.keys():
        return ""
    return signature(int(told["expires"]), told["signature"])


def player_path(article: str) -> str:
    """The path of the page that plays an article."""
    return f"/player/{quote(article, safe='')}"
