"""What sites say that robots may fetch (RFC 9309), remembered for a while."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from protego import Protego

from service.fetching.url import Url
from service.model.errors import Forbidden, NotAllowed

ROBOT = "istami"
"""The name that robots.txt may address us by."""
MOST_BYTES = 512_000
"""Of a robots.txt; RFC 9309 asks for at least 500 KiB."""
_KEPT_SECONDS = 3600.0
_KEPT = 256
"""Sites whose rules are remembered."""

Rules = Callable[[Url], Awaitable[str | None]]
"""Fetches a robots.txt: its text; ``None`` where the site keeps to itself what it allows."""


class Robots:
    """Asks each site once an hour, and holds to what it says."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[float, Protego | None]] = OrderedDict()

    async def check(self, url: Url, fetch: Rules) -> None:
        """Let a page pass that its site lets robots fetch.

        Raises:
            Forbidden: it does not.
            NotAllowed: it cannot be asked.
        """
        until, rules = self._known.get(url.origin, (0.0, None))
        if until < time.monotonic():
            text = await fetch(url.joined("/robots.txt"))
            rules = None if text is None else await asyncio.to_thread(Protego.parse, text)
            self._keep(url.origin, rules)
        if rules is None or not rules.can_fetch(str(url), ROBOT):
            # A robots.txt that could not be had is a fault of the moment; a rule is the publisher's word.
            raise (NotAllowed if rules is None else Forbidden)(
                f"robots.txt of {url.host} does not let “{ROBOT}” fetch this page.",
                f"ملف robots.txt في {url.host} لا يسمح للروبوت «{ROBOT}» بجلب هذه الصفحة.",
                field="url",
            )

    def _keep(self, origin: str, rules: Protego | None) -> None:
        self._known[origin] = (time.monotonic() + _KEPT_SECONDS, rules)
        self._known.move_to_end(origin)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
