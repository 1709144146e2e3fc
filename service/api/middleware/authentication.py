"""Authenticates and authorises a request before its body is read (RFC 6750)."""

from __future__ import annotations

from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from cache.errors import StoreError
from service.api import access, problems
from service.api.access import Caller, Rule
from service.api.exposure import Doors
from service.api.middleware.rate_limits import WrongKeys
from service.api.openai import refusals
from service.api.problems import Problem
from service.auth.api_keys import Keys, Scope

_REALM = 'Bearer realm="istami"'


class Gate:
    """Admits requests by their key, and passes the caller to routes (``access.AtGate``).

    Args:
        app: the application to guard.
        keys: of the service.
        doors: decides which clients need none.
        wrong: counts wrong keys.
    """

    def __init__(self, app: ASGIApp, keys: Keys, doors: Doors, wrong: WrongKeys) -> None:
        self._app = app
        self._keys = keys
        self._doors = doors
        self._wrong = wrong

    async def __call__(self, connection: Connection, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if connection["type"] != "http":
            await self._app(connection, receive, send)
            return
        rule = access.rule(connection)
        try:
            caller, refusal = await self._looked_at(connection, rule)
        except StoreError as error:
            caller, refusal = Caller(), refusals.early(connection, problems.of_store(error))
        connection.setdefault("state", {})["caller"] = caller
        connection["state"]["work"] = rule.work
        await (refusal or self._app)(connection, receive, send)

    async def _looked_at(self, connection: Connection, rule: Rule) -> tuple[Caller, JSONResponse | None]:
        """The caller, and the refusal of a request that is not allowed."""
        needed, sent = rule.scope, _bearer(connection)
        if sent is None and needed is access.PUBLIC:
            return Caller(), None
        key = await run_in_threadpool(self._keys.admit, sent) if sent is not None else None
        if key is not None:
            await self._doors.see_key()
        caller = Caller(key, open=await self._doors.open_to(connection))
        if sent is not None and key is None and not caller.open:
            return Caller(), await self._wrongly_asked(connection)
        if caller.may(needed):
            # Requests from pages have the same rights with a key as without.
            from_page = rule.from_pages and connection["method"] not in access.SAFE
            return Caller() if from_page else caller, None
        if key is None:
            await self._doors.tell_why_closed(connection)
            return caller, _answer(connection, _NO_KEY, _REALM)
        asked = (needed or Scope.READ).label
        told = f'{_REALM}, error="insufficient_scope", scope="{asked}"'
        return caller, _answer(connection, _weak(key.scope.label, asked), told)

    async def _wrongly_asked(self, connection: Connection) -> JSONResponse:
        """The refusal of a wrong key; another one for a client that has sent too many."""
        await self._doors.tell_why_closed(connection)
        if too_many := await self._wrong.count(connection):
            return refusals.early(connection, too_many)
        return _answer(connection, _BAD_KEY, f'{_REALM}, error="invalid_token"')


_NO_KEY = Problem(
    401,
    "key_missing",
    "An API key is required: Authorization: Bearer KEY.",
    "هذا الطلب يحتاج إلى مفتاح: أرسِله في الترويسة Authorization: Bearer KEY.",
)
_BAD_KEY = Problem(
    401, "bad_key", "The API key is unknown or was revoked.", "هذا المفتاح غير معروف هنا، أو أُلغي."
)


def _weak(has: str, needs: str) -> Problem:
    return Problem(
        403,
        "key_too_weak",
        f"A key with the scope “{needs}” is required; yours has “{has}”.",
        f"هذا الطلب يحتاج إلى مفتاح نطاقه «{needs}»، ونطاق مفتاحك «{has}».",
    )


def _bearer(connection: Connection) -> str | None:
    """The key that was sent; other schemes are for a proxy."""
    scheme, _, sent = Headers(scope=connection).get("authorization", "").partition(" ")
    return sent.strip() if scheme.lower() == "bearer" else None


def _answer(connection: Connection, problem: Problem, authenticate: str) -> JSONResponse:
    answer = refusals.early(connection, problem)
    answer.headers["WWW-Authenticate"] = authenticate
    return answer
