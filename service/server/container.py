"""Builds the service from its settings, and passes each part its dependencies."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cache.errors import StoreError
from cache.redis_ledger import RedisLedger
from cache.redis_store import RedisStore
from service.auth.api_keys import Keys
from service.auth.latch import Latch
from service.auth.signed_urls import Signer
from service.config.settings import Settings
from service.config.sites import Sites
from service.jobs.worker_registry import WorkerRegistry
from service.model.article import Submission
from service.model.errors import IstamiError, MissingPart, VoiceStopped
from service.recordings.assembler import RecordingAssembler
from service.recordings.proxy_cache import ProxyCache
from service.recordings.scheduler import Prepare, Send, SentenceScheduler, at_leisure
from service.recordings.takedown import Takedown
from service.server import available_voices, lawful_voices
from service.storage import private_redis
from service.storage.accepted_articles import Unread
from service.storage.article_index import Listing
from service.storage.repository import Lifetimes, Repository
from voices.card import VoiceCard
from voices.catalogue import Catalogue
from voices.errors import VoiceError

if TYPE_CHECKING:  # imported late: not every process needs these, and no worker waits for them
    from service.articles.casting import Casting
    from service.articles.intake import Intake
    from service.articles.playback import Playback
    from service.articles.service import ArticleService
    from service.bulk.web import Web
    from service.config.lexicons import Lexicons
    from service.fetching import Fetcher, Poster
    from service.jobs.celery_queue import Queue
    from service.metrics.scraping import Scrape
    from service.pages.quotas import Quotas
    from service.recordings.paid_calls import SharedMeter
    from service.recordings.plan import VoiceProfile
    from service.server.reading_worker import Clerk
    from service.storage.paid_usage import PaidUsage
    from service.text.pipeline.spoken import ReadingOptions
    from service.webhooks import DeliverySender, Endpoints, EventPublisher, Outbox

_LEAST_WINDOW = 4
"""Sentences of one article sent at the same time, however few workers there are: more may start."""
_CLAIM_MARGIN = 20.0
"""Seconds by which the claim on a delivery exceeds the longest request."""
_DELIVERY_DAYS = 30.0


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
    """The parts of one process. Each is built on first use, and then shared.

    Nothing connects to Redis before it is used, so a container may be built before a fork.

    Args:
        settings: of the service.
        url: of its Redis; parts that store nothing need none.
        send: sends a sentence to a worker; by default through the queue.
        prepare: as ``SentenceScheduler`` has it; by default the queue, unless ``send`` is given.
    """

    def __init__(
        self, settings: Settings, url: str = "", send: Send | None = None, prepare: Prepare | None = None
    ) -> None:
        self.settings = settings
        self.url = url
        self._send = send
        self._prepare = prepare

    # Parts over the publisher's files.

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
        """The configured sites."""
        return Sites(self.settings.data_dir / "sites.toml")

    @cached_property
    def endpoints(self) -> Endpoints:
        """The receivers of events about articles and batches."""
        from service.webhooks import Endpoints

        return Endpoints(self.settings.data_dir / "webhooks.toml")

    @cached_property
    def latch(self) -> Latch:
        """This machine's note that keys exist, which survives the loss of the store."""
        return Latch(self.settings.data_dir / "keys-made")

    @cached_property
    def _cover(self) -> bytes | None:
        return self.settings.cover.read_bytes() if self.settings.cover else None

    # Parts over Redis.

    @cached_property
    def store(self) -> RedisStore:
        """Values under keys."""
        return RedisStore(self.url)

    @cached_property
    def ledger(self) -> RedisLedger:
        """Counters and limits, stored beside the queue, which must not be evicted either."""
        return RedisLedger(self.settings.broker_url or self.url)

    @cached_property
    def paid_usage(self) -> PaidUsage:
        """What remote voices have cost."""
        from service.storage.paid_usage import PaidUsage

        return PaidUsage(self.ledger)

    def meter(self, card: VoiceCard) -> SharedMeter:
        """What the processes of a remote voice share."""
        from service.recordings.paid_calls import SharedMeter

        return SharedMeter(card, self.paid_usage, self.store)

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
        """Signs URLs, and seals keys of private recordings."""
        return Signer(self.store)

    @cached_property
    def registry(self) -> WorkerRegistry:
        """The registry of workers that are alive."""
        return WorkerRegistry(self.ledger)

    @cached_property
    def outbox(self) -> Outbox:
        """The store of deliveries to endpoints."""
        from service.webhooks import Outbox

        settings = self.settings
        return Outbox(
            self.store,
            settings.webhook_seconds + _CLAIM_MARGIN,
            waiting=settings.webhook_waiting,
            kept=settings.webhook_kept,
            days=_DELIVERY_DAYS,
        )

    # Parts that process articles.

    @cached_property
    def queue(self) -> Queue:
        """The queue to the workers."""
        from service.jobs.celery_queue import Queue, celery

        settings = self.settings
        return Queue(celery(settings.broker_url or self.url, settings.phrase_seconds), self.store)

    @cached_property
    def scheduler(self) -> SentenceScheduler:
        """Sends sentences to workers."""
        send, prepare = self._send, self._prepare or at_leisure
        if send is None:
            send, prepare = self.queue.speak, self._prepare or self.queue.prepare
        return SentenceScheduler(
            self.repository, send, lambda: max(_LEAST_WINDOW, 2 * self.registry.size()), prepare
        )

    @cached_property
    def assembler(self) -> RecordingAssembler:
        """Assembles recordings from sentences."""
        return RecordingAssembler(self.repository, lambda voice: self.card(voice).sample_rate, self._cover)

    @cached_property
    def takedown(self) -> Takedown:
        """Deletes recordings."""
        cache = ProxyCache(self.settings.nginx_cache)
        return Takedown(self.repository, self.assembler, self.scheduler, cache)

    @cached_property
    def intake(self) -> Intake:
        """Splits submissions into sentences.

        Raises:
            MissingPart: the voice for Latin script is not available.
        """
        from service.articles.intake import Intake
        from service.server import voice_profile

        settings = self.settings
        reading = voice_profile.reading(settings, self.catalogue)
        return Intake(settings.site, settings.max_characters, reading, self.lexicons, self.sites)

    @cached_property
    def article_service(self) -> ArticleService:
        """Takes articles in, and plans their recordings."""
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
            casting=self.casting,
            sound=self.sound,
            reading=self.reading,
            scheduler=self.scheduler,
            assembler=self.assembler,
            unread=Unread(self.repository),
            event_publisher=self.event_publisher,
            publication=publication,
        )

    @cached_property
    def playback(self) -> Playback:
        """Recordings, for listeners."""
        from service.articles.playback import Playback

        return Playback(self.repository, self.scheduler, self.assembler)

    @cached_property
    def event_publisher(self) -> EventPublisher:
        """Publishes events to endpoints."""
        from service.webhooks import EventPublisher

        base = self._base

        def data(*about: Any) -> dict[str, Any]:
            from service.api.schemas import events

            return events.of_article(base, *about)

        return EventPublisher(self.repository, self.endpoints, self.outbox, data)

    @cached_property
    def poster(self) -> Poster:
        """Posts events to endpoints."""
        from service.fetching import Guard, Poster

        settings = self.settings
        return Poster(Guard(settings.webhook_private_hosts), settings.webhook_seconds, settings.public_url)

    @cached_property
    def delivery_sender(self) -> DeliverySender:
        """Sends deliveries, and retries them."""
        from service.webhooks import DeliverySender

        settings = self.settings
        return DeliverySender(
            self.outbox, self.endpoints, self.poster, settings.webhook_retries, settings.webhook_patience
        )

    @cached_property
    def web(self) -> Web:
        """Fetches pages for the command line."""
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

    # Parts of separate processes.

    @cached_property
    def quotas(self) -> Quotas:
        """Daily quotas of sites."""
        from service.pages.quotas import Quotas

        return Quotas(self.repository)

    @cached_property
    def clerk(self) -> Clerk:
        """The work of a process that reads articles; starts its metrics and tracing."""
        from service.metrics import background, tracing
        from service.metrics.shipping import Shipper
        from service.server.reading_worker import Clerk

        tracing.begin("web")
        shipper = Shipper(self.store, self.ledger, "reading")
        background.in_thread("metrics", shipper.ship, Shipper.SECONDS)
        with suppress(IstamiError):  # reported to the sender of an article
            self.article_service.read(Submission(text="مرحبا."))  # no article waits for tables
        return Clerk(self.article_service, self.quotas, self.queue.ask, shipper)

    @cached_property
    def scrape(self) -> Scrape:
        """The metrics for Prometheus."""
        from service.metrics.scraping import Scrape

        clips = self.repository.clips
        backlog, alive = self.queue.backlog, self.registry.alive
        return Scrape(self.store, self.ledger, backlog, alive, lambda: len(clips.parked()))

    # Voices.

    def card(self, voice: str) -> VoiceCard:
        """The card of a voice.

        Raises:
            UnknownVoice: there is no such voice.
        """
        return available_voices.card(self.catalogue, voice)

    def _ready(self, voice: str) -> VoiceCard:
        """As ``available_voices.ready``."""
        return available_voices.ready(self.settings, self.catalogue, voice, self._elsewhere)

    def sound(self, request: Submission) -> VoiceProfile:
        """As ``voice_profile.sound``, for a request that its site has completed.

        Raises:
            UnlawfulVoice: the site is commercial, and may not use the voice, or the one for Latin script.
        """
        from service.server import voice_profile

        settings, voices, elsewhere = self.settings_of(request), self.catalogue, self._elsewhere
        speaker = self._speaker(request.voice or settings.voice)
        sound = voice_profile.sound(settings, voices, speaker, request.speed, elsewhere, request.case_endings)
        if settings.commercial or self.sites.is_commercial(request.site, request.url):
            lawful_voices.check(settings, voices, (sound.voice, sound.latin.voice), elsewhere)
        return sound

    def reading(self, request: Submission) -> ReadingOptions:
        """As ``voice_profile.reading``, for a request with its voices."""
        from service.server import voice_profile

        if request.latin_voice is None:
            return self.intake.reading
        return voice_profile.reading(self.settings_of(request), self.catalogue)

    def settings_of(self, request: Submission) -> Settings:
        """The settings, with the request's own voice for Latin script, or what replaces a closed one."""
        wanted = request.latin_voice or self.settings.latin_voice
        latin = wanted and self._speaker(wanted)
        if latin == self.settings.latin_voice:
            return self.settings
        return self.settings.model_copy(update={"latin_voice": latin})

    @cached_property
    def casting(self) -> Casting:
        """Chooses the voice of an article."""
        from service.articles.casting import Casting

        settings = self.settings
        return Casting(
            self.sites, self._ready, self.offered, settings.voice, settings.latin_voice, settings.locale
        )

    def check_on_air(self, site: str | None, voice: str) -> None:
        """Check that a site may publish what a voice has said.

        A voice whose card is gone is not checked.

        Raises:
            UnlawfulVoice: the site is commercial, and may not use the voice.
            BadSites: the list of sites cannot be read.
        """
        known = any(card.id == voice for card in self.catalogue.list())
        if known and (self.settings.commercial or self.sites.is_commercial(site)):
            lawful_voices.check(self.settings, self.catalogue, [voice], self._elsewhere)

    def offered(self) -> list[VoiceCard]:
        """The voices that requests can name, by id; in a commercial service those that it may use."""
        known = lawful_voices.lawful if self.settings.commercial else available_voices.speaking
        return known(self.settings, self.catalogue, self._elsewhere)

    def closed(self, card: VoiceCard) -> VoiceStopped | None:
        """Why a remote voice says nothing new now; ``None`` if it does, or the store does not answer."""
        try:
            return self.paid_usage.closed(card) if card.remote else None
        except StoreError:
            return None

    def paid_faults(self) -> tuple[dict[str, str], list[str]]:
        """Remote voices that say nothing new, and warnings of those that soon may not.

        In words that everyone may read: amounts and reasons are for ``istami doctor``.

        A voice that another one replaces meanwhile is among the warnings.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        faults, warnings = {}, []
        for card in self.catalogue.list():
            if card.remote is None:
                continue
            if self.paid_usage.closed(card):
                if card.remote.fallback:
                    warnings.append(f"{card.id} is closed; {card.remote.fallback} speaks instead.")
                else:
                    faults[card.id] = f"{card.id} is closed: see `istami doctor`."
            elif self.paid_usage.warning(card):
                warnings.append(f"{card.id} has used most of its budget: see `istami doctor`.")
        return faults, warnings

    def _speaker(self, voice: str) -> str:
        """The voice itself, or the one that its card names for the time when it is closed."""
        if not self.url:
            return voice
        card = next((card for card in self.catalogue.list() if card.id == voice), None)
        fallback = card.remote.fallback if card and card.remote else ""
        return fallback if card and fallback and self.closed(card) else voice

    def left_to_others(self) -> set[str]:
        """Ids of voices that only other machines can speak.

        A voice that no machine has is not among them: the worker that takes its work reports what is missing.
        """
        here = {card.id for card in available_voices.speaking(self.settings, self.catalogue)}
        return self._elsewhere() - here

    def _elsewhere(self) -> set[str]:
        """Ids of the workers' voices; empty without a store, or while it does not answer."""
        if not (self.settings.broker_url or self.url):
            return set()
        try:
            return self.registry.voices()
        except StoreError:
            return set()

    @property
    def _base(self) -> str:
        """Base of URLs that are sent without a request, which would show our own address."""
        return self.settings.public_url.rstrip("/")


def clerk(settings: Settings, url: str) -> Clerk:
    """Builds the work of a process of the pool, in that process."""
    return Container(settings, url).clerk
