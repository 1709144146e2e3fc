"""Decides when an unfinished recording is given up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from service.model.article import Priority
from service.model.recording import Failure, Plan, State
from service.recordings import plan as planning


@dataclass(frozen=True, slots=True)
class Pending:
    """A requested, unfinished recording."""

    plan: Plan
    state: State
    priority: Priority
    anew: bool
    """Whether a check just found less audio than its state claimed."""

    @property
    def silent(self) -> float:
        """Seconds since it last grew."""
        return time.time() - self.state.updated

    @property
    def regrowing(self) -> bool:
        """Whether it was further before: its growing file was lost."""
        return self.state.samples < self.state.furthest

    def coming(self, most: int) -> Iterator[tuple[int, str]]:
        """Yield the indices and clip keys of at most ``most`` next sentences."""
        start = self.state.done
        for index, sentence in enumerate(self.plan.sentences[start : start + most], start):
            yield index, planning.sentence_key(sentence, self.plan)


def overdue(found: Pending, since: float, moved: float, patience: float) -> Failure | None:
    """Return why a recording is given up, if it has made no progress for too long.

    A recording in a long queue is not given up: its tasks may still be waiting while others are processed.

    Args:
        found: the recording.
        since: when the longest-waiting task of its queue was sent; now if none waits.
        moved: when a worker last started a sentence of its voice.
        patience: seconds without progress after which it is given up.
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
        f"No progress for {minutes} minutes, although its sentences were sent to workers again.",
        f"لم يتقدّم التسجيل منذ وقت طويل (بالدقائق: {minutes})، مع أنّ جمله أُرسلت إلى عمليات المعالجة "
        "مرّة أخرى.",
    )


def _out_of_room(minutes: int) -> Failure:
    return Failure(
        "NoRoom",
        f"Redis has too little memory: it repeatedly evicted finished audio for {minutes} minutes.",
        f"ذاكرة Redis صغيرة: ظلّت تزيح ما أُعدّ من التسجيل (المدّة بالدقائق: {minutes}).",
    )


def _no_worker(voice: str, minutes: int) -> Failure:
    return Failure(
        "NoWorker",
        f"No worker has used the voice “{voice}” for {minutes} minutes: start one, then send it again.",
        f"لم تعمل أيّ عملية معالجة بالصوت «{voice}» منذ وقت طويل (بالدقائق: {minutes})؛ "
        "شغّل عملية معالجة وأعد الإرسال.",
    )
