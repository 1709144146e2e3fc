"""What has become of articles is told once, whoever dies.

Whoever takes an article in notes that its outcome is expected. Rounds look at what has become of what is
expected, put the event down in the outbox, and only then take the note away. An event is named after the
outcome, which the recording's own state tells and which changes in one transaction with the recording: done
twice it is as if done once.
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
"""Outcomes that one round looks at; where more are expected, they take turns by lot."""
_GRACE_SECONDS = 60.0
"""An article is known so soon after its outcome was expected; one that is not by then has another version."""

Data = Callable[[ArticleRecord, State], Mapping[str, Any]]
"""What is told of an article that is ready, or has failed."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The outcome of one article's recording, to be told."""

    key: str
    article: str
    asked: str | None
    """The address that the request asked for."""
    since: float
    nonce: str
    """Makes each note one of its own: what is taken away is never the note of somebody else."""


_EXPECTED = noun("note of what is expected", Expected)


class EventPublisher:
    """Tells what has become of articles and batches.

    Args:
        repository: where articles and the states of their recordings are.
        endpoints: who is told.
        outbox: where events are put down.
        data: what is told of an article.
    """

    def __init__(self, repository: Repository, endpoints: Endpoints, outbox: Outbox, data: Data) -> None:
        self._repository = repository
        self._store: Store = repository.store
        self._endpoints = endpoints
        self._outbox = outbox
        self._data = data

    def check(self, request: Submission) -> None:
        """Let a request pass that asks to be told where something may be sent.

        Raises:
            NotAllowed, BadUrl: it may not.
        """
        if request.webhook is not None:
            self._endpoints.check(request.webhook, request.site)

    def check_batch(self, webhook: str | None, site: str | None) -> None:
        """The same for a batch, of one site or of nobody's.

        Raises:
            NotAllowed, BadUrl: nothing may be sent there.
        """
        if webhook is not None:
            self._endpoints.check(webhook, site)

    def expect(self, record: ArticleRecord, request: Submission) -> str | None:
        """Note that what becomes of an article is to be told; the note, where anybody is to be told.

        Its recording has been asked for: what its state says from now on, unless it is still being made, is
        the outcome.
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
        """Take a note away: its article was not taken in."""
        if note is not None:
            self._store.discard(names.EXPECTED, note)

    def round(self) -> None:
        """Tell what has come to pass.

        Raises:
            StoreUnavailable, StoreFull: the store; the next round goes on where this one was.
        """
        notes = sorted(self._store.some(names.EXPECTED, _SAMPLE))
        if not notes:
            return
        expected = [unpacked(_EXPECTED, note) for note in notes]
        keys = [each.key if each else "" for each in expected]
        # Before the states: one that is no longer asked for has its outcome, and the state tells it.
        asked = self._store.get_many(map(names.asked_name, keys))
        states = self._repository.states(keys)
        for note, each, making, state in zip(notes, expected, asked, states, strict=True):
            with background.guarded("webhooks", let=StoreError):
                over = self._over(each, None if making else state) if each else not is_newer(_EXPECTED, note)
                if over:
                    self._store.discard(names.EXPECTED, note)

    def announce(self, event: Event, site: str | None, asked: str | None) -> None:
        """Put an event down for all who are told of it; again changes nothing."""
        for url, endpoint in self._endpoints.targets(event.type, site, asked).items():
            self._outbox.put(event, endpoint, url)

    def _over(self, expected: Expected, state: State | None) -> bool:
        """Whether there is nothing left to expect: it has been told, or never will be."""
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
