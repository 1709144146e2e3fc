"""The access table: which scope each route needs, and the caller of a request.

Routes that readers' browsers, podcast players and health probes need are public. Every other route needs a
key of the scope in the table. A route that the table does not list needs the highest scope.
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
    # Pages for people.
    "GET /": PUBLIC,
    "GET /player/{id}": PUBLIC,
    "GET /oembed": PUBLIC,
    "GET /embed.js": PUBLIC,
    "GET /embed-more.js": PUBLIC,
    "GET /assets/{name}": PUBLIC,
    # Requests of the player and of podcast players: by an article's id, or a recording's unguessable key.
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
    # Page mode, guarded by the sites' origins and quotas.
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
    # Programs that let users choose a voice send these without a key.
    "GET /v1/audio/voices": PUBLIC,
    "GET /v1/audio/models": PUBLIC,
    # Newsrooms read.
    "POST /v1/articles/{id}/address": Scope.READ,
    "POST /v1/explain": Scope.READ,
    "GET /v1/models": Scope.READ,
    "GET /v1/models/{model}": Scope.READ,
    "GET /v1/batches": Scope.READ,
    "GET /v1/batches/{id}": Scope.READ,
    "GET /v1/batches/{id}/report.jsonl": Scope.READ,
    # Newsrooms submit and delete.
    "POST /v1/articles": Scope.WRITE,
    "DELETE /v1/articles/{id}": Scope.WRITE,
    "POST /v1/batches": Scope.WRITE,
    "DELETE /v1/batches/{id}": Scope.WRITE,
    "POST /v1/audio/speech": Scope.WRITE,
    # The operator installs voices.
    "GET /v1/voices/{id}/install": Scope.ADMIN,
    "POST /v1/voices/{id}/install": Scope.ADMIN,
    # The operator lists webhooks and deliveries, and replays deliveries.
    "GET /v1/webhooks": Scope.ADMIN,
    "GET /v1/webhooks/deliveries": Scope.ADMIN,
    "POST /v1/webhooks/deliveries/{id}/replay": Scope.ADMIN,
}
"""``GET`` includes ``HEAD``."""

MAKING = frozenset({"POST /v1/articles", "POST /v1/batches", "POST /v1/audio/speech", "POST /v1/explain"})
"""Requests that start work. All others count as reading."""
FREE = frozenset(
    f"GET {path}"
    for path in (
        *("/embed.js", "/embed-more.js", "/assets/{name}", "/cover", "/cover.jpg", "/cover.png"),
        *("/healthz", "/readyz"),
        *("/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json"),
    )
)
"""Requests that are not counted: for files, and for routes that must answer without the store."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110)."""
FROM_PAGES = frozenset({"POST /v1/pages", "GET /v1/pages"})
"""Requests of scripts on the sites' own pages, without a key; no other pages may send them.

A route that changes data checks ``Origin`` against the hosts of its site; ``origin_check`` admits only the
origins of sites. All other routes that change data refuse requests from pages of other sites.
"""


class Work(StrEnum):
    """The kind of work that a request costs, and the allowance that it uses."""

    MAKING = "making"
    READING = "reading"
    NONE = "none"


def work(line: str) -> Work:
    """The kind of work of requests to a line of the table."""
    if line in MAKING:
        return Work.MAKING
    return Work.NONE if line in FREE else Work.READING


@dataclass(frozen=True, slots=True)
class Rule:
    """The access rule of a request."""

    scope: Scope | None
    """Of the key that the request needs."""
    work: Work
    from_pages: bool = False
    """Whether scripts on sites' pages send it."""
    readable: bool = False
    """Whether scripts of other sites may read the answer (CORS)."""


def _rule(line: str) -> Rule:
    public = TABLE[line] is PUBLIC
    return Rule(TABLE[line], work(line), from_pages=line in FROM_PAGES, readable=public)


_COMPILED = tuple(
    (line.partition(" ")[0], compile_path(line.partition(" ")[2])[0], _rule(line)) for line in TABLE
)
NOTHING = Rule(PUBLIC, Work.READING)
"""The rule where no route takes the request: the answer is 404 or 405."""
_UNLISTED = Rule(Scope.ADMIN, Work.READING)


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request."""

    key: Key | None = None
    open: bool = False
    """Whether the service requires no key."""

    def may(self, needed: Scope | None) -> bool:
        """Whether the caller may send a request that needs such a key."""
        if self.key is not None:
            return needed is None or self.key.scope >= needed
        return needed is None or self.open

    @property
    def site(self) -> str | None:
        """The one site whose data the caller may see and change; ``None``: all sites."""
        return self.key.site if self.key else None


def _caller(connection: HTTPConnection) -> Caller:
    caller: Caller = connection.state.caller
    return caller


AtGate = Annotated[Caller, Depends(_caller)]
"""Declares that a route needs the caller."""


def rule(connection: Connection, method: str | None = None) -> Rule:
    """The access rule of a request; a 404 or 405 needs no key.

    Args:
        connection: the request.
        method: to assume for it; by default its own.
    """
    connection = {**connection, "method": method} if method else connection
    asked = "GET" if connection["method"] == "HEAD" else connection["method"]
    for takes, path, held in _COMPILED:
        if takes == asked and path.match(connection["path"]):
            return held
    routes = connection["app"].routes
    return _UNLISTED if any(route.matches(connection)[0] is Match.FULL for route in routes) else NOTHING
