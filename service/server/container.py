"""Builds the service from its settings. Everything else is given what it needs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from cache.errors import StoreError
from cache.redis_ledger import RedisAllowances, RedisLedger
from cache.redis_reader import RedisReader
from cache.redis_store import RedisStore
from service.auth.api_keys import Keys
from service.auth.latch import Latch
from service.auth.signed_urls import Signer
from service.config.settings import Settings
from service.config.sites import Sites
from service.jobs.worker_registry import WorkerRegistry
from service.model.article import Receipt, Submission
from service.model.errors import IstamiError, MissingPart
from service.recordings.assembler import RecordingAssembler
from service.recordings.proxy_cache import ProxyCache
from service.recordings.recovery import Recovery
from service.recordings.scheduler import Prepare, Send, SentenceScheduler, at_leisure
from service.recordings.streaming import Undamaged
from service.recordings.takedown import Takedown
from service.server import available_voices
from service.storage import private_redis
from service.storage.accepted_articles import Unread
from service.storage.article_index import Listing
from service.storage.durability import Durability
from service.storage.queue_positions import Places
from service.storage.repository import Lifetimes, Repository
from voices.card import VoiceCard
from voices.catalogue import Catalogue
from voices.errors import VoiceError

if TYPE_CHECKING:  # what not every process needs is imported where it is built: no worker waits for it
    from service.api.dependencies import AppContext
    from service.api.middleware.rate_limits import Limits as Rates
    from service.articles.intake import Intake
    from service.articles.playback import Playback
    from service.articles.reception import Reception
    from service.articles.service import ArticleService
    from service.batches import BatchStore, Feeder
    from service.batches.batch import Batch
    from service.bulk.web import Web
    from service.config.lexicons import Lexicons
    from service.fetching import Fetcher, Poster
    from service.jobs.celery_queue import Queue
    from service.metrics.scraping import Scrape
    from service.pages.quotas import Quotas
    from service.pages.service import PageMode, Submit
    from service.recordings.plan import VoiceProfile
    from service.server.reading_worker import Clerk
    from service.webhooks import DeliverySender, Endpoints, EventPublisher, Outbox

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


class Container:
    """The parts of one process. Each is built when it is first asked for, and then shared by all who need it.

    Nothing connects to Redis before it is used, so a container may be built before a fork.

    Args:
        settings: of the service.
        url: of its Redis; the parts that store nothing need none.
        send: carries a sentence to a worker; by default the queue does.
        prepare: as ``SentenceScheduler`` has it; by default the queue, unless ``send`` is given.
    """

    def __init__(
        self, settings: Settings, url: str = "", send: Send | None = None, prepare: Prepare | None = None
    ) -> None:
        self.settings = settings
        self.url = url
        self._send = send
        self._prepare = prepare

    # What lies in files of the publisher's.

    @cached_property
    def catalogue(self) -> Catalogue:
        """All voices.

        Raises:
            MissingPart: a card that the publisher added cannot be read.
        """
        try:
            return Catalogue(self.settings.data_dir / "voices")
        except VoiceError as error:
            raise MissingPart(error.en, error.ar) from error

    @cached_property
    def lexicons(self) -> Lexicons:
        """The publisher's own words."""
        from service.config.lexicons import Lexicons

        return Lexicons(self.settings.data_dir / "lexicons")

    @cached_property
    def sites(self) -> Sites:
        """The sites that are served."""
        return Sites(self.settings.data_dir / "sites.toml")

    @cached_property
    def endpoints(self) -> Endpoints:
        """Who is told what becomes of articles and batches."""
        from service.webhooks import Endpoints

        return Endpoints(self.settings.data_dir / "webhooks.toml")

    @cached_property
    def latch(self) -> Latch:
        """What this machine remembers of keys, whatever becomes of the store."""
        return Latch(self.settings.data_dir / "keys-made")

    @cached_property
    def _cover(self) -> bytes | None:
        return self.settings.cover.read_bytes() if self.settings.cover else None

    # What lies in Redis.

    @cached_property
    def store(self) -> RedisStore:
        """Values under keys."""
        return RedisStore(self.url)

    @cached_property
    def ledger(self) -> RedisLedger:
        """Counters and limits. They lie beside work that waits, which must not be evicted either."""
        return RedisLedger(self.settings.broker_url or self.url)

    @cached_property
    def repository(self) -> Repository:
        """Articles and recordings."""
        settings = self.settings
        lifetimes = Lifetimes(settings.article_ttl, settings.audio_ttl, settings.clip_ttl)
        return Repository(self.store, self.ledger, lifetimes)

    @cached_property
    def listing(self) -> Listing:
        """Lists of articles."""
        return Listing(self.repository)

    @cached_property
    def keys(self) -> Keys:
        """The API keys."""
        return Keys(self.store, self.latch)

    @cached_property
    def signer(self) -> Signer:
        """What signs addresses and seals recordings."""
        return Signer(self.store)

    @cached_property
    def registry(self) -> WorkerRegistry:
        """Which workers are alive."""
        return WorkerRegistry(self.ledger)

    @cached_property
    def batches(self) -> BatchStore:
        """Where batches are."""
        from service.batches import BatchStore

        return BatchStore(self.store, self.settings.article_ttl)

    @cached_property
    def outbox(self) -> Outbox:
        """Where that lies which endpoints are told."""
        from service.webhooks import Outbox

        settings = self.settings
        return Outbox(
            self.store,
            settings.webhook_seconds + _CLAIM_MARGIN,
            waiting=settings.webhook_waiting,
            kept=settings.webhook_kept,
            days=_DELIVERY_DAYS,
        )

    @cached_property
    def durability(self) -> Durability:
        """What says that the store cannot write to disk."""
        return Durability(self.store)

    # What becomes of articles.

    @cached_property
    def queue(self) -> Queue:
        """The way to the workers."""
        from service.jobs.celery_queue import Queue, celery

        settings = self.settings
        return Queue(celery(settings.broker_url or self.url, settings.phrase_seconds), self.store)

    @cached_property
    def scheduler(self) -> SentenceScheduler:
        """What sends sentences to workers."""
        send, prepare = self._send, self._prepare or at_leisure
        if send is None:
            send, prepare = self.queue.speak, self._prepare or self.queue.prepare
        return SentenceScheduler(
            self.repository, send, lambda: max(_LEAST_WINDOW, 2 * self.registry.size()), prepare
        )

    @cached_property
    def assembler(self) -> RecordingAssembler:
        """What puts sentences together."""
        return RecordingAssembler(self.repository, lambda voice: self.card(voice).sample_rate, self._cover)

    @cached_property
    def takedown(self) -> Takedown:
        """What takes recordings off the air."""
        cache = ProxyCache(self.settings.nginx_cache)
        return Takedown(self.repository, self.assembler, self.scheduler, cache)

    @cached_property
    def recovery(self) -> Recovery:
        """What looks after recordings that are pending."""
        waiting, patience = self.queue.waiting_since, self.settings.stuck_seconds
        return Recovery(self.repository, self.scheduler, self.assembler, waiting, patience)

    @cached_property
    def intake(self) -> Intake:
        """Makes sentences of what was sent.

        Raises:
            MissingPart: the voice for Latin script cannot be had.
        """
        from service.articles.intake import Intake
        from service.server import voice_profile

        settings = self.settings
        reading = voice_profile.reading(settings, self.catalogue)
        return Intake(settings.site, settings.max_characters, reading, self.lexicons, self.sites)

    @cached_property
    def article_service(self) -> ArticleService:
        """The half of the path that plans."""
        from service.articles.publication import Publication
        from service.articles.service import ArticleService

        publication = Publication(
            self.repository,
            self.listing,
            self.scheduler,
            self.assembler,
            self.event_publisher,
            self.takedown,
        )
        return ArticleService(
            repository=self.repository,
            signer=self.signer,
            intake=self.intake,
            sound=self.sound,
            scheduler=self.scheduler,
            assembler=self.assembler,
            unread=Unread(self.repository),
            event_publisher=self.event_publisher,
            publication=publication,
        )

    @cached_property
    def playback(self) -> Playback:
        """What listeners ask of recordings."""
        from service.articles.playback import Playback

        return Playback(self.repository, self.scheduler, self.assembler)

    @cached_property
    def event_publisher(self) -> EventPublisher:
        """What tells endpoints."""
        from service.webhooks import EventPublisher

        base = self._base

        def data(*about: Any) -> dict[str, Any]:
            from service.api.schemas import events

            return events.of_article(base, *about)

        return EventPublisher(self.repository, self.endpoints, self.outbox, data)

    @cached_property
    def poster(self) -> Poster:
        """What carries it to them."""
        from service.fetching import Guard, Poster

        settings = self.settings
        return Poster(Guard(settings.webhook_private_hosts), settings.webhook_seconds, settings.public_url)

    @cached_property
    def delivery_sender(self) -> DeliverySender:
        """What sends it, again and again."""
        from service.webhooks import DeliverySender

        settings = self.settings
        return DeliverySender(
            self.outbox, self.endpoints, self.poster, settings.webhook_retries, settings.webhook_patience
        )

    @cached_property
    def web(self) -> Web:
        """Fetches what the command line is told to."""
        from service.bulk.web import Web
        from service.fetching import Guard

        settings = self.settings
        guard = Guard(settings.fetch_private_hosts)
        return Web(guard, settings.fetch_seconds, settings.fetch_bytes, settings.public_url)

    @property
    def fetcher(self) -> Fetcher:
        """Fetches pages; one for each event loop, since its connections belong to that."""
        from service.fetching import Fetcher, Guard, Limits

        settings = self.settings
        limits = Limits(settings.fetch_seconds, settings.fetch_bytes, settings.fetch_at_once)
        return Fetcher(Guard(settings.fetch_private_hosts), limits, settings.public_url)

    # What processes of their own do.

    @cached_property
    def quotas(self) -> Quotas:
        """What a site may use up in a day."""
        from service.pages.quotas import Quotas

        return Quotas(self.repository)

    @cached_property
    def clerk(self) -> Clerk:
        """What a process does that reads articles; begins to count and to trace there."""
        from service.metrics import background, tracing
        from service.metrics.shipping import Shipper
        from service.server.reading_worker import Clerk

        tracing.begin("web")
        shipper = Shipper(self.store, self.ledger, "reading")
        background.in_thread("metrics", shipper.ship, Shipper.SECONDS)
        with suppress(IstamiError):  # whoever sends an article is told what is wrong
            self.article_service.read(Submission(text="مرحبا."))  # the first article waits for no table
        return Clerk(self.article_service, self.quotas, self.queue.ask, shipper)

    @cached_property
    def scrape(self) -> Scrape:
        """What Prometheus reads."""
        from service.metrics.scraping import Scrape

        clips = self.repository.clips
        backlog, alive = self.queue.backlog, self.registry.alive
        return Scrape(self.store, self.ledger, backlog, alive, lambda: len(clips.parked()))

    # What HTTP reaches for.

    @cached_property
    def reader(self) -> RedisReader:
        """Reads the store for listeners."""
        return RedisReader(self.url)

    @cached_property
    def allowances(self) -> RedisAllowances:
        """Those counters and limits that each request is held to."""
        return RedisAllowances(self.settings.broker_url or self.url)

    @cached_property
    def rates(self) -> Rates:
        """How much each may ask for."""
        from service.api.access import Work
        from service.api.middleware.rate_limits import Limits as Rates

        settings = self.settings
        most = {Work.MAKING: settings.rate_making, Work.READING: settings.rate_reading}
        return Rates(most, settings.making_at_once)

    @cached_property
    def reception(self) -> Reception:
        """Where articles come in."""
        from service.articles.reception import Patience, Reception
        from service.pool import Limits, Pool

        settings = self.settings
        limits = Limits(settings.reading_processes or _PROCESSES, settings.reading_seconds)
        pool = Pool(partial(_clerk, settings, self.url), limits, "service.server.preload")
        patience = Patience(settings.explain_seconds, self._patience)
        return Reception(pool, self.reader, self.allowances, patience, self.article_service)

    @cached_property
    def page_mode(self) -> PageMode:
        """Makes articles of pages."""
        return self.pages(self.reception.accept_page)

    def pages(self, submit: Submit) -> PageMode:
        """The same for one event loop, over what takes articles in there."""
        from service.pages.absence import Absence
        from service.pages.fetch_log import FetchLog
        from service.pages.page_articles import PageArticles
        from service.pages.policy import PagePolicy
        from service.pages.quotas import Pace
        from service.pages.service import PageMode

        settings = self.settings
        fetch_log, pace = FetchLog(self.repository), Pace(self.ledger, settings.page_rate)
        absence = Absence(fetch_log, self.takedown, settings.page_gone_after)
        policy = PagePolicy(
            self.sites, self.lexicons, self.quotas, pace, settings.page_refresh, settings.page_gone_after
        )
        articles = PageArticles(self.article_service, fetch_log, absence, policy)
        return PageMode(policy, articles, fetch_log, self.fetcher, submit)

    @cached_property
    def context(self) -> AppContext:
        """The service, as seen from HTTP.

        Raises:
            UnknownVoice: another name stands for a voice that there is not.
        """
        from service.api.dependencies import AppContext
        from service.audio.transcoding import Transcoder
        from service.batches import BatchLimits

        settings = self.settings
        return AppContext(
            article_service=self.article_service,
            playback=self.playback,
            takedown=self.takedown,
            reception=self.reception,
            allowances=self.allowances,
            page_mode=self.page_mode,
            reader=self.reader,
            undamaged=Undamaged(self.repository.finished),
            voices=partial(available_voices.speaking, settings, self.catalogue, self._elsewhere),
            default_voice=settings.voice,
            site=settings.site,
            public_url=settings.public_url,
            listing=self.listing,
            feed_length=settings.feed_length,
            cover=self._cover,
            workers=self.registry.alive,
            condition=self.store.condition,
            places=Places(self.store),
            patience=self._patience,
            transcoder=Transcoder(settings.transcoders),
            voice_aliases=self._aliases,
            recover=self.recovery.recover,
            batches=self.batches,
            batch_limits=BatchLimits(
                settings.max_body_bytes, settings.max_batch_bytes, settings.max_batch_lines
            ),
            signer=self.signer,
            sites=self.sites,
            event_publisher=self.event_publisher,
            endpoints=self.endpoints,
            outbox=self.outbox,
        )

    @cached_property
    def feeder(self) -> Feeder:
        """What works batches through."""
        from service.api.problems import of_error
        from service.api.schemas import events
        from service.batches import Feeder
        from service.webhooks.models import DONE, Event

        # Its rounds have event loops of their own.
        pages = self.pages(self.reception.accept_page)

        def room() -> int:
            return _ROOM + _ROOM_A_WORKER * len(self.registry.alive())

        def submit(request: Submission) -> Receipt:
            if request.is_address:
                request = asyncio.run(pages.fetched(request))
            return self.reception.take_in_stock(request)

        def tell(batch: Batch) -> None:
            data = events.of_batch(self._base, batch)
            event = Event.of(DONE, (batch.id, batch.finished), batch.finished or batch.created, data)
            self.event_publisher.announce(event, batch.site, batch.webhook)

        states = self.repository.states
        return Feeder(self.batches, submit, states, room, lambda error: of_error(error).code, tell)

    # Voices.

    def card(self, voice: str) -> VoiceCard:
        """All that is known of a voice.

        Raises:
            UnknownVoice: there is no such voice.
        """
        return available_voices.card(self.catalogue, voice)

    def sound(self, voice: str | None, speed: float | None) -> VoiceProfile:
        """As ``voice_profile.sound``."""
        from service.server import voice_profile

        return voice_profile.sound(self.settings, self.catalogue, voice, speed, self._elsewhere)

    def left_to_others(self) -> set[str]:
        """Which voices this machine cannot speak with, and another has.

        A voice that nobody has is left to nobody: whoever takes its work says what is missing.
        """
        here = {card.id for card in available_voices.speaking(self.settings, self.catalogue)}
        return self._elsewhere() - here

    def _elsewhere(self) -> set[str]:
        """Which voices workers have; none that is known while the store does not answer."""
        try:
            return self.registry.voices()
        except StoreError:
            return set()

    @cached_property
    def _aliases(self) -> dict[str, str | None]:
        """What names stand for on OpenAI's addresses: its own for the default voice, unless set otherwise.

        Raises:
            UnknownVoice: a name stands for a voice that there is not.
        """
        from service.api.openai.voices import NAMES

        wanted = self.settings.voice_aliases
        cards = {card.id for card in self.catalogue.list()}
        usual = {name: None for name in NAMES if name not in cards | wanted.keys()}
        return {**usual, **{name: self.card(voice).id for name, voice in wanted.items() if voice}}

    @property
    def _base(self) -> str:
        """What stands before addresses that are told when nobody has asked: no request says where we are."""
        return self.settings.public_url.rstrip("/")

    @property
    def _patience(self) -> float:
        return max(_PATIENCE_SECONDS, self.settings.phrase_seconds)


def _clerk(settings: Settings, url: str) -> Clerk:
    """Builds what a process of the pool does, there."""
    return Container(settings, url).clerk
