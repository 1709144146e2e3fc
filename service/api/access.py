"""The one table of who may ask for what, and who is asking.

Public is what readers' browsers, podcast players and probes of health need. Every other address needs a key
of the scope that the table says. A route that is in no line of it needs a key of the highest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection
from starlette.routing import Match, compile_path
from starlette.types import Scope as Connection

from service.auth.api_keys import Key, Scope

PUBLIC = None

TABLE: Mapping[str, Scope | None] = {
    # What people see.
    "GET /": PUBLIC,
    "GET /player/{id}": PUBLIC,
    "GET /oembed": PUBLIC,
    "GET /embed.js": PUBLIC,
    "GET /assets/{name}": PUBLIC,
    # What the player and podcast players ask for: by an article's id, or by a recording's unguessable key.
    "GET /v1/articles/{id}": PUBLIC,
    "GET /v1/articles/{id}/events": PUBLIC,
    "GET /v1/articles/{id}/audio.mp3": PUBLIC,
    "GET /v1/articles/{id}/marks.json": PUBLIC,
    "GET /v1/articles/{id}/captions.vtt": PUBLIC,
    "GET /audio/{key}.mp3": PUBLIC,
    "GET /audio/{key}.json": PUBLIC,
    "GET /audio/{key}.vtt": PUBLIC,
    "GET /audio/{key}.chapters.json": PUBLIC,
    "GET /feed.xml": PUBLIC,
    "GET /cover": PUBLIC,
    "GET /cover.jpg": PUBLIC,
    "GET /cover.png": PUBLIC,
    # Page mode, which the sites' origins and quotas guard.
    "POST /v1/pages": PUBLIC,
    "GET /v1/pages": PUBLIC,
    # Health, and the description of the API.
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    "GET /docs": PUBLIC,
    "GET /docs/oauth2-redirect": PUBLIC,
    "GET /redoc": PUBLIC,
    "GET /openapi.json": PUBLIC,
    "GET /v1/voices": PUBLIC,
    # Programs that let one choose a voice ask without a key.
    "GET /v1/audio/voices": PUBLIC,
    "GET /v1/audio/models": PUBLIC,
    # Newsrooms look.
    "POST /v1/articles/{id}/address": Scope.READ,
    "POST /v1/explain": Scope.READ,
    "GET /v1/models": Scope.READ,
    "GET /v1/models/{model}": Scope.READ,
    "GET /v1/batches": Scope.READ,
    "GET /v1/batches/{id}": Scope.READ,
    "GET /v1/batches/{id}/report.jsonl": Scope.READ,
    # Newsrooms have made, and take back.
    "POST /v1/articles": Scope.WRITE,
    "DELETE /v1/articles/{id}": Scope.WRITE,
    "POST /v1/batches": Scope.WRITE,
    "DELETE /v1/batches/{id}": Scope.WRITE,
    "POST /v1/audio/speech": Scope.WRITE,
    # Whoever runs the service sees who is told of what, and sends it again.
    "GET /v1/webhooks": Scope.ADMIN,
    "GET /v1/webhooks/deliveries": Scope.ADMIN,
    "POST /v1/webhooks/deliveries/{id}/replay": Scope.ADMIN,
}
"""``GET`` stands for ``HEAD``, too."""

MAKING = frozenset({"POST /v1/articles", "POST /v1/batches", "POST /v1/audio/speech", "POST /v1/explain"})
"""What costs work. All else counts as reading."""
FREE = frozenset(
    f"GET {path}"
    for path in (
        *("/embed.js", "/assets/{name}", "/cover", "/cover.jpg", "/cover.png", "/healthz", "/readyz"),
        *("/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json"),
    )
)
"""What nobody's requests are counted of: files, and what must answer without the store."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110)."""
FROM_PAGES = frozenset({"POST /v1/pages", "GET /v1/pages"})
"""What scripts on the sites' own pages ask for: those alone among the pages of the web, and without a key.

What changes something checks ``Origin`` against the hosts of the site that it is about; ``origin_check``
lets in the origins of sites alone. All else that changes something takes no request from other sites' pages.
"""


class Work(StrEnum):
    """What a request costs, and whose allowance it is taken from."""

    MAKING = "making"
    READING = "reading"
    NONE = "none"


def work(line: str) -> Work:
    """What the requests of a line of the table cost."""
    if line in MAKING:
        return Work.MAKING
    return Work.NONE if line in FREE else Work.READING


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a request."""

    scope: Scope | None
    """Of the key that it needs."""
    work: Work
    from_pages: bool = False
    """Whether scripts on sites' pages ask for it."""
    readable: bool = False
    """Whether scripts of other sites may read the answer (CORS)."""


def _rule(line: str) -> Rule:
    public = TABLE[line] is PUBLIC
    return Rule(TABLE[line], work(line), from_pages=line in FROM_PAGES, readable=public)


_COMPILED = tuple(
    (line.partition(" ")[0], compile_path(line.partition(" ")[2])[0], _rule(line)) for line in TABLE
)
NOTHING = Rule(PUBLIC, Work.READING)
"""Holds where no route takes the request: whatever it is, the answer is 404 or 405."""
_UNLISTED = Rule(Scope.ADMIN, Work.READING)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking."""

    key: Key | None = None
    open: bool = False
    """Whether the service asks nobody for a key."""

    def may(self, needed: Scope | None) -> bool:
        """Whether this may ask for what needs such a key."""
        if self.key is not None:
            return needed is None or self.key.scope >= needed
        return needed is None or self.open

    @property
    def site(self) -> str | None:
        """The one site whose things this may see and change; ``None``: of all."""
        return self.key.site if self.key else None


def _caller(connection: HTTPConnection) -> Caller:
    caller: Caller = connection.state.caller
    return caller


AtGate = Annotated[Caller, Depends(_caller)]
"""Declares that a route must know who is asking."""


def rule(connection: Connection, method: str | None = None) -> Rule:
    """What holds for a request; where nothing is there to be had, nobody needs a key to be told so.

    Args:
        connection: the request.
        method: which it would have; by default its own.
    """
    connection = {**connection, "method": method} if method else connection
    asked = "GET" if connection["method"] == "HEAD" else connection["method"]
    for takes, path, held in _COMPILED:
        if takes == asked and path.match(connection["path"]):
            return held
    routes = connection["app"].routes
    return _UNLISTED if any(route.matches(connection)[0] is Match.FULL for route in routes) else NOTHING
