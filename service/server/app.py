"""The web process: routes over the service's parts. It never loads a model and never waits for one."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib.metadata import version
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from cache.store import Store
from service.api import addresses, clients, exposure, openai, problems
from service.api.middleware import (
    authentication,
    body_limit,
    cached_audio,
    compression,
    cors,
    head,
    headers,
    observability,
    origin_check,
    range_fast_path,
    rate_limits,
)
from service.api.routes import (
    about,
    articles,
    audio,
    batches,
    feed,
    page_mode,
    player_pages,
    voices,
    webhooks,
)
from service.api.schemas import openapi
from service.config.settings import Settings
from service.jobs.celery_queue import Queue
from service.metrics import background, tracing
from service.metrics.shipping import Shipper
from service.server.web_container import WebContainer
from service.storage.keys import ROUND

_ROUND_SECONDS = 3.0
"""Interval of recovery for recordings whose worker may have died."""
_FEEDING_SECONDS = 1.0
"""Interval of rounds for batches."""
_PAGE_SECONDS = 60.0
"""Interval of test readings of a page."""
_DISK_SECONDS = 5.0
"""Interval of checks whether Redis can write to disk."""
_TELLING_SECONDS = 1.0
"""Interval of rounds for webhooks."""
_BACKGROUND_THREADS = 1
"""Of each kind of background work."""


def build(settings: Settings, url: str, *, exposed: bool = False) -> FastAPI:
    """The application.

    Args:
        settings: of the service.
        url: of the Redis to use.
        exposed: whether other machines can reach it: then it needs keys, unless it is configured as open.
    """
    parts = WebContainer(settings, url)
    context, feeder, delivery_sender = parts.context, parts.feeder, parts.delivery_sender
    shipper = Shipper(parts.store, parts.ledger, "web")
    is_open = False if exposed and settings.open is None else settings.open
    door = exposure.Doors(parts.keys, open=is_open, public_url=settings.public_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # The first article must not wait for tables of words to be read from disk.
        await run_in_threadpool(context.reception.begin)
        # Nor must a listener wait while the collector scans those permanent tables every few seconds.
        gc.collect()
        gc.freeze()
        tracing.begin("web")
        background.in_thread("metrics", shipper.ship, Shipper.SECONDS)
        rounds = [
            asyncio.create_task(background.supervise(work, act, seconds))
            for work, act, seconds in (
                ("recovery", _in_turn(parts.store, parts.queue, context.recover), _ROUND_SECONDS),
                ("pages", context.reception.try_page, _PAGE_SECONDS),
                ("unread articles", partial(_threads(), context.reception.round), _ROUND_SECONDS),
                ("batches", partial(_threads(), feeder.round), _FEEDING_SECONDS),
                ("webhooks", partial(_threads(), context.event_publisher.round), _TELLING_SECONDS),
                ("webhooks", delivery_sender.round, _TELLING_SECONDS),
                ("durability", partial(_threads(), parts.durability.round), _DISK_SECONDS),
            )
        ]
        yield
        for each in rounds:
            each.cancel()
            with suppress(asyncio.CancelledError):
                await each
        await run_in_threadpool(context.voice_installs.close)
        await run_in_threadpool(context.reception.close)
        await delivery_sender.stop()
        await context.reader.close()
        await context.allowances.close()
        await run_in_threadpool(shipper.end)
        await run_in_threadpool(tracing.end)

    app = observability.Watched(
        title="istami استمع",
        summary="Arabic articles, read aloud.",
        version=version("istami"),
        lifespan=lifespan,
        around=partial(
            range_fast_path.Slices, reader=context.reader, undamaged=context.undamaged, takes=door.takes
        ),
        # The watch counts and traces; FastAPI itself would read the environment at every request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.context = context
    app.add_middleware(
        body_limit.BodyLimit,
        most=settings.max_body_bytes,
        seconds=settings.client_seconds,
        streamed=addresses.BATCHES,
    )
    app.add_middleware(rate_limits.Rates, allowances=context.allowances, limits=parts.rates)
    wrong = rate_limits.WrongKeys(context.allowances, settings.rate_wrong_keys)
    app.add_middleware(authentication.Gate, keys=parts.keys, doors=door, wrong=wrong)
    app.add_middleware(headers.SafeHeaders)
    app.add_middleware(compression.Compression)
    app.add_middleware(head.Head)  # outside middleware that changes lengths
    app.add_middleware(cached_audio.Hits, reader=context.reader, undamaged=context.undamaged)
    app.add_middleware(cors.Cors, origins=settings.cors_origins, sites=parts.sites)
    app.add_middleware(
        origin_check.Forgery,
        doors=door,
        public_url=settings.public_url,
        named=settings.cors_origins,
        sites=parts.sites,
    )
    app.add_middleware(clients.Clients, trusted=settings.trusted_proxies)
    problems.install(app)
    for room in (articles, batches, webhooks, page_mode, audio, feed, openai, about, voices, player_pages):
        app.include_router(room.router)
    app.webhooks.include_router(webhooks.events)
    openapi.describe(app)
    return app


def _threads() -> Callable[..., Awaitable[Any]]:
    """Threads for background work, so that requests keep theirs while it waits for the store."""
    return partial(to_thread.run_sync, limiter=CapacityLimiter(_BACKGROUND_THREADS))


def _in_turn(store: Store, queue: Queue, recover: Callable[..., None]) -> Callable[[], Awaitable[None]]:
    """A round that requests recordings again whose worker died.

    Of all web processes, only one does each round.
    """
    aside = _threads()

    async def look_after() -> None:
        if await aside(store.claim, ROUND, 0.9 * _ROUND_SECONDS) is not None:
            idle = await aside(queue.waiting) == 0
            await aside(partial(recover, idle=idle))

    return look_after
