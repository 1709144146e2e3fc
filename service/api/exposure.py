"""To whom the service is open: whether it asks nobody for a key, everybody, or all but this machine."""

from __future__ import annotations

import logging
import re
import time
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from cache.errors import StoreError
from service.api import clients
from service.auth.api_keys import Keys
from service.fetching import ascii_host

log = logging.getLogger(__name__)

_HOST = re.compile(r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[^:\[\]@/\s]+))(?::\d{1,5})?")
_LOOK_SECONDS = 2.0
"""How long a service that is open while there are no keys may take to see the first one."""
_TELL_SECONDS = 60.0
"""Why a key was asked for is logged no more often."""


class Doors:
    """Whether requests need a key.

    Args:
        keys: that are good here.
        open: whether nobody needs one; ``None``: this machine itself does not, until the first is made.
        public_url: under which the service is known; empty where that is not set.
    """

    def __init__(self, keys: Keys, *, open: bool | None, public_url: str) -> None:  # noqa: A002  # as it is set
        self._keys = keys
        self._is_set = open is not None
        self._open = False if open is None and keys.latched else open
        self._public_host = named(urlsplit(public_url).hostname or "")
        self._looked = self._told = float("-inf")

    async def open_to(self, scope: Scope) -> bool:
        """Whether whoever sends a request needs no key. A process that has seen a key stays closed.

        Raises:
            StoreUnavailable: the store, which knows whether there is a key, does not answer.
        """
        if self._open is None and clients.local(scope):
            await self._look()
        return self._open is True or (self._open is None and clients.local(scope))

    def takes(self, host: bytes) -> bool:
        """Whether a request may name the service so (its header ``Host``).

        While no key is needed, a page must not reach the service under a name of its own whose address it
        changes to ours (DNS rebinding). No page can do that with an address, or with a name of loopback.
        """
        return self._open is False or self._is_ours(host.decode("latin-1"))

    async def see_key(self) -> None:
        """Note that a key was sent that is good: from now on everybody needs one.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        await self._look()

    async def tell_why_closed(self, scope: Scope) -> None:
        """Log why a key was asked for, where whoever runs the service may not expect that."""
        if self._is_set or time.monotonic() - self._told < _TELL_SECONDS:
            return
        self._told = time.monotonic()
        try:
            await self._look()
            if self._open is None:
                header = clients.passing_header(scope)
                log.warning(
                    "A request that came %s was asked for a key, and none was made yet: "
                    "without keys only this machine itself is served. Make one: istami keys create NAME",
                    f"through a proxy (it has the header {header})" if header else "from another machine",
                )
            elif await run_in_threadpool(self._keys.lost):
                log.warning(LOST)
        except StoreError as error:
            log.warning("cannot look for keys: %s", error)

    async def _look(self) -> None:
        if self._open is None and time.monotonic() - self._looked >= _LOOK_SECONDS:
            self._looked = time.monotonic()
            if await run_in_threadpool(self._keys.exist):
                self._open = False

    def _is_ours(self, host: str) -> bool:
        if not host:  # no browser leaves it out
            return True
        form = _HOST.fullmatch(host.lower())
        if form is None:
            return False
        name = (form["name"] or "").removesuffix(".")
        if name in {"localhost", self._public_host} or name.endswith(".localhost"):
            return True
        try:
            ip_address(form["address"] or name)
        except ValueError:
            return False
        return True


def named(host: str) -> str:
    """A host as clients name it; what is no name stays as it is, and nobody names it."""
    try:
        return ascii_host(host).removesuffix(".")
    except ValueError:
        return host


LOST = (
    "API keys were made for this service, and its Redis has none of them any more: nobody is let in until "
    "you make new ones with `istami keys create NAME`"
)
"""What is logged of a store that has lost its keys."""
