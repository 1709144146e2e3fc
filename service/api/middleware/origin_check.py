"""Refuses requests that pages of other sites make a user's browser send.

A page can reach a service that needs no key, or that the user's browser can reach, in two ways: by a request
from another site (CSRF), and by its own host name whose address it changes to ours (DNS rebinding). Browsers
report the source of a request (``Sec-Fetch-Site``, ``Origin``) and the host name (``Host``), and no script
can change these headers.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from cache.errors import StoreError
from service.api import access
from service.api.exposure import Doors, named
from service.api.middleware.headers import SafeHeaders
from service.api.openai import refusals
from service.api.problems import Problem
from service.config.sites import Sites

_OWN = frozenset({"same-origin", "none"})
"""``Sec-Fetch-Site`` of our own pages, and of requests from no page.

Not ``same-site``: that is also every other port of this machine, and every other host of a domain.
"""
_PORTS = {"http": ":80", "https": ":443"}

_HOST = Problem(
    421,
    "foreign_host",
    "This service requires no key, so it accepts requests only to localhost, to an IP address, and to the "
    "host of ISTAMI_PUBLIC_URL. Set ISTAMI_PUBLIC_URL to the address that you use, or create a key.",
    "لا تطلب هذه الخدمة مفتاحًا، فلا تستجيب إلا للاسم localhost أو لعنوان IP أو لمضيف ISTAMI_PUBLIC_URL. "
    "اضبط ISTAMI_PUBLIC_URL على العنوان الذي تستعمله، أو أنشئ مفتاحًا.",
)
_ORIGIN = Problem(
    403,
    "foreign_origin",
    "Pages of other sites may not send this request. If the page is istami's own, set ISTAMI_PUBLIC_URL to "
    "its address.",
    "لا يُقبل هذا الطلب من صفحة في موقع آخر. إن كانت الصفحة من istami نفسه فاضبط ISTAMI_PUBLIC_URL على "
    "عنوانها.",
)
_NO_SITE = Problem(
    403,
    "not_allowed",
    "This takes requests from the pages of sites alone, and that origin is none of theirs: "
    "istami sites set SITE --origin ORIGIN.",
    "لا يُقبل هذا الطلب إلا من صفحات المواقع المسجّلة، وليس هذا المصدر منها: "
    "istami sites set SITE --origin ORIGIN.",
)


class Forgery:
    """Refuses requests from pages of other sites. Runs before everything that answers.

    Args:
        app: the application to guard.
        doors: decides which clients need no key.
        public_url: of the service; empty if it is not configured.
        named: origins that are configured by name: with a key, their scripts may send any request.
        sites: whose pages may send the requests in ``access.FROM_PAGES``.
    """

    def __init__(
        self, app: ASGIApp, doors: Doors, public_url: str, named: Sequence[str], sites: Sites
    ) -> None:
        self._app = app
        self._doors = doors
        self._public_origin = _origin(public_url)
        self._named = frozenset(named) - {"*"}
        self._sites = sites

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        refusal = await self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
            return
        await SafeHeaders(refusals.early(scope, refusal))(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Problem | None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if not all(map(self._doors.takes, hosts)) and await self._open_to(scope):
            return _HOST
        if scope["method"] in access.SAFE:
            return None
        rule, headers = access.rule(scope), Headers(scope=scope)
        if rule is access.NOTHING:
            return None
        if rule.from_pages:
            origin = headers.get("origin")
            # Without one, no page sent the request: the route decides whether it is allowed.
            return None if origin is None or self._sites.has_origin(origin) else _NO_SITE
        return None if self._is_own(headers) else _ORIGIN

    async def _open_to(self, scope: Scope) -> bool:
        try:
            return await self._doors.open_to(scope)
        except StoreError:
            return True  # unknown: refuse, as if the service were open

    def _is_own(self, headers: Headers) -> bool:
        """Whether a request comes from our own page, or from no page at all."""
        origin = headers.get("origin")
        # Browsers do not add keys: a script that sends one has it from its own site.
        if origin in self._named and headers.get("authorization"):
            return True
        if headers.get("sec-fetch-site", "none").lower() not in _OWN:
            return False
        if origin is None or _origin(origin) == self._public_origin != "":
            return True
        scheme, _, rest = origin.lower().partition("://")
        own = headers.get("host", "").lower()
        return bool(rest) and own.removesuffix(_PORTS.get(scheme, "")) == rest.removesuffix(
            _PORTS.get(scheme, "")
        )


def _origin(url: str) -> str:
    """The origin of a URL, as browsers write it; empty if there is none."""
    try:
        parts = urlsplit(url.lower())
    except ValueError:
        return ""
    port = _PORTS.get(parts.scheme, "")
    name, colon, number = parts.netloc.removesuffix(port).partition(":")
    return f"{parts.scheme}://{named(name)}{colon}{number}" if parts.netloc else ""
