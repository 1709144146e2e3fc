"""Which sentences are sent to makers, and when: a few of every article at a time, so that all share fairly.

Each maker that has done with a sentence sends the next one of the same article, to the end of the queue. So
as many sentences of an article wait or are being spoken at any time as were sent at first.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from cache.store import Put
from service import planning
from service.metrics.instruments import LOOKUPS
from service.names import PENDING, claim_name, recovered_name, sent_name
from service.repository import Repository
from service.types import Plan, Priority, State, Status

log = logging.getLogger(__name__)

_REUSED = LOOKUPS.labels("sentence", "hit")

Send = Callable[[str, str, int, Priority], None]
"""Carries a sentence to a maker: the voice, the key of the recording, the sentence's index, the priority."""

Prepare = Callable[[Plan], None]
"""Carries a plan of one sentence, which is kept nowhere, to a maker."""

_SAMPLE = 500
"""Recordings that one round looks at; where more are pending, they take turns by lot."""
_AHEAD = 16
"""Sentences of a recording, from the one that comes next on, whose makers are looked after."""
_RESTED_SECONDS = 5.0
"""A recording that has been silent for so long, while nobody works, was lost on its way to a maker."""
_STUCK_SECONDS = 60.0
"""The same while others work. No sentence is sent again more often than that, but for makers that died."""
_DEATH_SECONDS = 3600
"""How long it is remembered that somebody was sent in a dead maker's place."""
_MOST_STUCK = 10
"""So many such recordings are sent again in one round: a long queue must not grow by being looked after."""


def at_leisure(_plan: Plan) -> None:
    """Where whoever plans also speaks, nothing is gained by speaking ahead."""


class Dispatcher:
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
            self._open(plan, priority, 0)
        elif priority is Priority.INTERACTIVE and self._repository.hurry(plan.key):
            state = self._repository.state(plan.key)
            self._open(plan, priority, state.done if state else 0)
        return False

    def next(self, plan: Plan) -> None:
        """Send the next sentence that has not been sent and is not spoken, while the recording is wanted."""
        lifetime = self._repository.lifetimes.article
        while (index := self._store.count(sent_name(plan.key), lifetime) - 1) < len(plan.sentences):
            sentence = plan.sentences[index]
            if not self._clips.spoken(planning.sentence_key(sentence, plan), len(sentence.pieces)):
                # Looked up only now: if it has become urgent, and was begun anew, since the sentence was
                # counted, the sentence is sent twice. The other way round it would wait behind all that is.
                if priority := self._repository.asked(plan.key):
                    self._send(plan.voice, plan.key, index, priority)
                return
            _REUSED.inc()

    def recover(self, *, idle: bool) -> None:
        """Send again what died with its maker, and what never reached one.

        Args:
            idle: no work waits for a maker.
        """
        keys = sorted(self._store.some(PENDING, _SAMPLE))
        stuck = 0
        for key, state in zip(keys, self._repository.states(keys) if keys else (), strict=True):
            priority = self._repository.asked(key)
            if priority is None or state is None or state.status in {Status.READY, Status.FAILED}:
                self._store.discard(PENDING, key)
                continue
            rested = time.time() - state.updated
            plan = self._repository.plan(key) if rested > _RESTED_SECONDS else None
            if plan is None or self._take_up(plan, state, priority):
                continue
            if idle:
                self._reopen(plan, state, priority)
            elif state.status is Status.SPEAKING and rested > _STUCK_SECONDS and stuck < _MOST_STUCK:
                stuck += self._again(plan, state.done, priority)

    def _open(self, plan: Plan, priority: Priority, start: int) -> None:
        """Send the first few sentences from ``start`` on; its own always, for it lets the recording grow."""
        start = min(start, len(plan.sentences) - 1)
        sent = Put(str(start + 1).encode(), self._repository.lifetimes.article)
        self._store.put(sent_name(plan.key), sent)
        self._send(plan.voice, plan.key, start, priority)
        for _ in range(self._window() - 1):
            self.next(plan)

    def _take_up(self, plan: Plan, state: State, priority: Priority) -> bool:
        """Send the sentences again whose makers died; whether there are makers that live or have died."""
        if dead := self._store.lapsed(claim_name(plan.key)):
            return self._replace(plan, state.done, priority, dead)
        at_work = False
        for index, sentence in enumerate(plan.sentences[state.done : state.done + _AHEAD], state.done):
            name = planning.sentence_key(sentence, plan)
            if dead := self._clips.abandoned(name):
                at_work |= self._replace(plan, index, priority, dead)
            at_work |= self._clips.claimed(name)
        return at_work

    def _replace(self, plan: Plan, index: int, priority: Priority, dead: str) -> bool:
        """Send a sentence to somebody else than the dead, once; whether that was done now."""
        first = self._store.put_new(recovered_name(plan.key, dead), Put(b"1", _DEATH_SECONDS))
        if first:
            self._send(plan.voice, plan.key, min(index, len(plan.sentences) - 1), priority)
        return first

    def _reopen(self, plan: Plan, state: State, priority: Priority) -> None:
        if self._first_for_a_while(plan.key, state.done):
            self._open(plan, priority, state.done)

    def _again(self, plan: Plan, index: int, priority: Priority) -> bool:
        index = min(index, len(plan.sentences) - 1)
        first = self._first_for_a_while(plan.key, index)
        if first:
            self._send(plan.voice, plan.key, index, priority)
        return first

    def _first_for_a_while(self, key: str, index: int) -> bool:
        return self._store.put_new(recovered_name(key, str(index)), Put(b"1", int(_STUCK_SECONDS)))
