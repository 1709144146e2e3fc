"""The last stage of taking an article in: its recording is asked for, and the article is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from service.articles.draft import Draft
from service.metrics.instruments import LOOKUPS
from service.model.article import UNREAD, ArticleRecord, Priority, Submission
from service.model.errors import Conflict, NotFound
from service.model.recording import Plan
from service.recordings import plan as planning
from service.recordings.assembler import RecordingAssembler
from service.recordings.scheduler import SentenceScheduler
from service.recordings.takedown import WITHDRAWN, Takedown
from service.storage.article_index import Listing
from service.storage.repository import Repository, taken
from service.webhooks import EventPublisher


class Publication:
    """Publishes articles that have been read.

    Every step may be the last of this process, and others publish and delete meanwhile. So whatever makes
    something known comes after what it promises: an article is found only when its recording is at least
    queued, and what an article needs no more is given up only when its present version is stored.

    Args:
        repository: where articles and recordings are.
        listing: lists of articles.
        scheduler: has recordings made.
        assembler: has them begin with what was spoken ahead, and ends those that nobody wants any more.
        event_publisher: tells what becomes of articles.
        takedown: closes what was public of an article that has become private.
    """

    def __init__(
        self,
        repository: Repository,
        listing: Listing,
        scheduler: SentenceScheduler,
        assembler: RecordingAssembler,
        event_publisher: EventPublisher,
        takedown: Takedown,
    ) -> None:
        self._repository = repository
        self._listing = listing
        self._scheduler = scheduler
        self._assembler = assembler
        self._event_publisher = event_publisher
        self._takedown = takedown

    def publish(
        self, draft: Draft, plan: Plan, admit: Callable[[ArticleRecord], None], *, unread: bool = False
    ) -> tuple[ArticleRecord, bool]:
        """Publish an article.

        Args:
            draft: the article.
            plan: of its recording.
            admit: called before anything is made or stored; raises an error of its own to refuse.
            unread: whether the article was accepted before it was read.

        Returns:
            The article, and whether its recording was finished before.

        Raises:
            Conflict: whoever asks may change one site's articles alone, and that id is another's.
            NotFound: it was accepted unread, and deleted or replaced meanwhile.
            StoreUnavailable, StoreFull: the store cannot take it.
        """
        record = planning.record(draft.article, plan, draft.request, draft.arrived)
        self._check_owner(record, draft.request)
        admit(record)
        there = self._ask(draft, plan, record)
        stored, before = self._store(record, draft.request, unread=unread)
        self._reconcile(draft, plan, stored, before)
        # A later version that is unread has no key yet: the sender of this one follows its own recording.
        return stored if stored.is_read else replace(stored, key=plan.key), there

    def forsake(self, key: str, article: str) -> None:
        """An article wants a recording no more: it is not made, unless another article wants it."""
        if self._repository.forsake(key, article) and self._repository.asked(key):
            self._assembler.fail(key, WITHDRAWN)
            # Somebody may have come to want it while it was given up.
            plan = self._repository.plan(key) if self._repository.wanting(key) else None
            if plan:
                self._scheduler.ask(plan, Priority.INTERACTIVE)

    def _check_owner(self, record: ArticleRecord, request: Submission) -> None:
        """Refuse another site's id before any work; what decides is the step that stores the article."""
        known = self._repository.entry(record.id) if request.bound else None
        if known and known.site != record.site:
            raise taken(record.id)

    def _ask(self, draft: Draft, plan: Plan, record: ArticleRecord) -> bool:
        """Have the recording made; whether it is there."""
        self._repository.want(plan.key, record.id)
        there = self._scheduler.ask(plan, draft.request.priority)
        # What was spoken ahead is heard at once, not when a maker has taken the recording up.
        if not there and draft.is_spoken_ahead:
            self._assembler.advance(plan.key)
        LOOKUPS.labels("article", "hit" if there else "miss").inc()
        return there

    def _store(
        self, record: ArticleRecord, request: Submission, *, unread: bool
    ) -> tuple[ArticleRecord, ArticleRecord | None]:
        """Store an article and list it; its present version, and the one that it took the place of.

        Raises:
            Conflict: the id is another site's; what was asked for is given up.
            NotFound: it was accepted unread, and deleted or replaced meanwhile; likewise.
        """
        expected = self._event_publisher.expect(record, request)
        try:
            if unread:
                self._listing.add(record)  # nobody else would, should this process die once it is stored
                self._complete(record)
                return record, None
            # Of two versions sent at once the later one stays, even if the earlier took longer to read.
            stored, before = self._repository.replace_article(record, bound=request.bound)
        except (Conflict, NotFound):
            self._event_publisher.forget(expected)
            # The article that has the id may have closed this recording as its own, before it was asked for.
            self._repository.want(record.key, record.id)
            self.forsake(record.key, record.id)
            raise
        self._listing.add(stored)
        return stored, before

    def _complete(self, record: ArticleRecord) -> None:
        """Store the version of an article that was accepted unread.

        Raises:
            NotFound: it was deleted meanwhile, or another version with another sound came in.
        """
        if not self._repository.complete_article(record):
            present = self._repository.entry(record.id)
            if present is None or present.key != record.key:
                raise no_article(record.id)

    def _reconcile(
        self, draft: Draft, plan: Plan, record: ArticleRecord, before: ArticleRecord | None
    ) -> None:
        """Keep what the present version of an article needs, and give up what no version needs any more."""
        if record.key == plan.key:
            self._hold(plan, record, draft.request.priority)
        for other in {plan.key, before.key if before else plan.key} - {record.key, UNREAD}:
            self.forsake(other, record.id)
        if record.private:
            earlier = before.key if before and before.is_read else None
            self._takedown.close(record, "its publisher, who made it private", earlier)

    def _hold(self, plan: Plan, record: ArticleRecord, priority: Priority) -> None:
        """See to it that a recording is made whose article is known now.

        Somebody who wanted it no more may have had it given up before the article was known.
        """
        self._repository.want(plan.key, record.id)
        if self._repository.asked(plan.key) is None:
            state = self._repository.state(plan.key)
            if state is None or (state.failure and state.failure.code == WITHDRAWN.code):
                self._scheduler.ask(plan, priority)


def no_article(article: str) -> NotFound:
    """The error that there is no article of an id."""
    return NotFound(f"There is no article “{article}”.", f"لا يوجد مقال بالمعرّف «{article}».")
