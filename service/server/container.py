"""Builds the service from its settings. Everything else is given what it needs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cache.errors import StoreError
from cache.ledger import Allowances
from cache.redis_ledger import RedisAllowances, RedisLedger
from cache.redis_reader import RedisReader
from cache.redis_store import RedisStore
from cache.store import Reader
from service.articles.intake import Intake
from service.articles.reception import Patience, Reception
from service.articles.service import ArticleService
from service.audio.transcoding import Transcoder
from service.auth.api_keys import Keys
from service.auth.latch import Latch
from service.auth.signed_urls import Signer
from service.batches import BatchLimits, BatchStore, Feeder
from service.batches.batch import Batch
from service.config.lexicons import Lexicons
from service.config.settings import Settings
from service.config.sites import Sites
from service.fetching import Fetcher, Guard, Limits, Poster
from service.jobs.celery_queue import Queue, celery
from service.jobs.worker_registry import WorkerRegistry
from service.metrics import background, tracing
from service.metrics.scraping import Scrape
from service.metrics.shipping import Shipper
from service.model.article import Receipt, Submission
from service.model.errors import IstamiError, MissingPart
from service.pages.absence import Absence
from service.pages.fetch_log import FetchLog
from service.pages.quotas import Pace, Quotas
from service.pages.service import PageMode, Submit
from service.pool import Limits as PoolLimits
from service.pool import Pool
from service.recordings.assembler import RecordingAssembler
from service.recordings.proxy_cache import ProxyCache
from service.recordings.recovery import Recovery
from service.recordings.scheduler import Prepare, Send, SentenceScheduler, at_leisure
from service.recordings.streaming import Undamaged
from service.recordings.takedown import Takedown
from service.server import voice_profile
from service.server.reading_worker import Clerk
from service.storage import private_redis
from service.storage.accepted_articles import Unread
from service.storage.article_index import Listing
from service.storage.durability import Durability
from service.storage.queue_positions import Places
from service.storage.repository import Lifetimes, Repository
from service.webhooks import DeliverySender, Endpoints, EventPublisher, Outbox
from service.webhooks.models import DONE, Event
from voices.card import VoiceCard
from voices.catalogue import Catalogue
from voices.errors import VoiceError

if TYPE_CHECKING:  # what the web half alone needs is imported where it is built: no worker waits for it
    from service.api.dependencies import AppContext
    from service.api.middleware.rate_limits import Limits as Rates
    from service.bulk.web import Web

_LEAST_WINDOW = 4
"""Sentences of one article that are sent at once, however few workers there are: they may yet come."""
_ROOM, _ROOM_A_WORKER = 4, 2
"""Articles of batches that are under way at a time: as many as keep every worker busy between two rounds."""
_CLAIM_MARGIN = 20.0
"""Seconds by which a delivery is claimed for longer than its request may take."""
_DELIVERY_DAYS = 30.0
_PROCESSES = (os.cpu_count() or 1) + 1
"""That read: as many as there are cores for one owner, and one for the next."""
_PATIENCE_SECONDS = 120.0
"""A listener waits at least so long while nobody works: a worker that starts again loads its models first."""


@contextmanager
def redis_address(settings: Settings, gave_up: Callable[[], None] = lambda: None) -> Generator[str]:
    """The address of the Redis to use; without one in the settings, a private server's, while in use.

    Args:
        settings: of the service.
        gave_up: called, from another thread, when a private server has died and does not start again.

    Raises:
        MissingPart, ChildFailed, NotSaved, OSError: as ``embedded.running``.
    """
    if settings.redis_url:
        yield settings.redis_url
        return
    folder, memory, policy = settings.data_dir / "redis", settings.redis_memory, settings.redis_policy
    with private_redis.running(folder, memory, policy, gave_up) as url:
        yield url


def catalogue(settings: Settings) -> Catalogue:
    """All voices.

    Raises:
        MissingPart: a card that the publisher added cannot be read.
    """
    try:
        return Catalogue(settings.data_dir / "voices")
    except VoiceError as error:
        raise MissingPart(error.en, error.ar) from error


def card(settings: Settings, voice: str) -> VoiceCard:
    """All that is known of a voice.

    Raises:
        UnknownVoice: there is no such voice.
    """
    return voice_profile.card(catalogue(settings), voice)


def repository(settings: Settings, url: str) -> Repository:
    """What is kept."""
    lifetimes = Lifetimes(settings.article_ttl, settings.audio_ttl, settings.clip_ttl)
    return Repository(RedisStore(url), ledger(settings, url), lifetimes)


def ledger(settings: Settings, url: str) -> RedisLedger:
    """Counters and limits. They lie beside work that waits, which must not be evicted either."""
    return RedisLedger(settings.broker_url or url)


def allowances(settings: Settings, url: str) -> RedisAllowances:
    """Those of them that each request is held to."""
    return RedisAllowances(settings.broker_url or url)


def intake(settings: Settings) -> Intake:
    """Makes sentences of what was sent; needs no Redis.

    Raises:
        MissingPart: the voice for Latin script cannot be had.
    """
    reading = voice_profile.reading(settings, catalogue(settings))
    return Intake(settings.site, settings.max_characters, reading, lexicons(settings), sites(settings))


def lexicons(settings: Settings) -> Lexicons:
    """The publisher's own words."""
    return Lexicons(settings.data_dir / "lexicons")


