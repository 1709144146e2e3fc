"""Where things are, as clients are told."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import Request

from service.api.dependencies import AppContext
from service.model.article import Entry, Receipt


def base(request: Request, context: AppContext) -> str:
    """What stands before every path, without a slash at its end."""
    return (context.public_url or str(request.base_url)).rstrip("/")


AUDIO_TYPE = "audio/mpeg"
LINES_TYPE = "application/x-ndjson"
CAPTIONS_TYPE = "text/vtt"
FEED_TYPE = "application/rss+xml"
CHAPTERS_TYPE = "application/json+chapters"
"""JSON Chapters of the podcast namespace."""


def audio_path(key: str, kind: str = "mp3") -> str:
    """The finished recording, for ever the same bytes, or what lies beside it."""
    return f"/audio/{key}.{kind}"


def cover_path(picture_type: str) -> str:
    """The picture of all recordings; podcast directories want to see in its name what it is."""
    return f"/cover.{'png' if picture_type == 'image/png' else 'jpg'}"


def article_path(article: str, part: str = "") -> str:
    """An article, or a part of it."""
    return f"/v1/articles/{quote(article, safe='')}{part}"


BATCHES = "/v1/batches"


def batch_path(batch: str) -> str:
    """A batch."""
    return f"{BATCHES}/{quote(batch, safe='')}"


def signature(expires: int, signature: str) -> str:
    """What makes an article's address a signed one, from the question mark on."""
    return "?" + urlencode({"expires": expires, "signature": signature})


def signed_as(request: Request, record: Entry | Receipt) -> str:
    """The same as a request had it, for the addresses in its answer; empty for what needs none."""
    told = request.query_params
    if not record.private or not {"expires", "signature"} <= told.keys():
        return ""
    return signature(int(told["expires"]), told["signature"])


def player_path(article: str) -> str:
    """The page that plays an article."""
    return f"/player/{quote(article, safe='')}"
