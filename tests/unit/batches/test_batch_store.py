"""What is put down twice is there once; what is changed without the claim is not changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from cache.errors import ClaimLost
from service.articles.service import ArticleService
from service.batches import BatchLimits, BatchStore, receive
from service.batches.batch import Batch, BatchStatus, Ended
from service.batches.batch_store import PAGE
from service.batches.intake import Receiving
from service.batches.runner import Feeder
from service.config.settings import Settings
from service.model.article import Submission
from service.model.errors import BadArticle, Conflict, IstamiError, Unavailable
from service.model.recording import Failure, State, Status
from service.server.container import Container
from service.storage import keys
from service.storage.repository import Repository
from service.util.jsonl import Line

NO = Failure("bad_article", "No.", "لا.")
LIMITS = BatchLimits(line_bytes=100, total_bytes=100_000, lines=1000)


@pytest.fixture
def batch_store(store) -> BatchStore:
    return BatchStore(store, 600)


def read(line: Line, _most: int) -> Submission:
    if not line.content or line.content == b"bad":
        raise BadArticle("No.", "لا.")
    text = line.content.decode()
    return Submission(id=text if text.isalpha() else None, text=text)


def received(batch_store: BatchStore, name: str, content: bytes) -> Batch:
    receiving = receive(batch_store, name, LIMITS, read)
    assert isinstance(receiving, Receiving)
    receiving.feed(content)
    return receiving.end()


class TestReport:
    @pytest.fixture
    def running(self, batch_store: BatchStore):
        claim = batch_store.claim("b")
        batch = Batch("b", 1.0, BatchStatus.RUNNING, accepted=1000)
        batch_store.open(claim, batch)
        return claim, batch

    def test_lines_fill_pages_in_their_order(self, batch_store, running) -> None:
        claim, batch = running
        for start in range(0, 250, 10):
            ended = [Ended(line, "ready") for line in range(start, start + 10)]
            batch = replace(batch, ready=batch.ready + 10)
            batch_store.keep(claim, batch, ended)
        pages = [[line.line for line in batch_store.report("b", page)] for page in range(4)]
        assert [len(page) for page in pages] == [PAGE, PAGE, 50, 0]
        assert [line for page in pages for line in page] == list(range(250))
        assert batch_store.faults("b", 0) == []

    def test_what_was_written_without_an_answer_is_written_once(self, batch_store, running) -> None:
        """The connection breaks after the store has done it: whoever asked does it again."""
        claim, batch = running
        one = replace(batch, ready=1, failed=1)
        for _ in range(2):
            batch_store.keep(claim, one, [Ended(1, "ready"), Ended(2, "failed", error=NO)])
        assert [line.line for line in batch_store.report("b", 0)] == [1, 2]
        assert [line.line for line in batch_store.faults("b", 0)] == [2]

    def test_whoever_has_lost_the_claim_changes_nothing(self, batch_store, running) -> None:
        claim, batch = running
        batch_store.release(claim)
        assert batch_store.claim("b") is not None
        with pytest.raises(ClaimLost):
            batch_store.keep(claim, replace(batch, ready=5), [Ended(1, "ready")])
        assert batch_store.get("b") == batch
        assert batch_store.report("b", 0) == []


class TestReceiving:
    def test_articles_and_what_is_none_are_told_apart(self, batch_store) -> None:
        batch = received(batch_store, "b", b"one\nbad\n\ntwo\n" + b"x" * 101 + b"\nlast")
        assert (batch.accepted, batch.rejected, batch.status) == (3, 2, BatchStatus.RUNNING)
        assert [line.line for line in batch_store.faults("b", 0)] == [2, 5]
        assert [(line, request.text) for line, request in batch_store.parcel(batch)] == [
            (1, "one"),
            (4, "two"),
            (6, "last"),
        ]

    def test_while_it_comes_in_nobody_else_sends_it(self, batch_store) -> None:
        receive(batch_store, "b", LIMITS, read)
        with pytest.raises(Conflict):
            receive(batch_store, "b", LIMITS, read)

    def test_what_came_in_half_is_cleared_away(self, batch_store, service, store) -> None:
        receiving = receive(batch_store, "b", LIMITS, read)
        receiving.feed(b"one\nbad\n" * 200)
        assert store.size(keys.batch_parcel_name("b", 0)) > 0
        batch_store.release(receiving._claim)  # as if its process had died a minute ago
        service.round()
        assert batch_store.get("b") is None
        assert batch_store.unfinished() == []
        assert batch_store.newest(5) == []
        assert not [name for name in store._redis.keys("istami:{batch:*") if not name.endswith(b":claim")]

    def test_one_that_is_there_is_not_sent_again(self, batch_store) -> None:
        known = received(batch_store, "b", b"one")
        assert receive(batch_store, "b", LIMITS, read) == known
        claim = batch_store.claim("b")
        assert receive(batch_store, "b", LIMITS, read) == known
        assert claim

    def test_no_more_are_taken_than_can_be_looked_after(self, batch_store) -> None:
        for number in range(50):
            received(batch_store, f"b{number}", b"one")
        with pytest.raises(Unavailable):
            receive(batch_store, "one-more", LIMITS, read)
        assert batch_store.claim("one-more") is not None


@dataclass
class Service:
    """The narration and the store behind it, with nobody who speaks: the test says how far recordings are."""

    article_service: ArticleService
    repository: Repository
    batch_store: BatchStore
    told: list[Batch] = field(default_factory=list)
    """Batches whose end has been told."""

    def round(self, room: int = 2) -> None:
        Feeder(
            self.batch_store,
            self.article_service.submit,
            self.repository.states,
            lambda: room,
            code,
            self.told.append,
        ).round()

    def begun(self, *articles: str) -> list[str]:
        """Those of some articles that have been submitted."""
        return [article for article in articles if self.repository.article(article)]

    def ends(self, article: str, **state: Any) -> None:
        record = self.repository.article(article)
        assert record
        self.repository.keep_state(record.key, State(done=1, total=1, **state))


def code(error: IstamiError) -> str:
    return type(error).__name__


@pytest.fixture
def service(redis_url: str, batch_store: BatchStore, tmp_path: Path) -> Service:
    settings = Settings(data_dir=tmp_path)
    parts = Container(settings, redis_url)
    return Service(parts.article_service, parts.repository, batch_store)


class TestFeeding:
    def test_no_more_are_under_way_than_there_is_room_for(self, batch_store, service) -> None:
        received(batch_store, "b", b"a\nb\nc\nd")
        service.round()
        service.round()
        assert service.begun("a", "b", "c") == ["a", "b"]
        service.ends("a", status=Status.READY, duration=2.5)
        service.round()
        assert service.begun("a", "b", "c", "d") == ["a", "b", "c"]
        assert (batch_store.get("b").ready, batch_store.get("b").seconds) == (1, 2.5)

    def test_the_oldest_batch_comes_first(self, batch_store, service) -> None:
        received(batch_store, "z-old", b"a\nb")
        received(batch_store, "a-new", b"c\nd")
        service.round(room=3)
        assert service.begun("a", "b", "c", "d") == ["a", "b", "c"]

    def test_what_fails_is_told_and_holds_nothing_up(self, batch_store, service, store) -> None:
        received(batch_store, "b", b"!!!\nfine\nlost\nbroken")
        service.round(room=9)
        service.ends("fine", status=Status.READY, duration=1.0)
        service.ends("broken", status=Status.FAILED, failure=NO)
        lost = service.repository.article("lost").key
        store.delete(keys.state_name(lost), keys.plan_name(lost))
        service.round()
        batch = batch_store.get("b")
        assert (batch.status, batch.ready, batch.failed, batch.waiting) == (BatchStatus.DONE, 1, 3, 0)
        assert {line.line: line.error.code for line in batch_store.faults("b", 0)} == {
            1: "BadArticle",
            3: "lost",
            4: "bad_article",
        }
        assert batch_store.unfinished() == []
        assert store.size(keys.batch_parcel_name("b", 0)) == 0
        assert store._redis.ttl(keys.batch_report_name("b", 0)) > 0
        assert store._redis.ttl(keys.batch_name("b")) > 0

    def test_one_that_another_process_is_at_is_left_to_it(self, batch_store, service) -> None:
        received(batch_store, "b", b"a")
        claim = batch_store.claim("b")
        service.round()
        assert service.begun("a") == []
        batch_store.release(claim)
        service.round()
        assert service.begun("a") == ["a"]

    def test_cancelled_it_ends_when_what_has_begun_has(self, batch_store, service, store) -> None:
        received(batch_store, "b", b"a\nb\nc\nd")
        service.round()
        batch_store.cancel(batch_store.get("b"))
        service.round()
        assert batch_store.get("b").status is BatchStatus.RUNNING
        for article in "ab":
            service.ends(article, status=Status.READY, duration=1.0)
        service.round()
        batch = batch_store.get("b")
        assert (batch.status, batch.ready, batch.waiting) == (BatchStatus.CANCELLED, 2, 2)
        assert service.begun("c", "d") == []
        assert store.size(keys.batch_parcel_name("b", 0)) == 0
        assert batch_store.unfinished() == []
