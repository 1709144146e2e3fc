"""Fetches a page, hop by hop, within limits. Every error of a library is translated here."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpcore

from service.fetching import body
from service.fetching.agent import agent
from service.fetching.guard import Guard
from service.fetching.network import GuardedNetwork
from service.fetching.robots import MOST_BYTES, Robots
from service.fetching.url import Url
from service.model.counting import SECOND, counted
from service.model.errors import (
    Absent,
    FetchError,
    Forbidden,
    NotAllowed,
    TooSlow,
    Unavailable,
    Unfit,
    Unreachable,
)

T = TypeVar("T")

REDIRECTS = 5
"""Hops at most."""
_CONNECT_SECONDS = 5.0
_MARKUP = frozenset({"text/html", "application/xhtml+xml"})
_PAGES = _MARKUP | {"text/plain"}
_INDEXES = frozenset(
    {
        *(
            "application/xml",
            "text/xml",
            "application/rss+xml",
            "application/atom+xml",
            "application/rdf+xml",
        ),
        *("application/gzip", "application/x-gzip", "application/octet-stream", "text/plain"),
    }
)
"""Types of sitemaps and feeds; servers send packed sitemaps under many types."""
_MOVED = frozenset({301, 302, 303, 307, 308})
_OK, _NOT_MODIFIED, _CLIENT_ERRORS = 200, 304, range(400, 500)
_TOO_MANY_REQUESTS = 429
_ABSENT = frozenset({404, 410})

Allowed = Callable[[str], bool]
"""Whether pages of a host may be fetched."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for one page, and for concurrent fetches."""

    seconds: float
    """From the first look-up to the last byte."""
    size: int
    """Bytes of the page, unpacked."""
    at_once: int
    """Pages that one process fetches at the same time."""


