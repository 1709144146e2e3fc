"""Nobody's request is read before it is known whose it is and that it may be asked (RFC 6750)."""

from __future__ import annotations

import time

from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from cache.errors import StoreError
from service.api import access, problems
from service.api.access import Caller
from service.api.openai import refusals
from service.api.problems import Problem
from service.keys import Keys, Scope

_LOOK_SECONDS = 2.0
"""How long a service that is open while there are no keys may take to see the first one."""
_REALM = 'Bearer realm="istami"'


class Gate:
    """Lets requests in by their key, and tells routes whose they are (``access.AtGate``).

    Args:
        app: what is guarded.
        keys: that are good here.
        open: whether nobody needs one; ``None``: as long as there are none.
    """

    def __init__(self, app: ASGIApp, keys: Keys, *, open: bool | None) -> None:  # noqa: A002  # as it is set
        self._app = app
        self._keys = keys
        self._open = open
        self._looked = float("-inf")

    async def __call__(self, connection: Connection, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if connection["type"] != "http":
            await self._app(connection, receive, send)
            return
        rule = access.rule(connection)
        try:
            caller, refusal = await self._looked_at(connection, rule.scope)
        except StoreError as error:
            caller, refusal = Caller(), refusals.early(connection, problems.of_store(error))
        connection.setdefault("state", {})["caller"] = caller
        connection["state"]["work"] = rule.work
        await (refusal or self._app)(connection, receive, send)

    async def _looked_at(
        self, connection: Connection, needed: Scope | None
    ) -> tuple[Caller, JSONResponse | None]:
        """Who asks, and the refusal where they may not."""
        sent = _bearer(connection)
        if sent is None and needed is access.PUBLIC:
            return Caller(open=self._open or False), None
        key = await run_in_threadpool(self._keys.admit, sent) if sent is not None else None
        caller = Caller(key, open=await self._is_open())
        if sent is not None and key is None and not caller.open:
            return Caller(), _answer(connection, _BAD_KEY, f'{_REALM}, error="invalid_token"')
        if caller.may(needed):
            return caller, None
        if key is None:
            return caller, _answer(connection, _NO_KEY, _REALM)
        asked = (needed or Scope.READ).label
        told = f'{_REALM}, error="insufficient_scope", scope="{asked}"'
        return caller, _answer(connection, _weak(key.scope.label, asked), told)

    async def _is_open(self) -> bool:
        """Whether nobody needs a key now. A process that has seen one stays closed, even if it is lost."""
        if self._open is None and time.monotonic() - self._looked >= _LOOK_SECONDS:
            self._looked = time.monotonic()
            if await run_in_threadpool(self._keys.exist):
                self._open = False
        return self._open is not False


_NO_KEY = Problem(
    401,
    "key_missing",
    "This needs an API key: Authorization: Bearer KEY.",
    "هذا الطلب يحتاج إلى مفتاح: أرسِله في الترويسة Authorization: Bearer KEY.",
)
_BAD_KEY = Problem(
    401, "bad_key", "That key is not known here, or was revoked.", "هذا المفتاح غير معروف هنا، أو أُلغي."
)


def _weak(has: str, needs: str) -> Problem:
    return Problem(
        403,
        "key_too_weak",
        f"This needs a key for “{needs}”; yours is for “{has}”.",
        f"هذا الطلب يحتاج إلى مفتاح نطاقه «{needs}»، ونطاق مفتاحك «{has}».",
    )


def _bearer(connection: Connection) -> str | None:
    """What was sent as a key; other schemes are a proxy's matter."""
    scheme, _, sent = Headers(scope=connection).get("authorization", "").partition(" ")
    return sent.strip() if scheme.lower() == "bearer" else None


def _answer(connection: Connection, problem: Problem, authenticate: str) -> JSONResponse:
    answer = refusals.early(connection, problem)
    answer.headers["WWW-Authenticate"] = authenticate
    return answer
