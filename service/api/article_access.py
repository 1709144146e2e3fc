"""Which article a route is about, if whoever asks may see it.

A key of one site sees that site's articles. A private article is seen by who has a key, or an address that
was signed for it (``POST /v1/articles/{id}/address``). To everybody else both are as if they were not there:
the same answer after the same work, for what decides is a small value beside the article, looked at first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import Depends, Path, Query
from starlette.concurrency import run_in_threadpool

from service.api.access import AtGate, Caller
from service.api.dependencies import AppContext, ContextDep
from service.api.schemas.articles import KnownId
from service.model.article import ArticleRecord, Entry, Owner, Submission
from service.model.errors import BadArticle, Expired

Id = Annotated[KnownId, Path(alias="id", description="The article's id.", examples=["2026-11-23-rain"])]
Expires = Annotated[
    int | None,
    Query(
        ge=0,
        le=10**10,
        description="Of a signed address: until when it is good, in seconds since 1970.",
        examples=[1795478400],
    ),
]
Signature = Annotated[
    str | None, Query(max_length=100, description="Of a signed address.", examples=["uJ3c…"])
]


def own(request: Submission, caller: Caller) -> Submission:
    """A request as whoever sends it may mean it: a key of one site speaks for that site.

    Raises:
        BadArticle: it names another site.
    """
    if caller.site is None:
        return request
    if request.site not in {None, caller.site}:
        raise BadArticle(
            f"Your key is for {caller.site} alone.", f"مفتاحك للموقع {caller.site} وحده.", field="site"
        )
    return request.of(caller.site)


def _unsigned(_owner: Owner) -> bool:
    return False


def article(
    name: str, caller: Caller, context: AppContext, signed: Callable[[Owner], bool] = _unsigned
) -> ArticleRecord:
    """An article, for somebody who would see it.

    Args:
        name: its id.
        caller: who.
        context: where it is.
        signed: whether its address was, if the article is of such an owner.

    Raises:
        NotFound: there is none that they may see.
    """
    return context.article_service.article(name, _view(caller, signed))


def managed_by(caller: Caller) -> Callable[[Owner], bool]:
    """Whether somebody may change what belongs to an owner."""
    return lambda owner: caller.site in {None, owner.site}


def _view(caller: Caller, signed: Callable[[Owner], bool]) -> Callable[[Owner], bool]:
    by_key = caller.key is not None

    def seen(owner: Owner) -> bool:
        is_signed = signed(owner)  # looked at in any case: it takes as long for what is not private
        return (caller.site in {None, owner.site}) and (by_key or is_signed or not owner.private)

    return seen


def _signed(
    name: Id, context: ContextDep, expires: Expires = None, signature: Signature = None
) -> Callable[[Owner], bool]:
    """Whether an article's address was signed for it and its owner, and is good still."""

    def signed(owner: Owner) -> bool:
        if expires is None or signature is None:
            return False
        good = context.signer.signed(name, owner.site, expires, signature)
        if good and expires < time.time():
            raise Expired("This address has expired.", "انتهت صلاحية هذا العنوان.")
        return good

    return signed


Signed = Annotated[Callable[[Owner], bool], Depends(_signed)]


async def _seen(name: Id, caller: AtGate, context: ContextDep, signed: Signed) -> ArticleRecord:
    return await context.reception.settled(partial(run_in_threadpool, article, name, caller, context, signed))


async def _heard(name: Id, caller: AtGate, context: ContextDep, signed: Signed) -> Entry:
    async with context.looking:
        return await run_in_threadpool(context.article_service.entry, name, _view(caller, signed))


async def _managed(name: Id, caller: AtGate, context: ContextDep) -> ArticleRecord:
    return await context.reception.settled(
        partial(run_in_threadpool, context.article_service.article, name, managed_by(caller))
    )


Seen = Annotated[ArticleRecord, Depends(_seen)]
"""Declares that a route is about an article that is to be seen; one that is being read is waited for."""
Heard = Annotated[Entry, Depends(_heard)]
"""Declares that a route is about an article that is to be heard: without sentences, and perhaps unread."""
Managed = Annotated[ArticleRecord, Depends(_managed)]
"""Declares that a route changes an article, or lets others see it; ``access.TABLE`` wants a key for that."""
