"""Recovers unfinished recordings: resends lost work, and fails recordings without progress.

All decisions use the store's present contents. Workers die, tasks are lost, and a store that is short of
memory evicts pieces, growing recordings and their states, so contradictory values are not trusted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cache

from cache.errors import StoreError
from service.model.article import Priority
from service.model.errors import IstamiError, Unavailable
from service.model.recording import Failure, State, Status
from service.recordings.assembler import RecordingAssembler
from service.recordings.pending import Pending, overdue
from service.recordings.scheduler import SentenceScheduler
from service.storage.keys import PENDING, RESENT, claim_name
from service.storage.repository import Repository

log = logging.getLogger(__name__)

WaitingSince = Callable[[str, Priority], float]
"""Returns when the longest-waiting task of a voice and a priority was sent; now if none waits."""

_SAMPLE = 500
"""Recordings checked in one round; if more are pending, each round draws a random sample."""
_AHEAD = 16
"""Number of a recording's next sentences whose workers are monitored."""
_RESTED_SECONDS = 5.0
"""If a recording has made no progress for so long while no worker is active, its task was lost."""
_STUCK_SECONDS = 60.0
"""The same while workers are active. A sentence is not resent more often, except after a worker's death."""
_DEATH_SECONDS = 3600.0
"""How long the replacement of a dead worker is remembered."""
_MOST_STUCK = 10
"""Maximum number of such recordings resent in one round: recovery must not lengthen a long queue."""
_PLAN_LOST = Failure(
    "PlanLost",
    "The source of the recording was lost: Redis ran out of memory or lost its data. Send it again.",
    "ضاع ما يُعدّ منه التسجيل: امتلأت ذاكرة Redis أو فُقدت بياناته. أرسل المقال من جديد.",
)


class Recovery:
    """Monitors pending recordings.

    Args:
        repository: stores them.
        scheduler: sends sentences to workers.
        assembler: corrects the state of a recording, and ends one that fails.
        waiting_since: returns when a queue's oldest task was sent.
        patience: seconds without any progress after which a recording fails.
    """

    def __init__(
        self,
        repository: Repository,
        scheduler: SentenceScheduler,
        assembler: RecordingAssembler,
        waiting_since: WaitingSince,
        patience: float,
    ) -> None:
        self._repository = repository
        self._clips = repository.clips
        self._store = repository.store
        self._scheduler = scheduler
        self._assembler = assembler
        self._waiting_since = waiting_since
        self._patience = patience

    def recover(self, *, idle: bool) -> None:
        """Resend work that died with its worker, never reached one, or was lost by the store.

        Args:
            idle: no work waits for a worker.

        Raises:
            StoreUnavailable, StoreFull: the store, or the broker.
        """
        waiting_since = cache(self._waiting_since)
        stuck = 0
        for key in sorted(self._store.some(PENDING, _SAMPLE)):
            try:
                found = self._pending(key)
                if found and not self._at_work(found, waiting_since):
                    stuck += self._send_again(found, waiting_since, idle=idle, crowded=stuck >= _MOST_STUCK)
            except StoreError:
                raise
            except Unavailable as error:
                log.warning("recording %s will be checked again: %s", key, error.en)
            except Exception as error:
                # A missing voice, or a defect: a retry would fail again, and only this recording is affected.
                log.warning("recording %s", key, exc_info=not isinstance(error, IstamiError))
                self._fail(key, Failure.of(error))

    def _pending(self, key: str) -> Pending | None:
        """Return a requested recording without recent progress, after correcting its state."""
        asked = self._repository.asked(key)
        # Read in this order, so that a recording finished meanwhile is seen as ended.
        state = self._repository.state(key)
        if self._settled(key, asked, state) or (state and time.time() - state.updated < _RESTED_SECONDS):
            return None
        plan = self._repository.plan(key)
        if plan is None or state is None:
            self._fail(key, _PLAN_LOST)
            return None
        if asked is None:
            self._repository.ask_again(key)
        anew = self._untrue(key, state)
        if anew:
            self._assembler.advance(key)
            state = self._repository.state(key) or state
        return None if state.ended else Pending(plan, state, asked or Priority.INTERACTIVE, anew)

    def _settled(self, key: str, asked: Priority | None, state: State | None) -> bool:
        """Whether a recording needs no more work; then stop monitoring it."""
        ended = state is None or state.ended
        if asked and state and state.status is Status.READY and self._repository.has_audio(key):
            self._repository.unask(key)
        elif asked or not ended:
            return False
        self._repository.settle(key)
        return True

    def _untrue(self, key: str, state: State) -> bool:
        """Whether a state contradicts the store, or is not the one that was stored last."""
        if state.status is Status.QUEUED:
            return not state.updated
        return state.ended or state.size != self._repository.grown(key)

    def _take_up(self, found: Pending) -> bool:
        """Resend sentences whose workers died; returns whether any was resent or has a live worker."""
        dead = self._store.lapsed(claim_name(found.plan.key))
        at_work = dead is not None and self._replace(found, found.state.done, dead)
        for index, name in found.coming(_AHEAD):
            if dead := self._clips.abandoned(name):
                at_work |= self._replace(found, index, dead)
            at_work |= self._clips.claimed(name)
        return at_work

    def _at_work(self, found: Pending, waiting_since: WaitingSince) -> bool:
        """Whether nothing need be sent: a worker is active, or the recording is given up."""
        at_work = self._take_up(found)
        if at_work and not found.regrowing:
            return True
        since = waiting_since(found.plan.voice, found.priority)
        moved = self._repository.moved(found.plan.voice)
        failure = overdue(found, since, moved, self._patience)
        if failure:
            self._fail(found.plan.key, failure)
        return at_work or failure is not None

    def _send_again(self, found: Pending, waiting_since: WaitingSince, *, idle: bool, crowded: bool) -> bool:
        """Resend lost work; returns whether this lengthens a queue that may still contain its tasks."""
        since = waiting_since(found.plan.voice, found.priority)
        if idle or found.anew or since - found.state.updated > _STUCK_SECONDS:
            if self._once(found, str(found.state.done), _STUCK_SECONDS):
                self._scheduler.open(found.plan, found.priority, found.state.done)
            return False
        stuck = found.state.status is Status.SPEAKING and found.silent > _STUCK_SECONDS and not crowded
        return stuck and self._once(found, str(found.state.done), _STUCK_SECONDS) and self._send(found)

    def _fail(self, key: str, failure: Failure) -> None:
        log.warning("recording %s is given up: %s", key, failure.code)
        self._repository.give_up(key, failure)
        self._assembler.fail(key, failure)

    def _replace(self, found: Pending, index: int, dead: str) -> bool:
        """Resend a dead worker's sentence, once; returns whether it was sent now."""
        return self._once(found, dead, _DEATH_SECONDS) and self._send(found, index)

    def _send(self, found: Pending, index: int | None = None) -> bool:
        self._scheduler.send(found.plan, found.state.done if index is None else index, found.priority)
        return True

    def _once(self, found: Pending, why: str, seconds: float) -> bool:
        """Whether nothing was resent for this reason for so long."""
        return self._repository.ledger.take(RESENT, f"{found.plan.key}:{why}", 1, seconds).allowed
