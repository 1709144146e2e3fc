"""The path's first half, top to bottom: an article comes in, is read, planned and published.

The synthesiser speaks its sentences, in workers. Between the two lie the repository and the scheduler, which
carries sentences from the one to the other. Listeners ask ``Playback``.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from cache.errors import StoreError
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
from service.webhooks import EventPublisher

log = logging.getLogger(__name__)

_NO_ID = ""
"""Looked for in place of what may not be seen."""
_NOBODY = Owner(site=None, private=False)
_E = TypeVar("_E", bound=Entry)


def _nothing(*_: object) -> None:
    """Where nobody wants to know."""


class ArticleService:
    """Articles, and what becomes of them.

    Args:
        repository: what is kept.
        signer: seals private recordings.
        intake: makes sentences of what was sent.
        sound: from a voice's name and a speed (``None``: the site's own) to how a recording sounds;
            raises ``UnknownVoice`` and ``MissingPart``.
        scheduler: sends sentences to makers.
        assembler: makes the beginnings of recordings.
        unread: stores what is known of articles that are being read.
        event_publisher: tells what becomes of articles.
        publication: publishes what has been read.
    """

    def __init__(  # noqa: PLR0913  # its neighbours on the path, by name
        self,
        *,
        repository: Repository,
        signer: Signer,
        intake: Intake,
        sound: Callable[[str | None, float | None], VoiceProfile],
        scheduler: SentenceScheduler,
        assembler: RecordingAssembler,
        unread: Unread,
        event_publisher: EventPublisher,
        publication: Publication,
    ) -> None:
        self._repository = repository
        self._signer = signer
        self._intake = intake
        self._sound = sound
        self._scheduler = scheduler
        self._assembler = assembler
        self._unread = unread
        self._event_publisher = event_publisher
        self._publication = publication

    def submit(self, request: Submission) -> ArticleRecord:
        """Take an article in, as ``take_in`` does; the article as it is stored."""
        return self._taken_in(request)[0]

    def take_in(
        self,
        request: Submission,
        was_read: Callable[[], None] = _nothing,
        admit: Callable[[ArticleRecord], None] = _nothing,
        accepted: Callable[[Receipt], None] | None = None,
    ) -> Receipt:
        """Take an article in, and have its recording made unless it is there or on its way.

        Args:
            request: the article.
            was_read: called when the article has been read and before its recording is stored.
            admit: called before anything is made or stored; raises an error of its own to refuse.
            accepted: called as soon as nothing but reading is left to do, where that will take long and no
                article has the id; from then on, what fails is the article's failure.

        Raises:
            BadArticle: it cannot be read; the field at fault is named.
            UnknownVoice: there is no such voice.
            MissingPart: the voice for Latin script is gone.
            Conflict: whoever asks may change one site's articles alone, and that id is another's.
            NotAllowed, BadUrl: nothing may be sent where its outcome is to be told.
            NotFound: it was deleted while it was read.
            StoreUnavailable, StoreFull: the store cannot take it.
        """
        record, there = self._taken_in(request, was_read, admit, accepted)
        return replace(record.receipt, there=there)

    def read_on(self, article: str, was_read: Callable[[], None] = _nothing) -> None:
        """Read on an accepted article whose process has died, unless somebody else does.

        Raises:
            IstamiError: it cannot be read; the article says so.
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
                sound = self._sound(request.voice, request.speed)
                draft = self._draft(request, record.article, sound, record.created)
                readings = self._intake.readings(record.article, request.site, sound.longest)
                self._publish(draft, list(readings), was_read, unread=True)

    def fail_unread(self, article: str, created: float, failure: Failure) -> None:
        """End a version of an article that was accepted and cannot be read.

        Args:
            article: its id.
            created: when the version came in; of another one nothing changes.
            failure: why.
        """
        record = self._repository.article(article)
        if record and not record.is_read and record.created == created:
            log.warning("article %s was accepted and cannot be read: %s", article, failure.code)
            failed = replace(record, key=f"{UNREAD}-{hashlib.sha256(article.encode()).hexdigest()[:32]}")
            self._repository.keep_state(
                failed.key, State(Status.FAILED, 0, 0, failure=failure, updated=time.time())
            )
            if beginning := self._unread.beginning(record):
                self._event_publisher.expect(failed, beginning.request)
            self._repository.complete_article(failed)
        self._unread.end(article, created)

    def beginning(self, entry: Entry) -> Beginning | None:
        """What is known of the recording of an article that is being read."""
        return self._unread.beginning(entry)

    def begun(self, beginning: Beginning) -> tuple[bytes, bytes, bool]:
        """The first bytes of the recording of an article that is being read.

        As ``RecordingAssembler.beginning``.
        """
        return self._assembler.beginning(beginning.plan, beginning.titles)

    def abandoned(self) -> list[Entry]:
        """Articles that were accepted and whose readers have died."""
        return self._unread.abandoned()

    def _taken_in(
        self,
        request: Submission,
        was_read: Callable[[], None] = _nothing,
        admit: Callable[[ArticleRecord], None] = _nothing,
        accepted: Callable[[Receipt], None] | None = None,
    ) -> tuple[ArticleRecord, bool]:
        """As ``take_in``: the article, and whether its recording was finished before."""
        arrived = time.time()
        request = self._intake.completed(request)
        if request.private and not request.id:
            request = replace(request, id=secrets.token_hex(12))  # none that could be told by the text
        self._event_publisher.check(request)
        sound = self._sound(request.voice, request.speed)
        draft = self._draft(request, self._intake.extract(request), sound, arrived)
        readings = self._intake.readings(draft.article, request.site, sound.longest)
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

    def _draft(self, request: Submission, article: Article, sound: VoiceProfile, arrived: float) -> Draft:
        seal = self._signer.seal(request.site) if request.private else None
        return Draft(request, article, sound, seal, arrived)

    def _spoken_ahead(self, draft: Draft, first: Reading) -> Plan | None:
        """Have the first sentence of a long article spoken while the rest is read; its plan."""
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
        """Let what fails be the failure of an article that was accepted.

        What may pass, such as a fault of the store, does not end it: the next round reads on.
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
            BadArticle: it asks for what its voice cannot do.
        """
        validation.check(readings, draft.sound)
        plan = draft.plan(readings)
        was_read()
        return self._publication.publish(draft, plan, admit, unread=unread)

    def read(self, request: Submission) -> tuple[list[Reading], VoiceProfile]:
        """Return how each sentence of an article will be read, and how it will sound; nothing is stored.

        Raises:
            BadArticle: it cannot be read.
            UnknownVoice: there is no such voice.
            MissingPart: the voice for Latin script is gone.
        """
        request = self._intake.completed(request)
        sound = self._sound(request.voice, None)
        readings = self._intake.read(self._intake.extract(request), request.site, sound.longest)
        validation.check(readings, sound)
        return readings, sound

    def voice(self, request: Submission) -> str:
        """The id of the voice that would speak a request.

        Raises:
            UnknownVoice: there is no such voice, or it is not installed.
            MissingPart: the voice for Latin script is gone.
        """
        request = self._intake.completed(request)
        return self._sound(request.voice, request.speed).voice

    def article(self, article: str, seen: Callable[[Owner], bool] | None = None) -> ArticleRecord:
        """An article by its id.

        Args:
            article: its id.
            seen: whether somebody may see what belongs to such an owner; by default all may.

        Raises:
            NotFound: there is none, or none that may be seen: after the same work.
        """
        return self._found(self._repository.article, article, seen)

    def entry(self, article: str, seen: Callable[[Owner], bool] | None = None) -> Entry:
        """The same without its sentences, for whoever only listens: there may be many of them at once."""
        return self._found(self._repository.entry, article, seen)

    def delete(self, article: str, seen: Callable[[Owner], bool] = lambda _owner: True) -> None:
        """Forget an article.

        Its recording stays until it expires: others may share it. One that is not made yet, and that no other
        article wants, is not made.

        Args:
            article: its id.
            seen: whether somebody may forget what belongs to such an owner; by default all may.

        Raises:
            NotFound: there is none, or none that may be forgotten.
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
        # What was looked at first may have been evicted; the article itself has the last word.
        if found is None or (seen and not seen(found.owner)):
            raise no_article(article)
        return found