def sites(settings: Settings) -> Sites:
    """The sites that are served."""
    return Sites(settings.data_dir / "sites.toml")


def latch(settings: Settings) -> Latch:
    """What this machine remembers of keys, whatever becomes of the store."""
    return Latch(settings.data_dir / "keys-made")


def keys(settings: Settings, url: str) -> Keys:
    """The API keys."""
    return Keys(RedisStore(url), latch(settings))


def rates(settings: Settings) -> Rates:
    """How much each may ask for."""
    from service.api.access import Work
    from service.api.middleware.rate_limits import Limits as Rates

    most = {Work.MAKING: settings.rate_making, Work.READING: settings.rate_reading}
    return Rates(most, settings.making_at_once)


def fetcher(settings: Settings) -> Fetcher:
    """Fetches pages; needs no Redis."""
    limits = Limits(settings.fetch_seconds, settings.fetch_bytes, settings.fetch_at_once)
    return Fetcher(Guard(settings.fetch_private_hosts), limits, settings.public_url)


def web(settings: Settings) -> Web:
    """Fetches what the command line is told to; needs no Redis."""
    from service.bulk.web import Web

    guard = Guard(settings.fetch_private_hosts)
    return Web(guard, settings.fetch_seconds, settings.fetch_bytes, settings.public_url)


def page_mode(settings: Settings, url: str, article_service: ArticleService, submit: Submit) -> PageMode:
    """Makes articles of pages."""
    kept = repository(settings, url)
    fetch_log = FetchLog(kept)
    absence = Absence(fetch_log, article_service.takedown, settings.page_gone_after)
    return PageMode(
        article_service=article_service,
        submit=submit,
        fetcher=fetcher(settings),
        sites=sites(settings),
        lexicons=lexicons(settings),
        fetch_log=fetch_log,
        absence=absence,
        quotas=Quotas(kept),
        pace=Pace(kept.ledger, settings.page_rate),
        refresh=settings.page_refresh,
    )


def article_service(
    settings: Settings, url: str, send: Send, prepare: Prepare = at_leisure
) -> ArticleService:
    """The half of the path that plans.

    Args:
        settings: of the service.
        url: of its Redis.
        send: as ``SentenceScheduler`` has it.
        prepare: as ``SentenceScheduler`` has it.
    """
    voices = catalogue(settings)
    kept = repository(settings, url)
    sound = partial(voice_profile.sound, settings, voices, elsewhere=_elsewhere(settings, url))
    return ArticleService(
        repository=kept,
        intake=intake(settings),
        sound=sound,
        scheduler=scheduler(kept, send, prepare),
        assembler=assembler(settings, kept, voices),
        unread=Unread(kept),
        event_publisher=event_publisher(settings, url),
        takedown=takedown(settings, url, send),
    )


def takedown(settings: Settings, url: str, send: Send, cache: Path | None = None) -> Takedown:
    """What takes recordings off the air.

    Args:
        settings: of the service.
        url: of its Redis.
        send: as ``SentenceScheduler`` has it.
        cache: nginx's; by default the one in the settings.
    """
    kept = repository(settings, url)
    growing = assembler(settings, kept, catalogue(settings))
    return Takedown(kept, growing, scheduler(kept, send), ProxyCache(cache or settings.nginx_cache))


