"""The network for fetches: connections go only to addresses that the guard has checked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import httpcore

from service.fetching.guard import Guard


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects by checked address; the Host header, SNI and the certificate's name stay the host's.

    HTTPCore passes a name only to ``connect_tcp``: no second look-up can return another address.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # HTTPCore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of the host's addresses that answers.

        Raises:
            NotAllowed, Unreachable: as ``Guard.addresses``.
            httpcore.ConnectError, httpcore.ConnectTimeout: none of them answers.
        """
        failure: Exception | None = None
        async with asyncio.timeout(timeout):
            for address in await self._guard.addresses(host, port):
                try:
                    return await self._network.connect_tcp(
                        address, port, timeout, local_address, socket_options
                    )
                except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                    failure = error
        raise httpcore.ConnectError(f"no address of {host} responds") from failure

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        """Never: a page is not behind a socket of this machine."""
        raise httpcore.ConnectError("no page is behind a unix socket")

    async def sleep(self, seconds: float) -> None:
        """Wait, as HTTPCore does between attempts."""
        await self._network.sleep(seconds)
