"""Security headers for every answer, unless its route sets them."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALL = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    # Players on publishers' pages load from here, by CORS where a script reads it.
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_PAGES = {
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_CSP = "Content-Security-Policy"
_NOTHING = "default-src 'none'; frame-ancestors 'none'"
_TEXTS = ("text/html", "application/json", "application/problem+json")
"""Types that a browser shows as a document. Not audio: a policy would stop the browser from playing it."""
_DOCUMENTED = (
    "default-src 'none'; script-src https://cdn.jsdelivr.net 'unsafe-inline'; "
    "style-src https://cdn.jsdelivr.net https://fonts.googleapis.com 'unsafe-inline'; "
    "img-src https://fastapi.tiangolo.com https://cdn.redoc.ly data:; font-src https://fonts.gstatic.com; "
    "connect-src 'self'; worker-src blob:; base-uri 'none'; frame-ancestors 'none'"
)
_DOCUMENTS = ("/docs", "/docs/oauth2-redirect", "/redoc")
"""FastAPI's pages, whose scripts come from elsewhere."""


class SafeHeaders:
    """Adds the headers; cached recordings are answered earlier, with all headers that they need."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, tell)


def _add(headers: MutableHeaders, path: str) -> None:
    kind = headers.get("content-type", "").partition(";")[0]
    added = _ALL | (_PAGES if kind == "text/html" else {})
    if kind in _TEXTS:
        added = {**added, _CSP: _DOCUMENTED if path in _DOCUMENTS else _NOTHING}
    for name, value in added.items():
        headers.setdefault(name, value)
