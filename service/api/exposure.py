"""Which clients need a key: none, all, or all but this machine itself."""

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
"""How long a service that is open without keys may take to see the first key."""
_TELL_SECONDS = 60.0
"""The reason why a key was required is logged no more often."""


class Doors:
    """Whether requests need a key.

    Args:
        keys: of the service.
        open: whether no client needs one; ``None``: this machine itself does not, until the first is made.
        public_url: of the service; empty if it is not configured.
    """

    def __init__(self, keys: Keys, *, open: bool | None, public_url: str) -> None:  # noqa: A002  # as it is set
        self._keys = keys
        self._is_set = open is not None
        self._open = False if open is None and keys.latched else open
        self._public_host = named(urlsplit(public_url).hostname or "")
        self._looked = self._told = float("-inf")

    async def open_to(self, scope: Scope) -> bool:
        """Whether a request needs no key. A process that has seen a key stays closed.

        Raises:
            StoreUnavailable: the store, which knows whether there is a key, does not answer.
        """
        if self._open is None and clients.local(scope):
            await self._look()
        return self._open is True or (self._open is None and clients.local(scope))

    def takes(self, host: bytes) -> bool:
        """Whether a request may have this header ``Host``.

        While no key is needed, a page must not reach the service under its own host name by changing the
        name's address to ours (DNS rebinding). It cannot do that with an IP address or a loopback name.
        """
        return self._open is False or self._is_ours(host.decode("latin-1"))

    async def see_key(self) -> None:
        """Note that a valid key was sent: from now on every client needs one.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        await self._look()

    async def tell_why_closed(self, scope: Scope) -> None:
        """Log why a key was required, if the operator may not expect that."""
        if self._is_set or time.monotonic() - self._told < _TELL_SECONDS:
            return
        self._told = time.monotonic()
        try:
            await self._look()
            if self._open is None:
                header = clients.passing_header(scope)
                log.warning(
                    "A request %s was refused, because no API key exists yet: without keys only this machine "
                    "may use the service. Create one: istami keys create NAME",
                    f"through a proxy (header {header})" if header else "from another machine",
                )
            elif await run_in_threadpool(self._keys.lost):
                log.warning(LOST)
        except StoreError as error:
            log.warning("cannot look up API keys: %s", error)

    async def _look(self) -> None:
        if self._open is None and time.monotonic() - self._looked >= _LOOK_SECONDS:
            self._looked = time.monotonic()
            if await run_in_threadpool(self._keys.exist):
                self._open = False

    def _is_ours(self, host: str) -> bool:
        if not host:  # browsers always send it
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
    """A host name as clients send it; an invalid name stays unchanged, and no client sends it."""
    try:
        return ascii_host(host).removesuffix(".")
    except ValueError:
        return host


LOST = (
    "API keys were created for this service, but its Redis has lost them: every request that needs a key is "
    "refused until you create new ones with `istami keys create NAME`"
)
"""Logged for a store that has lost its keys."""
