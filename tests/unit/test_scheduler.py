"""Which sentences are sent, and how urgently, when things happen between two looks at the store."""

from __future__ import annotations

from collections.abc import Callable

from cache.redis_ledger import RedisLedger
from cache.redis_store import RedisStore
from service.model.article import Priority
from service.model.document import Role
from service.model.recording import Plan, PlannedPiece, PlannedSentence, SourceText, Speaker, Tags
from service.recordings.scheduler import SentenceScheduler
from service.storage.keys import asked_name, sent_name
from service.storage.repository import Lifetimes, Repository

SENTENCES = tuple(
    PlannedSentence((PlannedPiece(f"جملة {number}", 0.3),), SourceText(f"{number}", None, Role.BODY, (None,)))
    for number in range(8)
)
PLAN = Plan(
    "d" * 64, "voice", "print", Speaker("voice", "print"), 1.0, -16.0, 64, "d-1", SENTENCES, Tags("عنوان")
)


class Between(RedisStore):
    """A store that lets something happen once, just after it has told how urgent a recording is."""

    happens: Callable[[], object] | None = None

    def get(self, name: str) -> bytes | None:
        value = super().get(name)
        if name == asked_name(PLAN.key) and self.happens:
            happens, self.happens = self.happens, None
            happens()
        return value


class Sent(list[tuple[int, Priority]]):
    """What was sent, in order."""

    def __call__(self, _voice: str, _key: str, index: int, priority: Priority) -> None:
        self.append((index, priority))


def scheduler(store: RedisStore, sent: Sent) -> SentenceScheduler:
    return SentenceScheduler(
        Repository(store, RedisLedger(store._url), Lifetimes(60, 60, 60)), sent, lambda: 2
    )


def test_a_recording_that_becomes_urgent_leaves_no_sentence_behind_with_what_is_not(
    store: RedisStore, redis_url: str
) -> None:
    sent, between = Sent(), Between(redis_url)
    scheduler(store, sent).ask(PLAN, Priority.BATCH)
    between.happens = lambda: scheduler(store, sent).ask(PLAN, Priority.INTERACTIVE)
    for _ in SENTENCES:
        scheduler(between, sent).next(PLAN, None)
    assert {index for index, how in sent if how is Priority.INTERACTIVE} == set(range(len(SENTENCES)))


def test_nothing_more_is_sent_of_a_recording_that_nobody_wants(store: RedisStore) -> None:
    sent = Sent()
    scheduler(store, sent).ask(PLAN, Priority.BATCH)
    store.delete(asked_name(PLAN.key))
    scheduler(store, sent).next(PLAN, None)
    assert [index for index, _ in sent] == [0, 1]
    assert store.size(sent_name(PLAN.key)) == 0, "nor is it counted"
