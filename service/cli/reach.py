"""What ``istami doctor`` finds about how others reach the service."""

from __future__ import annotations

from collections.abc import Iterator

from cache.errors import StoreError
from service.cli.findings import Finding
from service.config.settings import Settings
from service.server.container import Container

NO_PUBLIC_URL = (
    "ISTAMI_PUBLIC_URL is not set: players, feeds and embeds get addresses made of whatever Host a client "
    "sends. Set it to the address that listeners use"
)
"""What the start says where others than this machine can reach the service."""


def findings(settings: Settings, url: str | None) -> Iterator[Finding]:
    """Whether keys were made and are gone, and what addresses in answers are made of.

    Args:
        settings: of the service.
        url: of its Redis, where that runs.
    """
    parts = Container(settings, url or "")
    made = parts.latch.closed
    if url is not None:
        keys = parts.keys
        try:
            made, lost = keys.exist(), keys.lost()
        except StoreError:
            lost = False  # said of Redis already
        if lost:
            yield Finding(
                "keys",
                False,
                "keys were made, and Redis has lost them: nobody is let in",
                "istami keys create NAME",
                needed=settings.open is not True,
                ar="ضاعت المفاتيح من Redis، فلا يُقبل أحد: أنشئ مفتاحًا جديدًا.",
            )
    # Without a key, and not open to all, the service serves its own machine alone.
    if (made or settings.open) and not settings.public_url:
        yield Finding(
            "addresses",
            False,
            "players, feeds and embeds get addresses made of whatever Host a client sends",
            "set ISTAMI_PUBLIC_URL to the address that listeners use",
            needed=False,
            ar="اضبط ISTAMI_PUBLIC_URL على العنوان الذي يستعمله المستمعون.",
        )
