"""Which pages' scripts may read what (CORS): page mode is for the sites' own, the rest for whom it is set."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.page_mode import PATH
from service.sites import Sites

_TOLD = ("Accept-Ranges", "Content-Length", "Content-Range", "ETag", "Retry-After", "X-Request-ID")


class Cors:
    """Answers preflight requests and marks answers for browsers.

    Args:
        app: what is guarded.
        origins: that may read articles and audio; ``*`` for all. Those of sites may anyway.
        sites: whose origins may use page mode.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str], sites: Sites) -> None:
        self._pages = _Origins(app, sites, allow_methods=["GET", "POST"], allow_headers=["Content-Type"])
        self._rest = _Origins(
            app, sites, allow_origins=origins, allow_methods=["GET", "HEAD"], allow_headers=["Range"]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        guard = self._pages if scope.get("path") == PATH else self._rest
        await guard(scope, receive, send)


class _Origins(CORSMiddleware):
    def __init__(self, app: ASGIApp, sites: Sites, **options: Sequence[str]) -> None:
        super().__init__(app, expose_headers=_TOLD, **options)  # type: ignore[arg-type]
        self._sites = sites

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether it is allowed; sites are looked up now, for they may have changed."""
        return super().is_allowed_origin(origin) or self._sites.has_origin(origin)
