"""Rules of sites for robots (RFC 9309), cached for an hour."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from protego import Protego

from service.fetching.url import Url
from service.model.errors import Forbidden, NotAllowed

ROBOT = "istami"
"""Our user agent in robots.txt."""
MOST_BYTES = 512_000
"""Of a robots.txt; RFC 9309 asks for at least 500 KiB."""
_KEPT_SECONDS = 3600.0
_KEPT = 256
"""Sites whose rules are cached."""

Rules = Callable[[Url], Awaitable[str | None]]
"""Fetches a robots.txt: its text; ``None`` if the site does not deliver it."""


class Robots:
    """Fetches each site's rules once an hour, and follows them."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[float, Protego | None]] = OrderedDict()

    async def check(self, url: Url, fetch: Rules) -> None:
        """Check that a site lets robots fetch a page.

        Raises:
            Forbidden: it does not.
            NotAllowed: its rules cannot be fetched.
        """
        until, rules = self._known.get(url.origin, (0.0, None))
        if until < time.monotonic():
            text = await fetch(url.joined("/robots.txt"))
            rules = None if text is None else await asyncio.to_thread(Protego.parse, text)
            self._keep(url.origin, rules)
        if rules is None or not rules.can_fetch(str(url), ROBOT):
            # A robots.txt that cannot be fetched is a temporary fault; a rule is the publisher's decision.
            raise (NotAllowed if rules is None else Forbidden)(
                f"robots.txt of {url.host} does not allow “{ROBOT}” to fetch this page.",
                f"ملف robots.txt في {url.host} لا يسمح للروبوت «{ROBOT}» بجلب هذه الصفحة.",
                field="url",
            )

    def _keep(self, origin: str, rules: Protego | None) -> None:
        self._known[origin] = (time.monotonic() + _KEPT_SECONDS, rules)
        self._known.move_to_end(origin)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
