"""Findings of ``istami doctor`` about access to the service from other machines."""

from __future__ import annotations

from collections.abc import Iterator

from cache import server
from cache.errors import StoreError
from service.cli.findings import Finding
from service.config.settings import Settings
from service.server.container import Container

NO_PUBLIC_URL = (
    "ISTAMI_PUBLIC_URL is not set: the addresses in players, feeds and embeds use the Host header of each "
    "request. Set it to the address that listeners use"
)
"""Warning at start if other machines can reach the service."""


def running(settings: Settings) -> str | None:
    """The address of the Redis in use, if one is running."""
    folder = settings.data_dir / "redis"
    return settings.redis_url or (server.url(folder) if server.answers(folder) else None)


def findings(settings: Settings, url: str | None) -> Iterator[Finding]:
    """Report lost keys, and how addresses in responses are built.

    Args:
        settings: of the service.
        url: of its Redis, if that runs.
    """
    parts = Container(settings, url or "")
    made = parts.latch.closed
    if url is not None:
        keys = parts.keys
        try:
            made, lost = keys.exist(), keys.lost()
        except StoreError:
            lost = False  # already reported for Redis
        if lost:
            yield Finding(
                "keys",
                False,
                "keys were created, but Redis has lost them: requests are refused",
                "istami keys create NAME",
                needed=settings.open is not True,
                ar="ضاعت المفاتيح من Redis، فلا يُقبل أحد: أنشئ مفتاحًا جديدًا.",
            )
    # Without a key, and not open to all, the service serves only its own machine.
    if (made or settings.open) and not settings.public_url:
        yield Finding(
            "addresses",
            False,
            "the addresses in players, feeds and embeds use the Host header of each request",
            "set ISTAMI_PUBLIC_URL to the address that listeners use",
            needed=False,
            ar="اضبط ISTAMI_PUBLIC_URL على العنوان الذي يستعمله المستمعون.",
        )
