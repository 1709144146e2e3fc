"""The last stage of accepting an article: requests its recording and stores the article."""

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

    The process may die after any step, and others publish and delete concurrently. So each step comes after
    the steps that it relies on: an article can be found only when its recording is at least queued, and a
    recording that an article no longer needs is given up only when the present version is stored.

    Args:
        repository: stores articles and recordings.
        listing: lists of articles.
        scheduler: requests recordings.
        assembler: starts them with the sentences spoken ahead, and ends those that no article wants any more.
        event_publisher: reports the outcome of articles.
        takedown: deletes public recordings of an article that has become private.
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
            plan: the plan of its recording.
            admit: called before anything is made or stored; raises its own error to refuse.
            unread: whether the article was accepted before it was read.

        Returns:
            The article, and whether its recording was ready before.

        Raises:
            Conflict: the publisher may change only one site's articles, and the id belongs to another site.
            NotFound: it was accepted unread, and deleted or replaced meanwhile.
            StoreUnavailable, StoreFull: the store cannot store it.
        """
        record = planning.record(draft.article, plan, draft.request, draft.arrived)
        self._check_owner(record, draft.request)
        admit(record)
        there = self._ask(draft, plan, record)
        stored, before = self._store(record, draft.request, unread=unread)
        self._reconcile(draft, plan, stored, before)
        # A later, unread version has no key yet: the publisher of this one follows its own recording.
        return stored if stored.is_read else replace(stored, key=plan.key), there

    def forsake(self, key: str, article: str) -> None:
        """Release an article's recording; it is not made unless another article wants it."""
        if self._repository.forsake(key, article) and self._repository.asked(key):
            self._assembler.fail(key, WITHDRAWN)
            # Another article may have requested it while it was given up.
            plan = self._repository.plan(key) if self._repository.wanting(key) else None
            if plan:
                self._scheduler.ask(plan, Priority.INTERACTIVE)

    def _check_owner(self, record: ArticleRecord, request: Submission) -> None:
        """Refuse another site's id before any work; the step that stores the article checks it again."""
        known = self._repository.entry(record.id) if request.bound else None
        if known and known.site != record.site:
            raise taken(record.id)

    def _ask(self, draft: Draft, plan: Plan, record: ArticleRecord) -> bool:
        """Request the recording; returns whether it is ready."""
        self._repository.want(plan.key, record.id)
        there = self._scheduler.ask(plan, draft.request.priority)
        # Sentences spoken ahead are available immediately, not only when a worker starts the recording.
        if not there and draft.is_spoken_ahead:
            self._assembler.advance(plan.key)
        LOOKUPS.labels("article", "hit" if there else "miss").inc()
        return there

    def _store(
        self, record: ArticleRecord, request: Submission, *, unread: bool
    ) -> tuple[ArticleRecord, ArticleRecord | None]:
        """Store an article and list it; returns its present version and the one that it replaced.

        Raises:
            Conflict: the id belongs to another site; the recording is released.
            NotFound: it was accepted unread, and deleted or replaced meanwhile; likewise.
        """
        expected = self._event_publisher.expect(record, request)
        try:
            if unread:
                self._listing.add(record)  # first: if this process dies after storing it, no other lists it
                self._complete(record)
                return record, None
            # Of two versions sent together the later one stays, even if the earlier took longer to read.
            stored, before = self._repository.replace_article(record, bound=request.bound)
        except (Conflict, NotFound):
            self._event_publisher.forget(expected)
            # The article with this id may have released this recording as its own before it was requested.
            self._repository.want(record.key, record.id)
            self.forsake(record.key, record.id)
            raise
        self._listing.add(stored)
        return stored, before

    def _complete(self, record: ArticleRecord) -> None:
        """Store the version of an article that was accepted unread.

        Raises:
            NotFound: it was deleted meanwhile, or another version with another sound has arrived.
        """
        if not self._repository.complete_article(record):
            present = self._repository.entry(record.id)
            if present is None or present.key != record.key:
                raise no_article(record.id)

    def _reconcile(
        self, draft: Draft, plan: Plan, record: ArticleRecord, before: ArticleRecord | None
    ) -> None:
        """Keep the recording of the present version, and release those that no version needs any more."""
        if record.key == plan.key:
            self._hold(plan, record, draft.request.priority)
        for other in {plan.key, before.key if before else plan.key} - {record.key, UNREAD}:
            self.forsake(other, record.id)
        if record.private:
            earlier = before.key if before and before.is_read else None
            self._takedown.close(record, "its publisher, who made it private", earlier)

    def _hold(self, plan: Plan, record: ArticleRecord, priority: Priority) -> None:
        """Ensure that the recording of a stored article is made.

        Another article may have released it, and so ended it, before this article was stored.
        """
        self._repository.want(plan.key, record.id)
        if self._repository.asked(plan.key) is None:
            state = self._repository.state(plan.key)
            if state is None or (state.failure and state.failure.code == WITHDRAWN.code):
                self._scheduler.ask(plan, priority)


def no_article(article: str) -> NotFound:
    """Return the error for an unknown article id."""
    return NotFound(f"There is no article “{article}”.", f"لا يوجد مقال بالمعرّف «{article}».")
