"""The article that a route is about, if the caller may see it.

A key of one site sees that site's articles. A private article needs a key, or a URL that was signed for it
(``POST /v1/articles/{id}/address``). Other callers get the same answer as for a missing article, after the
same work: a small value beside the article decides, and is read first.
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
        description="Expiry time of a signed URL, in seconds since 1970.",
        examples=[1795478400],
    ),
]
Signature = Annotated[
    str | None, Query(max_length=100, description="Signature of a signed URL.", examples=["uJ3c…"])
]


def own(request: Submission, caller: Caller) -> Submission:
    """A request with the site that the caller may act for: a key of one site acts for that site.

    Raises:
        BadArticle: it names another site.
    """
    if caller.site is None:
        return request
    if request.site not in {None, caller.site}:
        raise BadArticle(
            f"Your key is limited to {caller.site}.", f"مفتاحك للموقع {caller.site} وحده.", field="site"
        )
    return request.of(caller.site)


def _unsigned(_owner: Owner) -> bool:
    return False


def article(
    name: str, caller: Caller, context: AppContext, signed: Callable[[Owner], bool] = _unsigned
) -> ArticleRecord:
    """An article, if the caller may see it.

    Args:
        name: its id.
        caller: of the request.
        context: has the articles.
        signed: whether the URL was signed for an article of that owner.

    Raises:
        NotFound: there is none that the caller may see.
    """
    return context.article_service.article(name, _view(caller, signed))


def managed_by(caller: Caller) -> Callable[[Owner], bool]:
    """Whether a caller may change what belongs to an owner."""
    return lambda owner: caller.site in {None, owner.site}


def _view(caller: Caller, signed: Callable[[Owner], bool]) -> Callable[[Owner], bool]:
    by_key = caller.key is not None

    def seen(owner: Owner) -> bool:
        is_signed = signed(owner)  # always checked: public articles take as long
        return (caller.site in {None, owner.site}) and (by_key or is_signed or not owner.private)

    return seen


def _signed(
    name: Id, context: ContextDep, expires: Expires = None, signature: Signature = None
) -> Callable[[Owner], bool]:
    """Whether an article's URL was signed for it and its owner, and has not expired."""

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
"""Declares that a route shows an article; the route waits while the article is being read."""
Heard = Annotated[Entry, Depends(_heard)]
"""Declares that a route plays an article: the entry has no sentences, and may be unread."""
Managed = Annotated[ArticleRecord, Depends(_managed)]
"""Declares that a route changes an article, or lets others see it; ``access.TABLE`` requires a key."""
