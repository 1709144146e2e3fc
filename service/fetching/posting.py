"""Posts events to servers: one request each, without following redirects."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore

from service.fetching.agent import agent
from service.fetching.guard import Guard
from service.fetching.network import GuardedNetwork
from service.fetching.url import Url
from service.model.counting import SECOND, counted
from service.model.errors import NotAllowed, TooSlow, Unreachable

_CONNECT_SECONDS = 5.0
_ACCEPTED_LENGTH = 5
"""Most digits of an accepted Retry-After: enough for more than a day."""


@dataclass(frozen=True, slots=True)
class Posted:
    """The response."""

    status: int
    retry_after: int | None
    """Seconds, if the server sent it."""


class Poster:
    """Posts JSON over connections of their own: no cookies, no redirects, no private network.

    Args:
        guard: which addresses may be connected to.
        seconds: from the first look-up to the head of the answer; the body is not read.
        home: contact URL in the User-Agent; may be empty.
        trust: trusted certificates; by default the machine's and Mozilla's.
    """

    def __init__(
        self, guard: Guard, seconds: float, home: str = "", trust: ssl.SSLContext | None = None
    ) -> None:
        self._guard = guard
        self._seconds = seconds
        self._agent = agent(home)
        self._trust = trust or httpcore.default_ssl_context()

    def check(self, url: Url) -> None:
        """Check that a URL is encrypted (https), or on a trusted private network.

        Raises:
            NotAllowed: it is neither.
        """
        if url.scheme != "https" and not self._guard.trusts(url.host, url.port):
            raise NotAllowed(f"“{url}” is not https.", f"العنوان «{url}» لا يبدأ بـ https.", field="url")

    async def post(self, url: Url, headers: Mapping[str, str], body: bytes) -> Posted:
        """Send a body; the response of the server.

        Raises:
            NotAllowed: the address is not public.
            Unreachable: the server does not answer, or not in HTTP.
            TooSlow: it does not answer in time.
        """
        self.check(url)
        told = [
            ("Host", url.authority),
            ("User-Agent", self._agent),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            *headers.items(),
        ]
        try:
            async with asyncio.timeout(self._seconds), self._pool() as pool:
                return await _answered(pool, url, told, body)
        except (TimeoutError, httpcore.TimeoutException) as error:
            raise TooSlow(
                f"{url.host} did not respond within {self._seconds:g} s.",
                f"لم يُجب {url.host} خلال {counted(self._seconds, SECOND)}.",
                field="url",
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise Unreachable(
                f"{url.host} does not answer: {str(error) or 'connection closed'}.",
                f"{url.host} لا يُجيب.",
                field="url",
            ) from error

    def _pool(self) -> httpcore.AsyncConnectionPool:
        """Connections of one request, so that none outlives its DNS look-up."""
        return httpcore.AsyncConnectionPool(
            ssl_context=self._trust, network_backend=GuardedNetwork(self._guard), retries=0
        )


async def _answered(
    pool: httpcore.AsyncConnectionPool, url: Url, headers: list[tuple[str, str]], body: bytes
) -> Posted:
    target = httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=url.target)
    extensions = {"timeout": {"connect": _CONNECT_SECONDS}}
    async with pool.stream("POST", target, headers=headers, content=body, extensions=extensions) as answer:
        after = next((value for name, value in answer.headers if name.lower() == b"retry-after"), b"")
        wait = int(after) if after.isdigit() and len(after) <= _ACCEPTED_LENGTH else None
        return Posted(answer.status, wait)
