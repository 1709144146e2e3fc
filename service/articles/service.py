"""The path, top to bottom: an article comes in, its recording goes out.

``ArticleService`` answers publishers and listeners: it extracts the article, reads it, plans the recording
and asks for it. The synthesiser speaks its sentences, in workers. Between the two lie the repository and the
scheduler, which carries sentences from the one to the other.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from cache.errors import StoreError
from service.articles.intake import Intake
from service.auth.signed_urls import Signer
from service.metrics.instruments import LOOKUPS
from service.model.article import UNREAD, ArticleRecord, Entry, Owner, Priority, Receipt, Submission
from service.model.document import Article
from service.model.errors import Conflict, EngineError, NotFound, ReadingFailed, Unavailable
from service.model.reading import Reading
from service.model.recording import (
    Chapter,
    Failure,
    Mark,
    Marks,
    Plan,
    SourceText,
    State,
    Status,
    Timing,
    Timings,
    WordMark,
)
from service.recordings import plan as planning
from service.recordings import validation
from service.recordings.assembler import RecordingAssembler
from service.recordings.plan import VoiceProfile
from service.recordings.scheduler import SentenceScheduler
from service.recordings.ssml_marks import timed_labels
from service.recordings.takedown import WITHDRAWN, Takedown
from service.storage.accepted_articles import Beginning, Unread
from service.storage.article_index import Listing
from service.storage.repository import Repository, taken
from service.webhooks import EventPublisher

log = logging.getLogger(__name__)

_NO_ID = ""
"""Looked for in place of what may not be seen."""
_NOBODY = Owner(site=None, private=False)
_LONG = 1000
"""Characters that take longer to be read than a sentence takes to reach a maker."""
_VERY_LONG = 6000
"""Characters whose reading takes longer than a listener should wait."""
_E = TypeVar("_E", bound=Entry)


def _nothing(*_: object) -> None:
    """Where nobody wants to know."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """An article that was sent and has not been read."""

    request: Submission
    article: Article
    sound: VoiceProfile
    seal: str | None
    """Of a private recording."""
    arrived: float
    """Seconds since 1970, UTC."""

    def plan(self, readings: Sequence[Reading]) -> Plan:
        """What is to be recorded of it, as far as it has been read."""
        return planning.plan(self.article, readings, self.sound, self.seal)

    @property
    def is_spoken_ahead(self) -> bool:
        """Whether its first sentence is spoken while the rest is read."""
        return self.request.priority is Priority.INTERACTIVE and len(self.article.text) > _LONG

    @property
    def is_accepted_unread(self) -> bool:
        """Whether it is accepted before it is read: a long one, which cannot be refused any more.

        SSML is read first, for it can ask in any place for what its voice cannot do.
        """
        very_long = len(self.article.text) > _VERY_LONG
        return self.is_spoken_ahead and very_long and self.request.ssml is None


class ArticleService:
    """Articles, and what becomes of them.

    Args:
        repository: what is kept.
        intake: makes sentences of what was sent.
        sound: from a voice's name and a speed (``None``: the site's own) to how a recording sounds;
            raises ``UnknownVoice`` and ``MissingPart``.
        scheduler: sends sentences to makers.
        assembler: has recordings begin with what was spoken ahead, and ends those that nobody wants any more.
        unread: stores what is known of articles that are being read.
        event_publisher: tells what becomes of articles.
        takedown: closes what was public of an article that has become private.
    """

    def __init__(  # noqa: PLR0913  # its neighbours on the path, by name
        self,
        *,
        repository: Repository,
        intake: Intake,
        sound: Callable[[str | None, float | None], VoiceProfile],
        scheduler: SentenceScheduler,
        assembler: RecordingAssembler,
        unread: Unread,
        event_publisher: EventPublisher,
        takedown: Takedown,
    ) -> None:
        self._repository = repository
        self._listing = Listing(repository)
        self._signer = Signer(repository.store)
        self._intake = intake
        self._sound = sound
        self._scheduler = scheduler
        self._assembler = assembler
        self._unread = unread
        self._event_publisher = event_publisher
        self.takedown = takedown

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
                    raise _lost()
                request = beginning.request
                sound = self._sound(request.voice, request.speed)
                draft = self._draft(request, record.article, sound, record.created)
                readings = self._intake.readings(record.article, request.site, sound.longest)
                self._published(draft, list(readings), was_read, _nothing, unread=True)

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

    def opening_size(self, key: str) -> int:
        """Bytes that stand before the frames of a recording.

        Raises:
            Unavailable: its plan was evicted.
        """
        return self._assembler.opening_size(key)

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
                            return self._published(draft, [first, *readings], was_read, admit, unread=True)
        return self._published(draft, [first, *readings], was_read, admit)

    def _draft(self, request: Submission, article: Article, sound: VoiceProfile, arrived: float) -> _Draft:
        seal = self._signer.seal(request.site) if request.private else None
        return _Draft(request, article, sound, seal, arrived)

    def _spoken_ahead(self, draft: _Draft, first: Reading) -> Plan | None:
        """Have the first sentence of a long article spoken while the rest is read; its plan."""
        if not draft.is_spoken_ahead:
            return None
        validation.check([first], draft.sound)
        beginning = draft.plan([first])
        self._scheduler.prepare(beginning)
        return beginning

    def _beginning(self, draft: _Draft, plan: Plan) -> Beginning:
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

    def _published(
        self,
        draft: _Draft,
        readings: Sequence[Reading],
        was_read: Callable[[], None],
        admit: Callable[[ArticleRecord], None],
        *,
        unread: bool = False,
    ) -> tuple[ArticleRecord, bool]:
        """Store an article that has been read, and have its recording made.

        Args:
            draft: the article.
            readings: of its sentences.
            was_read: as ``take_in`` has it.
            admit: as ``take_in`` has it.
            unread: whether the article was accepted before it was read.

        Returns:
            The article, and whether its recording was finished before.
        """
        request = draft.request
        validation.check(readings, draft.sound)
        plan = draft.plan(readings)
        was_read()
        record = planning.record(draft.article, plan, request, draft.arrived)
        known = self._repository.entry(record.id) if request.bound else None
        if known and known.site != record.site:
            raise taken(record.id)  # before any work; what decides is the step that keeps it
        admit(record)
        self._repository.want(plan.key, record.id)
        # Asked for before it is known: whoever finds the article finds its recording, at least queued.
        there = self._scheduler.ask(plan, request.priority)
        # What was spoken ahead is heard at once, not when a maker has taken the recording up.
        if not there and draft.is_spoken_ahead:
            self._assembler.advance(plan.key)
        LOOKUPS.labels("article", "hit" if there else "miss").inc()
        if unread:  # listed first: nobody else would, should this process die once the article is stored
            self._listing.add(record)
        record, before = self._kept(record, request, unread=unread)
        if not unread:
            self._listing.add(record)
        if record.key == plan.key:
            self._hold(plan, record, request.priority)
        for other in {plan.key, before.key if before else plan.key} - {record.key, UNREAD}:
            self._forsake(other, record.id)
        if record.private:
            earlier = before.key if before and before.is_read else None
            self.takedown.close(record, "its publisher, who made it private", earlier)
        # A later version that is unread has no key yet: the sender of this one follows its own recording.
        return record if record.is_read else replace(record, key=plan.key), there

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
            raise _no_article(article)
        self._forsake(known.key, article)

    def state(self, key: str) -> State:
        """How far a recording is.

        Raises:
            NotFound: nobody has asked for it.
        """
        state = self._repository.state(key)
        if state is None:
            raise _no_recording()
        return state

    def title(self, key: str) -> str | None:
        """The title of the article that first asked for a recording; ``None`` where that had none.

        Raises:
            NotFound: nobody has asked for it.
        """
        return self._plan(key).tags.title

    def demand(self, key: str) -> None:
        """Have a recording there or on its way, for somebody who listens.

        One that was evicted is made again; one that others are served before waits no longer.

        Raises:
            NotFound: nobody has asked for it.
            EngineError: its article could not be read.
        """
        if self._repository.has_audio(key):
            return
        # One that is as urgent as can be needs no plan, which of a long article is large.
        if self._repository.asked(key) is Priority.INTERACTIVE:
            self._repository.pend(key)
            return
        if key.startswith(UNREAD):
            failure = self.state(key).failure or Failure.of(_lost())
            raise EngineError(failure.en, failure.ar)
        self._scheduler.ask(self._plan(key), Priority.INTERACTIVE)

    def marks(self, key: str, record: ArticleRecord | None = None) -> Marks:
        """Where each sentence is, in the audio and in a text; while the recording grows, of what is spoken.

        Args:
            key: of the recording.
            record: whose text; by default that of the article which first asked for the recording.

        Raises:
            NotFound: nobody has asked for it.
        """
        timings = self._timings(key)
        written = record.sentences if record else [sentence.written for sentence in self._plan(key).sentences]
        marks = tuple(_mark(*pair) for pair in zip(timings.sentences, written, strict=timings.complete))
        labels = tuple(timed_labels(written, timings.sentences))
        return Marks(marks, timings.duration, timings.complete, labels)

    def chapters(self, key: str) -> tuple[tuple[Chapter, ...], bool]:
        """The parts of a recording, and whether that is all of them; while it grows, of what is spoken.

        Raises:
            NotFound: nobody has asked for it.
        """
        timings = self._timings(key)
        return planning.timed(planning.chapters(self._plan(key)), timings), timings.complete

    def _plan(self, key: str) -> Plan:
        plan = self._repository.plan(key)
        if plan is None:
            raise _no_recording()
        return plan

    def _timings(self, key: str) -> Timings:
        """When each sentence sounds; of a recording whose own are gone, they are measured again."""
        timings = self._repository.timings(key)
        if not timings.complete and self.state(key).status is Status.READY:
            self.demand(key)
        return timings

    def _found(
        self, load: Callable[[str], _E | None], article: str, seen: Callable[[Owner], bool] | None
    ) -> _E:
        owner = self._repository.owner(article) if seen else None
        hidden = seen is not None and not seen(owner or _NOBODY)
        found = load(_NO_ID if hidden else article)
        # What was looked at first may have been evicted; the article itself has the last word.
        if found is None or (seen and not seen(found.owner)):
            raise _no_article(article)
        return found

    def _kept(
        self, record: ArticleRecord, request: Submission, *, unread: bool
    ) -> tuple[ArticleRecord, ArticleRecord | None]:
        """The present version of an article, and the one that it took the place of.

        Raises:
            Conflict: the id is another site's; what was asked for is given up.
            NotFound: it was accepted unread, and deleted or replaced meanwhile; likewise.
        """
        expected = self._event_publisher.expect(record, request)
        try:
            if unread:
                self._complete(record)
                return record, None
            # Of two versions sent at once the later one stays, even if the earlier took longer to read.
            return self._repository.replace_article(record, bound=request.bound)
        except (Conflict, NotFound):
            self._event_publisher.forget(expected)
            # The article that has the id may have closed this recording as its own, before it was asked for.
            self._repository.want(record.key, record.id)
            self._forsake(record.key, record.id)
            raise

    def _complete(self, record: ArticleRecord) -> None:
        """Store the version of an article that was accepted unread.

        Raises:
            NotFound: it was deleted meanwhile, or another version with another sound came in.
        """
        if not self._repository.complete_article(record):
            present = self._repository.entry(record.id)
            if present is None or present.key != record.key:
                raise _no_article(record.id)

    def _hold(self, plan: Plan, record: ArticleRecord, priority: Priority) -> None:
        """See to it that a recording is made whose article is known now.

        Somebody who wanted it no more may have had it given up before the article was known.
        """
        self._repository.want(plan.key, record.id)
        if self._repository.asked(plan.key) is None:
            state = self._repository.state(plan.key)
            if state is None or (state.failure and state.failure.code == WITHDRAWN.code):
                self._scheduler.ask(plan, priority)

    def _forsake(self, key: str, article: str) -> None:
        """An article wants a recording no more: it is not made, unless another article wants it."""
        if self._repository.forsake(key, article) and self._repository.asked(key):
            self._assembler.fail(key, WITHDRAWN)
            # Somebody may have come to want it while it was given up.
            plan = self._repository.plan(key) if self._repository.wanting(key) else None
            if plan:
                self._scheduler.ask(plan, Priority.INTERACTIVE)


def _no_article(article: str) -> NotFound:
    return NotFound(f"There is no article “{article}”.", f"لا يوجد مقال بالمعرّف «{article}».")


def _lost() -> ReadingFailed:
    return ReadingFailed(
        "The process that read it ended, and what it had been asked for is lost. Send it again.",
        "توقفت العملية التي كانت تقرأ المقال وضاع ما طُلب معه. أرسل المقال من جديد.",
    )


def _no_recording() -> NotFound:
    return NotFound("There is no such recording.", "لا يوجد تسجيل بهذا المفتاح.")


def _mark(timing: Timing, sentence: SourceText) -> Mark:
    words = tuple(
        WordMark(start, end, span)
        for (start, end), span in zip(timing.words, sentence.words, strict=False)
        if span is not None
    )
    return Mark(sentence.text, timing.start, timing.end, sentence.span, sentence.role, words)
