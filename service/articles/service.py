"""The first half of the pipeline: accepts, reads, plans and publishes an article.

The synthesiser speaks its sentences, in workers. The two are connected by the repository and by the
scheduler, which sends sentences to the workers. Listeners use ``Playback``.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from cache.errors import StoreError
from service.articles.casting import Casting
from service.articles.draft import Draft, lost
from service.articles.intake import Intake
from service.articles.publication import Publication, no_article
from service.auth.signed_urls import Signer
from service.model.article import UNREAD, ArticleRecord, Entry, Owner, Receipt, Submission
from service.model.document import Article
from service.model.errors import Unavailable
from service.model.reading import Reading
from service.model.recording import (
    Failure,
    Plan,
    State,
    Status,
)
from service.recordings import plan as planning
from service.recordings import validation
from service.recordings.assembler import RecordingAssembler
from service.recordings.plan import VoiceProfile
from service.recordings.scheduler import SentenceScheduler
from service.storage.accepted_articles import Beginning, Unread
from service.storage.repository import Repository
from service.text.pipeline.spoken import ReadingOptions
from service.webhooks import EventPublisher

log = logging.getLogger(__name__)

_NO_ID = ""
"""Looked up instead of an id that the caller may not see."""
_NOBODY = Owner(site=None, private=False)
_E = TypeVar("_E", bound=Entry)


def _nothing(*_: object) -> None:
    """Default callback that does nothing."""


class ArticleService:
    """Accepts, publishes, looks up and deletes articles.

    Args:
        repository: stores articles and recordings.
        signer: seals private recordings.
        intake: turns requests into sentences.
        casting: chooses the voice of an article.
        sound: returns the sound settings of a request that its site has completed; raises ``UnknownVoice``
            and ``MissingPart``.
        reading: returns the options with which the text of a request is read.
        scheduler: sends sentences to workers.
        assembler: makes the beginnings of recordings.
        unread: stores accepted articles that are being read.
        event_publisher: reports the outcome of articles.
        publication: publishes articles that have been read.
    """

    def __init__(  # noqa: PLR0913  # its neighbours on the path, by name
        self,
        *,
        repository: Repository,
        signer: Signer,
        intake: Intake,
        casting: Casting,
        sound: Callable[[Submission], VoiceProfile],
        reading: Callable[[Submission], ReadingOptions],
        scheduler: SentenceScheduler,
        assembler: RecordingAssembler,
        unread: Unread,
        event_publisher: EventPublisher,
        publication: Publication,
    ) -> None:
        self._repository = repository
        self._signer = signer
        self._intake = intake
        self._casting = casting
        self._sound = sound
        self._reading = reading
        self._scheduler = scheduler
        self._assembler = assembler
        self._unread = unread
        self._event_publisher = event_publisher
        self._publication = publication

    def submit(self, request: Submission) -> ArticleRecord:
        """Accept an article, as ``take_in`` does, and return it as stored."""
        return self._taken_in(request)[0]

    def take_in(
        self,
        request: Submission,
        was_read: Callable[[], None] = _nothing,
        admit: Callable[[ArticleRecord], None] = _nothing,
        accepted: Callable[[Receipt], None] | None = None,
    ) -> Receipt:
        """Accept an article, and request its recording unless it is ready or requested already.

        Args:
            request: the article.
            was_read: called after the article has been read and before its recording is stored.
            admit: called before anything is made or stored; raises its own error to refuse.
            accepted: called as soon as only reading remains, if that will take long and no article has the
                id; from then on, an error becomes the article's failure.

        Raises:
            BadArticle: it cannot be read; the error names the field at fault.
            UnknownVoice: there is no such voice.
            MissingPart: the voice for Latin script is missing.
            Conflict: the publisher may change only one site's articles, and the id belongs to another site.
            NotAllowed, BadUrl: the webhook address for its outcome is not allowed.
            NotFound: it was deleted while it was read.
            StoreUnavailable, StoreFull: the store cannot store it.
        """
        record, there = self._taken_in(request, was_read, admit, accepted)
        return replace(record.receipt, there=there)

    def read_on(self, article: str, was_read: Callable[[], None] = _nothing) -> None:
        """Resume reading an accepted article whose process has died, unless another process does.

        Raises:
            IstamiError: it cannot be read; the article's state reports it.
            StoreUnavailable, StoreFull: the store.
        """
        with self._unread.claimed(article) as is_mine:
            record = self._repository.article(article) if is_mine else None
            if record is None or record.is_read:
                return
            with self._failing(record):
                beginning = self._unread.beginning(record)
                if beginning is None:
                    raise lost()
                request = beginning.request
                sound = self._sound(request)
                draft = self._draft(request, record.article, sound, record.created)
                readings = self._readings(request, record.article, sound)
                self._publish(draft, list(readings), was_read, unread=True)

    def fail_unread(self, article: str, created: float, failure: Failure) -> None:
        """End a version of an article that was accepted and cannot be read.

        Args:
            article: its id.
            created: time of arrival of the version; another version is not changed.
            failure: the reason.
        """
        record = self._repository.article(article)
        if record and not record.is_read and record.created == created:
            log.warning("article %s was accepted but cannot be read: %s", article, failure.code)
            failed = replace(record, key=f"{UNREAD}-{hashlib.sha256(article.encode()).hexdigest()[:32]}")
            self._repository.keep_state(
                failed.key, State(Status.FAILED, 0, 0, failure=failure, updated=time.time())
            )
            if beginning := self._unread.beginning(record):
                self._event_publisher.expect(failed, beginning.request)
            self._repository.complete_article(failed)
        self._unread.end(article, created)

    def beginning(self, entry: Entry) -> Beginning | None:
        """Return the known part of the recording of an article that is being read."""
        return self._unread.beginning(entry)

    def begun(self, beginning: Beginning) -> tuple[bytes, bytes, bool]:
        """Return the first bytes of the recording of an article that is being read.

        As ``RecordingAssembler.beginning``.
        """
        return self._assembler.beginning(beginning.plan, beginning.titles)

    def abandoned(self) -> list[Entry]:
        """Return the accepted articles whose reading process has died."""
        return self._unread.abandoned()

    def _taken_in(
        self,
        request: Submission,
        was_read: Callable[[], None] = _nothing,
        admit: Callable[[ArticleRecord], None] = _nothing,
        accepted: Callable[[Receipt], None] | None = None,
    ) -> tuple[ArticleRecord, bool]:
        """As ``take_in``; returns the article, and whether its recording was ready before."""
        arrived = time.time()
        request = self._intake.completed(request)
        if request.private and not request.id:
            request = replace(request, id=secrets.token_hex(12))  # cannot be computed from the text
        self._event_publisher.check(request)
        request, article, sound = self._cast(request)
        draft = self._draft(request, article, sound, arrived)
        readings = self._readings(request, article, sound)
        first = next(readings)
        beginning = self._spoken_ahead(draft, first)
        if accepted and beginning and draft.is_accepted_unread:
            record = replace(planning.record(draft.article, beginning, request, arrived), key=UNREAD)
            with self._unread.claimed(record.id) as is_mine:
                if is_mine and not self._repository.entry(record.id):
                    admit(record)
                    admit = _nothing
                    if self._unread.accept(record, self._beginning(draft, beginning)):
                        accepted(record.receipt)
                        with self._failing(record):
                            return self._publish(draft, [first, *readings], was_read, admit, unread=True)
        return self._publish(draft, [first, *readings], was_read, admit)

    def _cast(self, request: Submission) -> tuple[Submission, Article, VoiceProfile]:
        """The request with its voices, its article, and their sound; a wrong voice is refused first."""
        if request.voice:
            self._sound(request)
        article = self._intake.extract(request)
        request = self._casting.cast(request, article)
        return request, article, self._sound(request)

    def _readings(self, request: Submission, article: Article, sound: VoiceProfile) -> Iterator[Reading]:
        own = self._reading(request)
        return self._intake.readings(article, request.site, sound.longest, request.locale, own)

    def _draft(self, request: Submission, article: Article, sound: VoiceProfile, arrived: float) -> Draft:
        seal = self._signer.seal(request.site) if request.private else None
        return Draft(request, article, sound, seal, arrived)

    def _spoken_ahead(self, draft: Draft, first: Reading) -> Plan | None:
        """Request the first sentence of a long article while the rest is being read; returns its plan."""
        if not draft.is_spoken_ahead:
            return None
        validation.check([first], draft.sound)
        beginning = draft.plan([first])
        self._scheduler.prepare(beginning)
        return beginning

    def _beginning(self, draft: Draft, plan: Plan) -> Beginning:
        request = replace(draft.request, text=None, html=None)
        return Beginning(draft.arrived, request, plan, self._intake.outline(draft.article))

    @contextmanager
    def _failing(self, record: ArticleRecord) -> Generator[None]:
        """Turn an error into the failure of an accepted article.

        A temporary error, such as one of the store, does not end it: the next round resumes reading.
        """
        try:
            yield
        except (StoreError, Unavailable):
            raise
        except Exception as error:
            self.fail_unread(record.id, record.created, Failure.of(error))
            raise
        self._unread.end(record.id, record.created)

    def _publish(
        self,
        draft: Draft,
        readings: Sequence[Reading],
        was_read: Callable[[], None],
        admit: Callable[[ArticleRecord], None] = _nothing,
        *,
        unread: bool = False,
    ) -> tuple[ArticleRecord, bool]:
        """Plan the recording of an article that has been read, and publish it, as ``Publication.publish``.

        Raises:
            BadArticle: it requests what its voice cannot do.
        """
        validation.check(readings, draft.sound)
        plan = draft.plan(readings)
        was_read()
        return self._publication.publish(draft, plan, admit, unread=unread)

    def read(self, request: Submission) -> tuple[list[Reading], VoiceProfile]:
        """Return each sentence's reading and the article's sound settings; nothing is stored.

        Raises:
            BadArticle: it cannot be read.
            UnknownVoice: there is no such voice.
            MissingPart: the voice for Latin script is missing.
        """
        request = replace(self._intake.completed(request), speed=None)
        request, article, sound = self._cast(request)
        readings = list(self._readings(request, article, sound))
        validation.check(readings, sound)
        return readings, sound

    def voice(self, request: Submission) -> str:
        """Return the id of the voice that would speak a request which has nothing to say.

        Raises:
            UnknownVoice: there is no such voice, or it is not installed.
            MissingPart: the voice for Latin script is missing.
        """
        return self._sound(self._intake.completed(request)).voice

    def article(self, article: str, seen: Callable[[Owner], bool] | None = None) -> ArticleRecord:
        """Return an article by its id.

        Args:
            article: its id.
            seen: whether the caller may see articles of this owner; by default everyone may.

        Raises:
            NotFound: there is none, or none that the caller may see; both take the same work.
        """
        return self._found(self._repository.article, article, seen)

    def entry(self, article: str, seen: Callable[[Owner], bool] | None = None) -> Entry:
        """As ``article``, without its sentences: for listeners, of whom there may be many."""
        return self._found(self._repository.entry, article, seen)

    def delete(self, article: str, seen: Callable[[Owner], bool] = lambda _owner: True) -> None:
        """Delete an article.

        Its recording stays until it expires, because others may share it. An unfinished one that no other
        article wants is not made.

        Args:
            article: its id.
            seen: whether the caller may delete articles of this owner; by default everyone may.

        Raises:
            NotFound: there is none, or none that the caller may delete.
        """
        known = self._repository.forget_article(article, seen)
        if known is None:
            raise no_article(article)
        self._publication.forsake(known.key, article)

    def _found(
        self, load: Callable[[str], _E | None], article: str, seen: Callable[[Owner], bool] | None
    ) -> _E:
        owner = self._repository.owner(article) if seen else None
        hidden = seen is not None and not seen(owner or _NOBODY)
        found = load(_NO_ID if hidden else article)
        # The owner read first may have been evicted; the article itself decides.
        if found is None or (seen and not seen(found.owner)):
            raise no_article(article)
        return found
