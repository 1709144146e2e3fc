"""Conditional requests: whether the client has the current version (RFC 9110, section 13.1)."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from fastapi import Request


def matches(header: str | None, tag: str, *, there: bool) -> bool:
    """If-None-Match: weak comparison, a list or ``*``; ``there``: whether the resource exists."""
    tags = [each.strip().removeprefix("W/") for each in (header or "").split(",")]
    return tag in tags or ("*" in tags and there)


def not_modified(request: Request, tag: str, changed: int | None) -> bool:
    """Whether to answer 304: by the tag if the client sent one, else by the date.

    Args:
        request: of the client.
        tag: of the current version, with its quotes.
        changed: when that was last modified, in seconds since 1970.
    """
    if known := request.headers.get("if-none-match"):
        return matches(known, tag, there=True)
    since = request.headers.get("if-modified-since")
    if since is None or changed is None:
        return False
    try:
        return changed <= parsedate_to_datetime(since).timestamp()
    except ValueError:
        return False
