"""Deletes recordings with all their data from the store and from nginx's cache.

Articles with the same sound share one recording, so sharing is checked first; a refusal names only articles
that the caller may see.
"""

from __future__ import annotations

import logging

from service.model.article import Entry, Priority
from service.model.errors import Conflict, NotFound, Unwritable
from service.model.recording import Failure, Plan
from service.recordings import plan as planning
from service.recordings.assembler import RecordingAssembler
from service.recordings.proxy_cache import ProxyCache
from service.recordings.scheduler import SentenceScheduler
from service.storage.repository import Repository

log = logging.getLogger(__name__)

WITHDRAWN = Failure("Withdrawn", "The recording is no longer needed.", "لم يعد أحد يريد هذا التسجيل.")
_MOST_NAMED = 10
"""Maximum number of articles named in a refusal."""


class Takedown:
    """Takes down articles with their recordings, or only recordings.

    Args:
        repository: stores them.
        assembler: ends unfinished recordings.
        scheduler: requests a recording again that an article asked for at the same moment.
        cache: nginx's cache.
    """

    def __init__(
        self,
        repository: Repository,
        assembler: RecordingAssembler,
        scheduler: SentenceScheduler,
        cache: ProxyCache,
    ) -> None:
        self._repository = repository
        self._clips = repository.clips
        self._assembler = assembler
        self._scheduler = scheduler
        self._cache = cache

    def article(self, entry: Entry, by: str, site: str | None = None, *, force: bool = False) -> int:
        """Delete an article, and take down its recording and those of its earlier versions.

        Args:
            entry: the article.
            by: the caller, for the log.
            site: the only site whose articles the caller may change; ``None``: all.
            force: take down the recording although other articles share it; they lose it.

        Returns:
            Number of slices deleted from nginx's cache.

        Raises:
            Conflict: another article shares the recording. Nothing was changed.
            NotFound: it was deleted meanwhile, or now belongs to another site. Nothing was changed.
            Unwritable: only the deletion from nginx's cache failed.
        """
        known = self._repository.wanting(entry.key)
        others = self._sharing(entry.key, known - {entry.id})
        foreign = [other for other in others if site is not None and other.site != site]
        if foreign:
            raise _shared_with_others()
        if others and not force:
            raise _shared([other.id for other in others])
        # The owner was checked before; it is checked again in the step that deletes the article.
        if not self._repository.forget_article(entry.id, lambda owner: site is None or owner.site == site):
            raise NotFound(f"There is no article “{entry.id}”.", f"لا يوجد مقال بالمعرّف «{entry.id}».")
        taken = self._take(entry.key, known, by, entry.id)
        return taken + self._close(entry.id, self._repository.recordings(entry.id) - {entry.key}, by)

    def withdraw(self, entry: Entry, by: str) -> None:
        """Delete an article, and take down its recordings that no other article shares."""
        self._repository.forget_article(entry.id)
        self._close_logged(entry.id, self._repository.recordings(entry.id), by)

    def close(self, entry: Entry, by: str, before: str | None = None) -> None:
        """Take down an article's recordings from when it was public, unless another article shares them.

        Args:
            entry: the article.
            by: the caller, for the log.
            before: the key of the version that it replaced, in case the store has lost it.
        """
        earlier = self._repository.recordings(entry.id) | ({before} if before else set())
        public = {key for key in earlier - {entry.key} if not key.startswith(planning.PRIVATE)}
        self._close_logged(entry.id, public, by)

    def recording(self, key: str, by: str) -> int:
        """Take down one recording, whichever articles have it.

        Args:
            key: its key.
            by: the caller, for the log.

        Returns:
            Number of slices deleted from nginx's cache.

        Raises:
            Unavailable: it is being made and cannot be stopped at the moment.
            Unwritable: only the deletion from nginx's cache failed.
        """
        return self._take(key, self._repository.wanting(key), by, "")

    def _take(self, key: str, known: set[str], by: str, article: str) -> int:
        """As ``recording``.

        Args:
            key: the recording's key.
            known: articles that had it when the takedown was decided.
            by: the caller.
            article: the article that is deleted with it.
        """
        self._repository.forsake(key, article)
        plan = self._repository.plan(key)
        self._assembler.fail(key, WITHDRAWN)
        self._repository.forget_recording(key)
        if plan:
            self._forget_clips(plan)
        log.info("recording %s of article %s: taken down by %s", key, article or "(any)", by)
        if plan and self._repository.wanting(key) - known:
            # An article requested it between the check and the deletion, and was answered that it is ready.
            self._scheduler.ask(plan, Priority.INTERACTIVE)
            return 0
        return self._cache.forget(key)

    def _close(self, article: str, keys: set[str], by: str) -> int:
        """Take down those of an article's recordings that no other article shares."""
        slices = 0
        for key in sorted(keys):
            known = self._repository.wanting(key)
            if not self._sharing(key, known - {article}):
                slices += self._take(key, known, by, article)
        return slices

    def _close_logged(self, article: str, keys: set[str], by: str) -> None:
        """As ``_close``; a failed deletion from nginx's cache is logged, not raised."""
        try:
            self._close(article, keys, by)
        except Unwritable as error:
            log.error("article %s: %s", article, error.en)  # noqa: TRY400  # our message says it all

    def _sharing(self, key: str, articles: set[str]) -> list[Entry]:
        """Return those of the articles whose present version has this recording."""
        entries = self._repository.entries(sorted(articles)) if articles else []
        return [entry for entry in entries if entry and entry.key == key]

    def _forget_clips(self, plan: Plan) -> None:
        for sentence in plan.sentences:
            name = planning.sentence_key(sentence, plan)
            self._clips.forget(name, len(sentence.pieces), plan.key)


def _shared(articles: list[str]) -> Conflict:
    named = ", ".join(f"“{article}”" for article in articles[:_MOST_NAMED])
    named_ar = "، ".join(f"«{article}»" for article in articles[:_MOST_NAMED])
    return Conflict(
        f"Other articles share this recording: {named}. With force=true it is deleted for them, too.",
        f"لمقالات أخرى التسجيل نفسه: {named_ar}. وبإضافة force=true يُزال عنها أيضًا.",
    )


def _shared_with_others() -> Conflict:
    return Conflict(
        "Another site shares this recording. Only a key for all sites can take it down.",
        "لموقع آخر التسجيل نفسه، ولا يُزال إلا بمفتاح صالح لكل المواقع.",
    )