@dataclass(frozen=True, slots=True)
class Validators:
    """Validators that a server sent for a version of a page (RFC 9110, section 8.8)."""

    etag: str | None = None
    modified: str | None = None

    def headers(self) -> dict[str, str]:
        """The conditional headers that request the page only if it has changed."""
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A fetched page."""

    url: Url
    """After all redirects."""
    text: str
    markup: bool
    """HTML; else plain text."""
    validators: Validators


class Fetcher:
    """Fetches public pages: no cookies, no scripts, no private network.

    Args:
        guard: which addresses may be connected to.
        limits: for one page, and for concurrent fetches.
        home: contact URL in the User-Agent; may be empty.
        trust: trusted certificates; by default the machine's and Mozilla's.
    """

    def __init__(
        self, guard: Guard, limits: Limits, home: str = "", trust: ssl.SSLContext | None = None
    ) -> None:
        self._guard = guard
        self._limits = limits
        self._agent = agent(home)
        self._trust = trust or httpcore.default_ssl_context()
        self._robots = Robots()
        self._at_work = 0

    async def fetch(self, url: Url, allowed: Allowed, known: Validators | None = None) -> Fetched | None:
        """A page; ``None`` if ``known`` still validates it.

        Args:
            url: of the page.
            allowed: checks the host of every hop.
            known: of the version that is stored already.

        Raises:
            NotAllowed: by the site list, the network, or robots.txt, at any hop.
            Forbidden: robots.txt forbids the page itself, not only the target of a redirect.
            BadUrl: a redirect leads to no page.
            Absent: there is no such page (404, 410).
            Unreachable, Unfit, TooSlow: the page is at fault.
            Unavailable: too many pages are being fetched.
        """
        return await self._visited(url, allowed, lambda visit: visit.page(url, known or Validators()))

    async def index(self, url: Url, allowed: Allowed) -> bytes:
        """A sitemap or feed, as served: it may be a packed file.

        Raises:
            NotAllowed, BadUrl, Unreachable, Unfit, TooSlow, Unavailable: as ``fetch``.
        """
        return await self._visited(url, allowed, lambda visit: visit.index(url))

    async def _visited(self, url: Url, allowed: Allowed, visit: Callable[[_Visit], Awaitable[T]]) -> T:
        with self._turn():
            try:
                async with asyncio.timeout(self._limits.seconds), self._pool() as pool:
                    return await visit(_Visit(pool, self._agent, self._robots, allowed, self._limits.size))
            except TimeoutError as error:
                raise TooSlow(
                    f"{url.host} did not return the page within {self._limits.seconds:g} s.",
                    f"لم يسلّم {url.host} الصفحة خلال {counted(self._limits.seconds, SECOND)}.",
                    field="url",
                ) from error

    @contextmanager
    def _turn(self) -> Generator[None]:
        if self._at_work >= self._limits.at_once:
            raise Unavailable(
                "Too many pages are being fetched at the moment.", "تُجلب صفحات كثيرة في هذه اللحظة."
            )
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1

    def _pool(self) -> httpcore.AsyncConnectionPool:
        """Connections of one fetch, so that none outlives its DNS look-up."""
        return httpcore.AsyncConnectionPool(
            ssl_context=self._trust, network_backend=GuardedNetwork(self._guard), retries=0
        )


@dataclass(frozen=True, slots=True)
class _Visit:
    """One fetch, over its own connections."""

    pool: httpcore.AsyncConnectionPool
    agent: str
    robots: Robots
    allowed: Allowed
    most: int

    async def page(self, url: Url, known: Validators) -> Fetched | None:
        async with self._arrived(url, known.headers()) as (where, answer):
            if answer.status == _NOT_MODIFIED and known.headers():
                return None
            kind = _checked(where, answer, _PAGES)
            validators = Validators(
                _header(answer, b"etag") or None, _header(answer, b"last-modified") or None
            )
            return Fetched(where, await self._text(answer, self.most), kind in _MARKUP, validators)

    async def index(self, url: Url) -> bytes:
        async with self._arrived(url, {}) as (where, answer):
            _checked(where, answer, _INDEXES)
            return await self._whole(answer, self.most)

    @asynccontextmanager
    async def _arrived(
        self, url: Url, conditions: dict[str, str]
    ) -> AsyncGenerator[tuple[Url, httpcore.Response]]:
        """The answer at the end of all redirects."""
        for hop in range(REDIRECTS + 1):
            self._admit(url)
            await self._obey(url, redirected=hop > 0)
            async with self._answer(url, conditions) as answer:
                if answer.status not in _MOVED:
                    yield url, answer
                    return
                url = url.joined(_header(answer, b"location"))
        raise _unreachable(url, "it redirects too often", "إعادات التوجيه كثيرة")

    def _admit(self, url: Url) -> None:
        if not self.allowed(url.host):
            raise NotAllowed(
                f"Pages of “{url.host}” are not fetched here. Allow it with `istami sites add {url.host}`.",
                f"لا تُجلب هنا صفحات «{url.host}». للسماح بها: `istami sites add {url.host}`.",
                field="url",
            )

    async def _obey(self, url: Url, *, redirected: bool) -> None:
        """Follow a robots.txt. Its rules say nothing of a page that redirects, to a login for example."""
        try:
            await self.robots.check(url, self._rules)
        except Forbidden as error:
            if redirected:
                raise NotAllowed(error.en, error.ar, field="url") from error
            raise

    async def _rules(self, url: Url) -> str | None:
        """A robots.txt (RFC 9309, section 2.3.1): a missing one allows all, a failing server forbids all."""
        try:
            for _ in range(REDIRECTS + 1):
                async with self._answer(url, {}) as answer:
                    if answer.status == _OK:
                        return await self._text(answer, MOST_BYTES)
                    if answer.status not in _MOVED:
                        absent = answer.status in _CLIENT_ERRORS and answer.status != _TOO_MANY_REQUESTS
                        return "" if absent else None
                    url = url.joined(_header(answer, b"location"))
                    if not self.allowed(url.host):
                        return ""
        except Unfit:
            return None
        return ""

    async def _text(self, answer: httpcore.Response, most: int) -> str:
        return body.text(await self._whole(answer, most), _header(answer, b"content-type"))

    async def _whole(self, answer: httpcore.Response, most: int) -> bytes:
        encoding = _header(answer, b"content-encoding").strip().lower()
        return await body.whole(answer.aiter_stream(), encoding, most)

    @asynccontextmanager
    async def _answer(self, url: Url, conditions: dict[str, str]) -> AsyncGenerator[httpcore.Response]:
        """Send a request; the answer is valid while its body arrives."""
        headers = [
            ("Host", url.authority),
            ("User-Agent", self.agent),
            ("Accept", "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"),
            ("Accept-Encoding", body.ACCEPTED),
            *conditions.items(),
        ]
        extensions = {"timeout": {"connect": _CONNECT_SECONDS}}
        target = httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=url.target)
        try:
            async with self.pool.stream("GET", target, headers=headers, extensions=extensions) as answer:
                yield answer
        except (FetchError, TimeoutError):
            raise
        except httpcore.TimeoutException as error:
            raise TimeoutError(str(error)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise _unreachable(url, str(error) or "no answer", "تعذّر الاتصال") from error


def _checked(url: Url, answer: httpcore.Response, kinds: frozenset[str]) -> str:
    """The content type of a successful answer of an expected kind."""
    if answer.status != _OK:
        fault = Absent if answer.status in _ABSENT else Unreachable
        raise _unreachable(url, f"it returned {answer.status}", f"الرد {answer.status}", fault)
    kind = _header(answer, b"content-type").partition(";")[0].strip().lower()
    if kind not in kinds:
        raise Unfit(
            f"The resource at this address is not a page: “{kind}”.",
            f"ما في هذا العنوان ليس صفحة، بل «{kind}».",
            field="url",
        )
    return kind


def _header(answer: httpcore.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in answer.headers if key.lower() == name), "")


def _unreachable(url: Url, why: str, why_ar: str, kind: type[Unreachable] = Unreachable) -> Unreachable:
    return kind(
        f"{url.host} did not return the page: {why}.",
        f"لم يسلّم {url.host} الصفحة: {why_ar}.",
        field="url",
    )
