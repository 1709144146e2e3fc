"""Whether a recording that is wanted and not made still has a prospect of being made."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from service.model.article import Priority
from service.model.recording import Failure, Plan, State
from service.recordings import plan as planning


@dataclass(frozen=True, slots=True)
class Pending:
    """A recording that is wanted and not made."""

    plan: Plan
    state: State
    priority: Priority
    anew: bool
    """Whether it was found just now to be less than its state said."""

    @property
    def silent(self) -> float:
        """Seconds since it last grew."""
        return time.time() - self.state.updated

    @property
    def regrowing(self) -> bool:
        """Whether it has been further than it is: what had grown was lost."""
        return self.state.samples < self.state.furthest

    def coming(self, most: int) -> Iterator[tuple[int, str]]:
        """At most so many sentences that come next: their indices, and under which names they are spoken."""
        start = self.state.done
        for index, sentence in enumerate(self.plan.sentences[start : start + most], start):
            yield index, planning.sentence_key(sentence, self.plan)


def overdue(found: Pending, since: float, moved: float, patience: float) -> Failure | None:
    """Why a recording is given up, where nothing has come of it for too long.

    One that stands in a long queue is not given up: its tasks may be among those that wait, and others are
    taken meanwhile.

    Args:
        found: the recording.
        since: when the task was sent that has waited longest where its own are sent; now without one.
        moved: when a worker last took up a sentence of its voice.
        patience: seconds that are long enough.
    """
    progressed = found.state.progressed or found.state.updated
    minutes = max(1, round(patience / 60))
    if since - progressed > patience:
        return _out_of_room(minutes) if found.regrowing else _fruitless(minutes)
    if time.time() - max(progressed, moved) > patience:
        return _no_worker(found.plan.voice, minutes)
    return None


def _fruitless(minutes: int) -> Failure:
    return Failure(
        "Stuck",
        f"Nothing has come of it for {minutes} minutes, though its sentences were sent to workers again.",
        f"لم يتقدّم التسجيل منذ وقت طويل (بالدقائق: {minutes})، مع أنّ جمله أُرسلت إلى عمليات المعالجة "
        "مرّة أخرى.",
    )


def _out_of_room(minutes: int) -> Failure:
    return Failure(
        "NoRoom",
        f"Redis has too little memory: it evicted what was made, again and again, for {minutes} minutes.",
        f"ذاكرة Redis صغيرة: ظلّت تزيح ما أُعدّ من التسجيل (المدّة بالدقائق: {minutes}).",
    )


def _no_worker(voice: str, minutes: int) -> Failure:
    return Failure(
        "NoWorker",
        f"No worker has spoken with the voice “{voice}” for {minutes} minutes: start one, and send it again.",
        f"لم يعمل أيّ عامل بالصوت «{voice}» منذ وقت طويل (بالدقائق: {minutes})؛ شغّل عاملًا وأعد الإرسال.",
    )