def scheduler(kept: Repository, send: Send, prepare: Prepare = at_leisure) -> SentenceScheduler:
    """What sends sentences to makers."""
    registry = WorkerRegistry(kept.ledger)
    return SentenceScheduler(kept, send, lambda: max(_LEAST_WINDOW, 2 * registry.size()), prepare)


def recovery(settings: Settings, kept: Repository, to_workers: Queue, voices: Catalogue) -> Recovery:
    """What looks after recordings that are pending."""
    sends = scheduler(kept, to_workers.speak)
    grows = assembler(settings, kept, voices)
    return Recovery(kept, sends, grows, to_workers.waiting_since, settings.stuck_seconds)


def assembler(settings: Settings, kept: Repository, voices: Catalogue) -> RecordingAssembler:
    """What puts sentences together."""
    return RecordingAssembler(
        kept, lambda voice: voice_profile.card(voices, voice).sample_rate, _cover(settings)
    )


def queue(settings: Settings, url: str) -> Queue:
    """The way to the workers."""
    return Queue(celery(settings.broker_url or url, settings.phrase_seconds), RedisStore(url))


def reception(
    settings: Settings, url: str, reader: Reader, answers: Allowances, takes_in: ArticleService
) -> Reception:
    """Where articles come in."""
    limits = PoolLimits(settings.reading_processes or _PROCESSES, settings.reading_seconds)
    pool = Pool(partial(clerk, settings, url), limits, "service.server.preload")
    patience = Patience(settings.explain_seconds, _patience(settings))
    return Reception(pool, reader, answers, patience, takes_in)


def clerk(settings: Settings, url: str) -> Clerk:
    """What a process does that reads articles; begins to count and to trace there."""
    tracing.begin("web")
    kept = repository(settings, url)
    shipper = Shipper(kept.store, kept.ledger, "reading")
    background.in_thread("metrics", shipper.ship, Shipper.SECONDS)
    to_workers = queue(settings, url)
    takes_in = article_service(settings, url, to_workers.speak, to_workers.prepare)
    with suppress(IstamiError):  # whoever sends an article is told what is wrong
        takes_in.read(Submission(text="مرحبا."))  # the first article waits for no table, nor pays for it
    return Clerk(takes_in, Quotas(kept), to_workers.ask, shipper)


def context(settings: Settings, url: str, to_workers: Queue) -> AppContext:
    """The service, as seen from HTTP.

    Raises:
        UnknownVoice: another name stands for a voice that there is not.
    """
    from service.api.dependencies import AppContext

    voices = catalogue(settings)
    planner = article_service(settings, url, to_workers.speak, to_workers.prepare)
    reader = RedisReader(url)
    counts = allowances(settings, url)
    takes = reception(settings, url, reader, counts, planner)
    return AppContext(
        article_service=planner,
        reception=takes,
        allowances=counts,
        page_mode=page_mode(settings, url, planner, takes.accept_page),
        reader=reader,
        undamaged=Undamaged(repository(settings, url).finished),
        voices=partial(voice_profile.speaking, settings, voices, _elsewhere(settings, url)),
        default_voice=settings.voice,
        site=settings.site,
        public_url=settings.public_url,
        listing=Listing(repository(settings, url)),
        feed_length=settings.feed_length,
        cover=_cover(settings),
        workers=WorkerRegistry(ledger(settings, url)).alive,
        condition=RedisStore(url).condition,
        places=Places(RedisStore(url)),
        patience=_patience(settings),
        transcoder=Transcoder(settings.transcoders),
        voice_aliases=_aliases(settings, voices),
        recover=recovery(settings, repository(settings, url), to_workers, voices).recover,
        batches=batch_store(settings, url),
        batch_limits=BatchLimits(settings.max_body_bytes, settings.max_batch_bytes, settings.max_batch_lines),
        signer=Signer(RedisStore(url)),
        sites=sites(settings),
        event_publisher=event_publisher(settings, url),
        endpoints=endpoints(settings),
        outbox=outbox(settings, url),
    )


def _patience(settings: Settings) -> float:
    return max(_PATIENCE_SECONDS, settings.phrase_seconds)


