"""Builds what the web process alone needs."""

from __future__ import annotations

import asyncio
import os
from functools import cached_property, partial

from cache.redis_ledger import RedisAllowances
from cache.redis_reader import RedisReader
from service.api.access import Work
from service.api.dependencies import AppContext
from service.api.middleware.rate_limits import Limits as Rates
from service.api.openai.voices import NAMES
from service.api.problems import of_error
from service.api.schemas import events
from service.articles.reception import Patience, Reception
from service.audio.transcoding import Transcoder
from service.batches import BatchLimits, BatchStore, Feeder
from service.batches.batch import Batch
from service.jobs.voice_installs import VoiceInstalls
from service.model.article import Receipt, Submission
from service.pages.absence import Absence
from service.pages.fetch_log import FetchLog
from service.pages.page_articles import PageArticles
from service.pages.policy import PagePolicy
from service.pages.quotas import Pace
from service.pages.service import PageMode, Submit
from service.pool import Limits, Pool
from service.recordings.recovery import Recovery
from service.recordings.streaming import Undamaged
from service.server import available_voices, voice_offer
from service.server.container import Container, clerk
from service.storage.durability import Durability
from service.storage.queue_positions import Places
from service.webhooks.models import DONE, Event

_ROOM, _ROOM_A_WORKER = 4, 2
"""Articles of batches in progress: enough to keep every worker busy between two rounds."""
_PROCESSES = (os.cpu_count() or 1) + 1
"""Processes that read articles: one for each core for one owner, and one for the next owner."""
_PATIENCE_SECONDS = 120.0
"""Least time that a listener waits while no worker works: a restarted worker first loads its models."""


class WebContainer(Container):
    """The parts of a web process, as in ``Container``."""

    @cached_property
    def reader(self) -> RedisReader:
        """Reads the store for listeners."""
        return RedisReader(self.url)

    @cached_property
    def allowances(self) -> RedisAllowances:
        """Counters and limits for each request."""
        return RedisAllowances(self.settings.broker_url or self.url)

    @cached_property
    def rates(self) -> Rates:
        """Rate limits."""
        settings = self.settings
        most = {Work.MAKING: settings.rate_making, Work.READING: settings.rate_reading}
        return Rates(most, settings.making_at_once)

    @cached_property
    def reception(self) -> Reception:
        """Takes articles in."""
        settings = self.settings
        limits = Limits(settings.reading_processes or _PROCESSES, settings.reading_seconds)
        pool = Pool(partial(clerk, settings, self.url), limits, "service.server.preload")
        patience = Patience(settings.explain_seconds, self._patience)
        return Reception(pool, self.reader, self.allowances, patience, self.article_service)

    @cached_property
    def page_mode(self) -> PageMode:
        """Makes articles of pages."""
        return self.pages(self.reception.accept_page)

    def pages(self, submit: Submit) -> PageMode:
        """The same for one event loop, with that loop's intake of articles."""
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
            UnknownVoice: an alias stands for a voice that does not exist.
        """
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
            voices=self.offered,
            check_on_air=self.check_on_air,
            known_voice=partial(available_voices.card, self.catalogue),
            voice_offer=partial(voice_offer.offer, settings, self.catalogue),
            voice_installs=self.voice_installs,
            default_voice=settings.voice,
            voice_fault=partial(available_voices.fault, settings, self.catalogue, self._elsewhere),
            site_faults=partial(
                available_voices.site_faults, settings, self.catalogue, self.sites, self._elsewhere
            ),
            site=settings.site,
            public_url=settings.public_url,
            listing=self.listing,
            feed_length=settings.feed_length,
            cover=self._cover,
            workers=self.registry.alive,
            condition=self.store.condition,
            paid_faults=self.paid_faults,
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
    def voice_installs(self) -> VoiceInstalls:
        """Installs voices."""
        return VoiceInstalls(self.catalogue)

    @cached_property
    def feeder(self) -> Feeder:
        """Works batches through."""
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

    @cached_property
    def recovery(self) -> Recovery:
        """Recovers recordings that are pending."""
        waiting, patience = self.queue.waiting_since, self.settings.stuck_seconds
        return Recovery(self.repository, self.scheduler, self.assembler, waiting, patience)

    @cached_property
    def batches(self) -> BatchStore:
        """The store of batches."""
        return BatchStore(self.store, self.settings.article_ttl)

    @cached_property
    def durability(self) -> Durability:
        """Reports a store that cannot write to disk."""
        return Durability(self.store)

    @cached_property
    def _aliases(self) -> dict[str, str | None]:
        """Voices for names on OpenAI's routes: OpenAI's own stand for the default voice, unless configured.

        Raises:
            UnknownVoice: a name stands for a voice that does not exist.
        """
        wanted = self.settings.voice_aliases
        cards = {card.id for card in self.catalogue.list()}
        usual = {name: None for name in NAMES if name not in cards | wanted.keys()}
        return {**usual, **{name: self.card(voice).id for name, voice in wanted.items() if voice}}

    @property
    def _patience(self) -> float:
        return max(_PATIENCE_SECONDS, self.settings.phrase_seconds)
