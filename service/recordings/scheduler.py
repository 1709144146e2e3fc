"""Sends sentences to workers: a few of every article at a time, so that articles share workers fairly.

A worker that has finished a sentence sends the article's next one to the end of the queue. So the number of
an article's sentences that wait or are being spoken stays the number sent at first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from cache.store import Put
from service.metrics.instruments import LOOKUPS
from service.model.article import Priority
from service.model.recording import Plan, State
from service.recordings import plan as planning
from service.storage.keys import sent_name
from service.storage.repository import Repository

log = logging.getLogger(__name__)

_REUSED = LOOKUPS.labels("sentence", "hit")

Send = Callable[[str, str, int, Priority], None]
"""Sends a sentence to a worker: the voice, the key of the recording, the sentence's index, the priority."""

Prepare = Callable[[Plan], None]
"""Sends a plan of one sentence, which is not stored, to a worker."""


def at_leisure(_plan: Plan) -> None:
    """Do nothing: when planner and worker are the same process, speaking ahead has no benefit."""


class SentenceScheduler:
    """Sends sentences to workers.

    Args:
        repository: stores plans and spoken pieces.
        send: sends a sentence to a worker.
        window: how many sentences of one article wait or are being spoken at a time.
        prepare: sends a plan of one sentence to a worker, which speaks it before any recording needs it.
    """

    def __init__(
        self, repository: Repository, send: Send, window: Callable[[], int], prepare: Prepare = at_leisure
    ) -> None:
        self._repository = repository
        self._clips = repository.clips
        self._store = repository.store
        self._send = send
        self._window = window
        self.prepare = prepare

    def ask(self, plan: Plan, priority: Priority) -> bool:
        """Request a recording unless it is ready; concurrent requests are merged into one.

        Returns:
            Whether it is ready.
        """
        self._repository.keep_plan(plan)
        if self._repository.has_audio(plan.key):
            return True
        if self._repository.begin(plan, priority):
            log.info("recording %s: %d sentences to synthesise", plan.key, len(plan.sentences))
            self.open(plan, priority, 0)
        elif priority is Priority.INTERACTIVE and self._repository.hurry(plan.key):
            state = self._repository.state(plan.key)
            self.open(plan, priority, state.done if state else 0)
        return False

    def next(self, plan: Plan, state: State | None) -> None:
        """Send the next sentence that was neither sent nor spoken, if the recording is still requested.

        Args:
            plan: the recording's plan.
            state: its state.
        """
        self._next(plan, state.done if state else 0)

    def _next(self, plan: Plan, done: int) -> None:
        """As ``next``; ``done`` sentences are in the recording. A count lost by the store starts at 0."""
        lifetime = self._repository.lifetimes.article
        while (index := self._store.count(sent_name(plan.key), lifetime) - 1) < len(plan.sentences):
            sentence = plan.sentences[index]
            if index < done:
                continue
            if not self._clips.spoken(planning.sentence_key(sentence, plan), len(sentence.pieces)):
                # Looked up only now: if the recording has become urgent and was restarted since the sentence
                # was counted, the sentence is sent twice. In the other order it would wait behind all others.
                if priority := self._repository.asked(plan.key):
                    self.send(plan, index, priority)
                else:  # it was taken down meanwhile, and leaves no count behind
                    self._store.delete(sent_name(plan.key))
                return
            _REUSED.inc()

    def open(self, plan: Plan, priority: Priority, start: int) -> None:
        """Send a window of sentences from ``start`` on; ``start`` always, as it extends the recording."""
        start = min(start, len(plan.sentences) - 1)
        sent = Put(str(start + 1).encode(), self._repository.lifetimes.article)
        self._store.put(sent_name(plan.key), sent)
        self.send(plan, start, priority)
        for _ in range(min(self._window(), len(plan.sentences) - start) - 1):
            self._next(plan, start)

    def send(self, plan: Plan, index: int, priority: Priority) -> None:
        """Send one sentence, or the last if ``index`` is beyond it."""
        self._send(plan.voice, plan.key, min(index, len(plan.sentences) - 1), priority)
