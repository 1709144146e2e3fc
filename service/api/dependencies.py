"""What the routes reach for; built once, in ``service/server/container.py``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends
from starlette.requests import HTTPConnection

from cache.ledger import Allowances
from cache.store import Condition, Reader
from service.articles.playback import Playback
from service.articles.reception import Reception
from service.articles.service import ArticleService
from service.audio.transcoding import Transcoder
from service.auth.signed_urls import Signer
from service.batches import BatchLimits, BatchStore
from service.config.sites import Sites
from service.model.operations import WorkerReport
from service.pages.service import PageMode
from service.recordings.streaming import Undamaged
from service.recordings.takedown import Takedown
from service.storage.article_index import Listing
from service.storage.queue_positions import Places
from service.webhooks import Endpoints, EventPublisher, Outbox
from voices.card import VoiceCard

_AT_ONCE = 2
"""Listeners who are looked up at a time: one look-up of a long article takes megabytes for a moment."""
_PATIENT = 4


@dataclass(frozen=True, slots=True)
class AppContext:
    """The service, as seen from HTTP."""

    article_service: ArticleService
    playback: Playback
    """Recordings, for listeners."""
    takedown: Takedown
    reception: Reception
    """Takes articles in."""
    allowances: Allowances
    """What each request is held to."""
    page_mode: PageMode
    reader: Reader
    undamaged: Undamaged
    voices: Callable[[], list[VoiceCard]]
    """Those that can be asked for."""
    default_voice: str
    site: str | None
    public_url: str
    """Stands before every address that is told; empty: as the request came in."""
    listing: Listing
    feed_length: int
    """Articles in the feed, at most."""
    cover: bytes | None
    """A JPEG or PNG picture."""
    workers: Callable[[], list[WorkerReport]]
    """Who is alive."""
    condition: Callable[[], Condition]
    """How the store is."""
    places: Places
    patience: float
    """Seconds that a listener waits while nobody speaks anything."""
    transcoder: Transcoder
    voice_aliases: Mapping[str, str | None]
    """From names that clients of OpenAI ask for to voices of ours; ``None``: the one of who asks for none."""
    recover: Callable[..., None]
    """``Recovery.recover``."""
    batches: BatchStore
    batch_limits: BatchLimits
    signer: Signer
    sites: Sites
    event_publisher: EventPublisher
    endpoints: Endpoints
    """Who is told."""
    outbox: Outbox
    """What they are told."""
    looking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    """Held by who looks an article up for a listener."""
    patient: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_PATIENT))
    """Threads for what may wait for somebody else to let go of a recording."""


def _context(connection: HTTPConnection) -> AppContext:
    context: AppContext = connection.app.state.context
    return context


ContextDep = Annotated[AppContext, Depends(_context)]
"""Declares that a route needs the desk."""
