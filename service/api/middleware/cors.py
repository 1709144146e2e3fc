"""CORS: scripts on pages may read answers that ``access.TABLE`` calls public, and no others.

Except on OpenAI's routes, where scripts of origins that are configured by name may send a key.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api import access
from service.api.openai import refusals, speech
from service.config.sites import Sites

_TOLD = (
    *(
        "Accept-Ranges",
        "Content-Disposition",
        "Content-Length",
        "Content-Range",
        "ETag",
        "Link",
        "Retry-After",
    ),
    *("X-Request-ID", speech.VOICE, speech.PASSED_OVER),
)


class Cors:
    """Answers preflight requests and marks answers for browsers.

    Args:
        app: the application to guard.
        origins: that may read public answers; ``*`` for all. Origins of sites always may.
        sites: whose origins may send the requests in ``access.FROM_PAGES``.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str], sites: Sites) -> None:
        self._app = app
        self._pages = _Origins(app, sites, allow_methods=["GET", "POST"], allow_headers=["Content-Type"])
        self._named = frozenset(origins) - {"*"}
        self._openai = CORSMiddleware(
            app,
            allow_origins=self._named,
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["*"],
            expose_headers=_TOLD,
        )
        self._public = _Origins(
            app, sites, allow_origins=origins, allow_methods=["GET", "HEAD"], allow_headers=["Range"]
        )
        self._refused = CORSMiddleware(app, allow_methods=())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        guard = self._guard(scope) if scope["type"] == "http" else self._app
        await guard(scope, receive, send)

    def _guard(self, scope: Scope) -> ASGIApp:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin in self._named and scope["path"].startswith(refusals.ADDRESSES):
            return self._openai
        wanted = headers.get("access-control-request-method") if scope["method"] == "OPTIONS" else None
        rule = access.rule(scope, wanted)
        if rule.readable:
            return self._pages if rule.from_pages else self._public
        return self._refused if wanted else self._app


class _Origins(CORSMiddleware):
    def __init__(self, app: ASGIApp, sites: Sites, **options: Sequence[str]) -> None:
        super().__init__(app, expose_headers=_TOLD, **options)  # type: ignore[arg-type]
        self._sites = sites

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether it is allowed; sites are looked up each time, since they may have changed."""
        return super().is_allowed_origin(origin) or self._sites.has_origin(origin)
