"""The parts that routes use; built once, in ``service/server/web_container.py``."""

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
from service.jobs.voice_installs import VoiceInstalls
from service.model.errors import IstamiError
from service.model.operations import WorkerReport
from service.pages.service import PageMode
from service.recordings.streaming import Undamaged
from service.recordings.takedown import Takedown
from service.storage.article_index import Listing
from service.storage.queue_positions import Places
from service.webhooks import Endpoints, EventPublisher, Outbox
from voices.card import VoiceCard

_AT_ONCE = 2
"""Concurrent look-ups for listeners: one look-up of a long article takes megabytes for a moment."""
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
    """Rate limits of requests."""
    page_mode: PageMode
    reader: Reader
    undamaged: Undamaged
    voices: Callable[[], list[VoiceCard]]
    """Voices that requests can name."""
    known_voice: Callable[[str], VoiceCard]
    """Finds a voice by its id, installed or not; raises ``UnknownVoice``."""
    voice_offer: Callable[[], VoiceCard | None]
    """A natural voice to offer while the default voice is a robot."""
    voice_installs: VoiceInstalls
    check_on_air: Callable[[str | None, str], None]
    """Raises ``UnlawfulVoice`` if a site may not publish what a voice has said."""
    default_voice: str
    voice_fault: Callable[[], IstamiError | None]
    """Why the default voice, or that for Latin script, cannot speak."""
    site_faults: Callable[[], list[str]]
    """The sites whose voice cannot speak, each with the reason."""
    site: str | None
    public_url: str
    """Base of all URLs in answers; empty: taken from the request."""
    listing: Listing
    feed_length: int
    """Articles in the feed, at most."""
    cover: bytes | None
    """A JPEG or PNG picture."""
    workers: Callable[[], list[WorkerReport]]
    """Workers that are alive."""
    condition: Callable[[], Condition]
    """The condition of the store."""
    paid_faults: Callable[[], tuple[dict[str, str], list[str]]]
    """``Container.paid_faults``."""
    places: Places
    patience: float
    """Seconds that a listener waits while no worker speaks."""
    transcoder: Transcoder
    voice_aliases: Mapping[str, str | None]
    """From names in requests of OpenAI's clients to our voices; ``None``: as if no voice were named."""
    recover: Callable[..., None]
    """``Recovery.recover``."""
    batches: BatchStore
    batch_limits: BatchLimits
    signer: Signer
    sites: Sites
    event_publisher: EventPublisher
    endpoints: Endpoints
    """Receivers of events."""
    outbox: Outbox
    """Deliveries of events."""
    looking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    """Held while an article is looked up for a listener."""
    patient: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_PATIENT))
    """Threads for work that may wait until another process releases a recording."""


def _context(connection: HTTPConnection) -> AppContext:
    context: AppContext = connection.app.state.context
    return context


ContextDep = Annotated[AppContext, Depends(_context)]
"""Declares that a route needs the context."""
