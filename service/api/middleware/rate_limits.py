"""Limits requests a minute for each client, and concurrent work in this process."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cache.errors import StoreError
from cache.ledger import Allowances, Taken
from service.api import clients
from service.api.access import Caller, Work
from service.api.openai import refusals
from service.api.problems import Problem
from service.pages.quotas import subscriber
from service.storage.keys import RATES

_SECONDS = 60
_BUSY = Problem(
    503,
    "busy",
    "The server is busy. Please retry in a few seconds.",
    "الطلبات كثيرة الآن؛ أعد المحاولة بعد لحظات.",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits."""

    most: Mapping[Work, int]
    """Requests a minute, for each key, and for each address of those who have none; 0: any number."""
    at_once: int
    """Concurrent requests of ``Work.MAKING`` in this process."""


class WrongKeys:
    """Counts wrong keys by the address that sends them, in the ledger. Valid keys are never refused for that.

    Args:
        allowances: of the ledger.
        most: wrong keys a minute from one address; 0: any number.
    """

    def __init__(self, allowances: Allowances, most: int) -> None:
        self._allowances = allowances
        self._most = most

    async def count(self, scope: Scope) -> Problem | None:
        """Count one more; the refusal if that is one too many.

        A ledger that does not answer refuses none.
        """
        if not self._most:
            return None
        try:
            who = subscriber(clients.address(scope))
            taken = await self._allowances.take(RATES, f"wrong-key:{who}", self._most, _SECONDS)
        except StoreError:
            return None
        return None if taken.allowed else _too_many_wrong(self._most, taken)


class Rates:
    """Counts requests by client, in the ledger, and concurrent work, in this process. Runs behind the gate.

    Args:
        app: the application to guard.
        allowances: counters that all web processes share.
        limits: to apply.
    """

    def __init__(self, app: ASGIApp, allowances: Allowances, limits: Limits) -> None:
        self._app = app
        self._allowances = allowances
        self._limits = limits
        self._at_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        work: Work = scope["state"]["work"]
        headers, refusal = await self._counted(scope, work)
        if refusal is None and work is Work.MAKING:
            await self._made(scope, receive, _telling(send, headers))
            return
        answer = refusals.early(scope, refusal) if refusal else self._app
        await answer(scope, receive, _telling(send, headers))

    async def _made(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless too many are at work; one whose answer has begun is no longer at work."""
        if self._at_work >= self._limits.at_once:
            await refusals.early(scope, _BUSY)(scope, receive, send)
            return
        working = [True]
        self._at_work += 1

        def done() -> None:
            self._at_work -= len(working)
            working.clear()

        async def tell(message: Message) -> None:
            done()
            await send(message)

        try:
            await self._app(scope, receive, tell)
        finally:
            done()

    async def _counted(self, scope: Scope, work: Work) -> tuple[dict[str, str], Problem | None]:
        """The rate headers of an answer, and the refusal if the rate is too high.

        Requests of this machine itself without a key are not counted. If the store does not answer, requests
        pass: their own use of the store will report that.
        """
        most, who = self._limits.most.get(work, 0), _who(scope)
        if not most or who is None:
            return {}, None
        try:
            taken = await self._allowances.take(RATES, f"{work}:{who}", most, _SECONDS)
        except StoreError:
            return {}, None
        return _told(work, most, taken), None if taken.allowed else _too_many(most, taken)


def _who(scope: Scope) -> str | None:
    """The client whose requests are counted together; ``None``: not counted."""
    caller: Caller = scope["state"]["caller"]
    if caller.key is not None:
        return f"key:{caller.key.id}"
    return None if clients.local(scope) else f"address:{subscriber(clients.address(scope))}"


def _too_many(most: int, taken: Taken) -> Problem:
    return Problem(
        429,
        "too_many",
        f"At most {most} such requests per minute.",
        f"الحدّ الأقصى لهذا النوع من الطلبات في الدقيقة: {most}.",
        retry_after=max(1, math.ceil(taken.wait)),
    )


def _too_many_wrong(most: int, taken: Taken) -> Problem:
    return Problem(
        429,
        "too_many_wrong_keys",
        f"At most {most} invalid keys per minute. A valid key is always accepted.",
        f"تجاوزت المفاتيح الخاطئة الحدّ الأقصى في الدقيقة: {most}. أما المفتاح الصحيح فيُقبل في أي وقت.",
        retry_after=max(1, math.ceil(taken.wait)),
    )


def _told(work: Work, most: int, taken: Taken) -> dict[str, str]:
    """Headers of draft-ietf-httpapi-ratelimit-headers-10."""
    return {
        "RateLimit-Policy": f'"{work}";q={most};w={_SECONDS}',
        "RateLimit": f'"{work}";r={taken.left};t={math.ceil(taken.full)}',
    }


def _telling(send: Send, headers: Mapping[str, str]) -> Send:
    """Adds headers to an answer."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return tell if headers else send