def _aliases(settings: Settings, voices: Catalogue) -> dict[str, str | None]:
    """What names stand for on OpenAI's addresses: its own for the default voice, unless it is set otherwise.

    Raises:
        UnknownVoice: a name stands for a voice that there is not.
    """
    from service.api.openai.voices import NAMES

    cards = {card.id for card in voices.list()}
    usual = {name: None for name in NAMES if name not in cards | settings.voice_aliases.keys()}
    told = {
        name: voice_profile.card(voices, voice).id for name, voice in settings.voice_aliases.items() if voice
    }
    return {**usual, **told}


def scrape(settings: Settings, url: str) -> Scrape:
    """What Prometheus reads."""
    kept = repository(settings, url)
    alive = WorkerRegistry(kept.ledger).alive
    backlog = queue(settings, url).backlog
    return Scrape(kept.store, kept.ledger, backlog, alive, lambda: len(kept.clips.parked()))


def durability(url: str) -> Durability:
    """What says that the store cannot write to disk."""
    return Durability(RedisStore(url))


def batch_store(settings: Settings, url: str) -> BatchStore:
    """Where batches are."""
    return BatchStore(RedisStore(url), settings.article_ttl)


def feeder(settings: Settings, url: str, context: AppContext) -> Feeder:
    """What works batches through."""
    from service.api.problems import of_error
    from service.api.schemas import events

    registry = WorkerRegistry(ledger(settings, url))

    def room() -> int:
        return _ROOM + _ROOM_A_WORKER * len(registry.alive())

    def submit(request: Submission) -> Receipt:
        if request.is_address:
            request = asyncio.run(pages.fetched(request))
        return context.reception.take_in_stock(request)

    # A fetcher of its own: it runs in event loops of its own.
    pages = page_mode(settings, url, context.article_service, context.reception.accept_page)
    states = repository(settings, url).states
    event_publisher_ = event_publisher(settings, url)

    def tell(batch: Batch) -> None:
        data = events.of_batch(_base(settings), batch)
        event = Event.of(DONE, (batch.id, batch.finished), batch.finished or batch.created, data)
        event_publisher_.announce(event, batch.site, batch.webhook)

    return Feeder(batch_store(settings, url), submit, states, room, lambda error: of_error(error).code, tell)


def endpoints(settings: Settings) -> Endpoints:
    """Who is told what becomes of articles and batches; needs no Redis."""
    return Endpoints(settings.data_dir / "webhooks.toml")


def outbox(settings: Settings, url: str) -> Outbox:
    """Where what they are told lies."""
    claim = settings.webhook_seconds + _CLAIM_MARGIN
    return Outbox(
        RedisStore(url),
        claim,
        waiting=settings.webhook_waiting,
        kept=settings.webhook_kept,
        days=_DELIVERY_DAYS,
    )


def event_publisher(settings: Settings, url: str) -> EventPublisher:
    """What tells them."""

    def data(*about: Any) -> dict[str, Any]:
        from service.api.schemas import events

        return events.of_article(_base(settings), *about)

    return EventPublisher(repository(settings, url), endpoints(settings), outbox(settings, url), data)


def poster(settings: Settings) -> Poster:
    """What carries it to them; needs no Redis."""
    return Poster(Guard(settings.webhook_private_hosts), settings.webhook_seconds, settings.public_url)


def delivery_sender(settings: Settings, url: str) -> DeliverySender:
    """What sends it, again and again."""
    return DeliverySender(
        outbox(settings, url),
        endpoints(settings),
        poster(settings),
        settings.webhook_retries,
        settings.webhook_patience,
    )


def left_to_others(settings: Settings, url: str) -> Callable[[], set[str]]:
    """Which voices this machine cannot speak with, and another has.

    A voice that nobody has is left to nobody: whoever takes its work says what is missing.
    """
    voices, elsewhere = catalogue(settings), _elsewhere(settings, url)

    def left() -> set[str]:
        return set(elsewhere()) - {card.id for card in voice_profile.speaking(settings, voices)}

    return left


def _elsewhere(settings: Settings, url: str) -> voice_profile.Elsewhere:
    """Which voices workers have; none that is known while the store does not answer."""
    registry = WorkerRegistry(ledger(settings, url))

    def voices() -> set[str]:
        try:
            return registry.voices()
        except StoreError:
            return set()

    return voices


def _base(settings: Settings) -> str:
    """What stands before addresses that are told when nobody has asked: no request says where we are."""
    return settings.public_url.rstrip("/")


def _cover(settings: Settings) -> bytes | None:
    return settings.cover.read_bytes() if settings.cover else None
