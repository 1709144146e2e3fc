"""Which sentences are sent to makers, and when: a few of every article at a time, so that all share fairly.

Each maker that has done with a sentence sends the next one of the same article, to the end of the queue. So
as many sentences of an article wait or are being spoken at any time as were sent at first.
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
"""Carries a sentence to a maker: the voice, the key of the recording, the sentence's index, the priority."""

Prepare = Callable[[Plan], None]
"""Carries a plan of one sentence, which is kept nowhere, to a maker."""


def at_leisure(_plan: Plan) -> None:
    """Where whoever plans also speaks, nothing is gained by speaking ahead."""


class SentenceScheduler:
    """Sends sentences to makers.

    Args:
        repository: where plans, and what has been spoken, are.
        send: carries a sentence to a maker.
        window: how many sentences of one article wait or are being spoken at a time.
        prepare: carries a plan of one sentence to a maker, which speaks it before any recording wants it.
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
        """Have a recording made unless it is there; one request for it, however many ask at once.

        Returns:
            Whether it is there.
        """
        self._repository.keep_plan(plan)
        if self._repository.has_audio(plan.key):
            return True
        if self._repository.begin(plan, priority):
            log.info("recording %s: %d sentences to be spoken", plan.key, len(plan.sentences))
            self.open(plan, priority, 0)
        elif priority is Priority.INTERACTIVE and self._repository.hurry(plan.key):
            state = self._repository.state(plan.key)
            self.open(plan, priority, state.done if state else 0)
        return False

    def next(self, plan: Plan, state: State | None) -> None:
        """Send the next sentence that has not been sent and is not spoken, while the recording is wanted.

        Args:
            plan: of the recording.
            state: how far it is.
        """
        self._next(plan, state.done if state else 0)

    def _next(self, plan: Plan, done: int) -> None:
        """As ``next``; so many sentences are in the recording. A count that the store lost begins at 0."""
        lifetime = self._repository.lifetimes.article
        while (index := self._store.count(sent_name(plan.key), lifetime) - 1) < len(plan.sentences):
            sentence = plan.sentences[index]
            if index < done:
                continue
            if not self._clips.spoken(planning.sentence_key(sentence, plan), len(sentence.pieces)):
                # Looked up only now: if it has become urgent, and was begun anew, since the sentence was
                # counted, the sentence is sent twice. The other way round it would wait behind all that is.
                if priority := self._repository.asked(plan.key):
                    self.send(plan, index, priority)
                return
            _REUSED.inc()

    def open(self, plan: Plan, priority: Priority, start: int) -> None:
        """Send the first few sentences from ``start`` on; its own always, for it lets the recording grow."""
        start = min(start, len(plan.sentences) - 1)
        sent = Put(str(start + 1).encode(), self._repository.lifetimes.article)
        self._store.put(sent_name(plan.key), sent)
        self.send(plan, start, priority)
        for _ in range(min(self._window(), len(plan.sentences) - start) - 1):
            self._next(plan, start)

    def send(self, plan: Plan, index: int, priority: Priority) -> None:
        """Send one sentence, or the last where there are not so many."""
        self._send(plan.voice, plan.key, min(index, len(plan.sentences) - 1), priority)
