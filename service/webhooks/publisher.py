"""Announces the outcome of each article once, even if processes die.

The process that takes an article in stores a note that its outcome is expected. Rounds check the expected
outcomes, put events in the outbox, and only then delete the note. An event's id comes from the outcome, which
is in the recording's own state and changes in one transaction with the recording: repeating all this is
harmless.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cache.errors import StoreError
from cache.store import Store
from service.metrics import background
from service.model.article import ArticleRecord, Submission
from service.model.recording import State, Status
from service.storage import keys as names
from service.storage.codec import is_newer, noun, unpacked
from service.storage.repository import Repository
from service.webhooks.endpoints import Endpoints
from service.webhooks.models import FAILED, READY, Event
from service.webhooks.outbox import Outbox

_SAMPLE = 500
"""Outcomes that one round checks; if more are expected, a random sample."""
_GRACE_SECONDS = 60.0
"""An article is stored within this time after its note; if it is not, another version replaced it."""

Data = Callable[[ArticleRecord, State], Mapping[str, Any]]
"""The event data of an article that is ready or has failed."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A note: the outcome of one article's recording is to be announced."""

    key: str
    article: str
    asked: str | None
    """The URL that the request named."""
    since: float
    nonce: str
    """Makes each note unique: a process never deletes the note of another."""


_EXPECTED = noun("note of what is expected", Expected)


class EventPublisher:
    """Announces the outcomes of articles and batches.

    Args:
        repository: of articles and the states of their recordings.
        endpoints: that receive events.
        outbox: stores deliveries of events.
        data: builds the event data of an article.
    """

    def __init__(self, repository: Repository, endpoints: Endpoints, outbox: Outbox, data: Data) -> None:
        self._repository = repository
        self._store: Store = repository.store
        self._endpoints = endpoints
        self._outbox = outbox
        self._data = data

    def check(self, request: Submission) -> None:
        """Check that events may be sent to the URL that a request names.

        Raises:
            NotAllowed, BadUrl: they may not.
        """
        if request.webhook is not None:
            self._endpoints.check(request.webhook, request.site)

    def check_batch(self, webhook: str | None, site: str | None) -> None:
        """The same for a batch, of one site or of none.

        Raises:
            NotAllowed, BadUrl: nothing may be sent there.
        """
        if webhook is not None:
            self._endpoints.check(webhook, site)

    def expect(self, record: ArticleRecord, request: Submission) -> str | None:
        """Note that the outcome of an article is to be announced; the note, if there are receivers.

        Its recording has been requested: from now on its state is the outcome, unless it is still being
        made.
        """
        asked = request.webhook
        if not request.announced or not any(
            self._endpoints.targets(kind, record.site, asked) for kind in (READY, FAILED)
        ):
            return None
        expected = Expected(record.key, record.id, asked, time.time(), secrets.token_hex(8))
        note = _EXPECTED.encode(expected).decode()
        self._store.add(names.EXPECTED, note)
        return note

    def forget(self, note: str | None) -> None:
        """Delete a note: its article was not taken in."""
        if note is not None:
            self._store.discard(names.EXPECTED, note)

    def round(self) -> None:
        """Announce the outcomes that are known.

        Raises:
            StoreUnavailable, StoreFull: from the store; the next round continues where this one stopped.
        """
        notes = sorted(self._store.some(names.EXPECTED, _SAMPLE))
        if not notes:
            return
        expected = [unpacked(_EXPECTED, note) for note in notes]
        keys = [each.key if each else "" for each in expected]
        # Read before the states: a recording that is no longer requested has its outcome in its state.
        asked = self._store.get_many(map(names.asked_name, keys))
        states = self._repository.states(keys)
        for note, each, making, state in zip(notes, expected, asked, states, strict=True):
            with background.guarded("webhooks", let=StoreError):
                over = self._over(each, None if making else state) if each else not is_newer(_EXPECTED, note)
                if over:
                    self._store.discard(names.EXPECTED, note)

    def announce(self, event: Event, site: str | None, asked: str | None) -> None:
        """Store deliveries of an event to all its receivers; idempotent."""
        for url, endpoint in self._endpoints.targets(event.type, site, asked).items():
            self._outbox.put(event, endpoint, url)

    def _over(self, expected: Expected, state: State | None) -> bool:
        """Whether nothing more is expected: the outcome has been announced, or never will be."""
        waited = time.time() - expected.since
        if state is None or state.status not in {Status.READY, Status.FAILED}:
            taken_down = state is None and self._repository.entry(expected.article) is None
            return waited > (_GRACE_SECONDS if taken_down else self._repository.lifetimes.article)
        record = self._repository.article(expected.article)
        if record is None or record.key != expected.key:
            return waited > _GRACE_SECONDS
        kind = READY if state.status is Status.READY else FAILED
        outcome = (record.id, record.key, state.updated)
        event = Event.of(kind, outcome, state.updated or time.time(), self._data(record, state))
        self.announce(event, record.site, expected.asked)
        return True
