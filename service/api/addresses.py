"""Where things are, as clients are told."""

from __future__ import annotations

from fastapi import Request

from service.api.desk import Desk


def base(request: Request, desk: Desk) -> str:
    """What stands before every path, without a slash at its end."""
    return (desk.public_url or str(request.base_url)).rstrip("/")


def audio_path(key: str) -> str:
    """The finished recording, for ever the same bytes."""
    return f"/audio/{key}.mp3"


def article_path(article: str, part: str = "") -> str:
    """An article, or a part of it."""
    return f"/v1/articles/{article}{part}"


def player_path(article: str) -> str:
    """The page that plays an article."""
    return f"/player/{article}"
