"""A new and long article is accepted when its first sentence is known; the rest is read afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cache.errors import StoreUnavailable
from cache.store import Put
from service.config.settings import Settings
from service.config.sites import Daily, Site
from service.model.article import UNREAD, ArticleRecord, Priority, Receipt, Submission
from service.model.errors import Conflict, EngineError, NotFound, ReadingFailed, ReadingTimeout
from service.model.recording import Failure, Plan, Status
from service.pages.quotas import Quotas
from service.recordings import plan as planning
from service.server import worker_container
from service.server.container import Container
from service.storage.keys import UNREAD_ARTICLES, beginning_claim_name, beginning_name, live_name
from service.text.diacritisation.diacritiser import Diacritiser

LINES = [f"هذه الجملة {number} من خبر طويل عن موسم الزيتون في الجبل هذا العام." for number in range(160)]
LONG = "\n".join(LINES)
PARTS = "".join(f"<h2>الجزء {part}</h2><p>{'</p><p>'.join(LINES[part::4])}</p>" for part in range(4))
HTML = f"<html><body><article><h1>موسم الزيتون</h1>{PARTS}</article></body></html>"
KINDS = [Submission(id="long", text=LONG), Submission(id="long", html=HTML, title="موسم الزيتون")]


class Died(BaseException):
    """The process that reads ends at this moment."""


class Newsroom:
    """A narration, a maker that speaks what is sent, and what was accepted."""

    def __init__(self, url: str) -> None:
        settings = Settings()
        self.sent: list[tuple[str, int]] = []
        self.receipts: list[Receipt] = []
        parts = Container(settings, url, self.send, self.prepare)
        self.repository, self.article_service = parts.repository, parts.article_service
        self.playback = parts.playback
        self.maker = worker_container.synthesiser(parts, Diacritiser(), lambda: None)

    def send(self, _voice: str, key: str, sentence: int, _priority: Priority) -> None:
        self.sent.append((key, sentence))

    def prepare(self, plan: Plan) -> None:
        self.maker.prepare(plan)

    def take_in(self, request: Submission, meanwhile: Callable[[Receipt], Any] = lambda _: None) -> Receipt:
        """Take an article in; ``meanwhile`` happens when it is accepted and not read."""

        def accepted(receipt: Receipt) -> None:
            self.receipts.append(receipt)
            meanwhile(receipt)

        return self.article_service.take_in(request, accepted=accepted)

    def left_behind(self) -> bool:
        """Whether anything is stored that is of use only while an article is read."""
        store = self.repository.store
        return bool(store.members(UNREAD_ARTICLES) or store.get(beginning_name("long")))


@pytest.fixture
def newsroom(store, redis_url) -> Newsroom:  # noqa: ARG001  # an empty one
    return Newsroom(redis_url)


@pytest.mark.parametrize("request_", KINDS, ids=["text", "HTML"])
def test_it_is_known_before_it_is_read_and_afterwards_as_if_it_had_been_read_first(
    newsroom, request_
) -> None:
    seen = []
    receipt = newsroom.take_in(request_, lambda told: seen.append(newsroom.article_service.entry(told.id)))
    (early,) = newsroom.receipts
    assert (early.id, early.key, early.is_read) == ("long", UNREAD, False)
    assert (seen[0].key, seen[0].is_read) == (UNREAD, False)
    record = newsroom.article_service.article("long")
    whole = newsroom.article_service.submit(replace(request_, id="read-first"))
    assert receipt.key == record.key == whole.key
    assert record.sentences == whole.sentences
    assert not newsroom.left_behind()


@pytest.mark.parametrize("request_", KINDS, ids=["text", "HTML"])
def test_what_is_heard_meanwhile_is_what_the_recording_begins_with(newsroom, request_) -> None:
    heard: list[tuple[bytes, bytes, bool]] = []

    def listen(told: Receipt) -> None:
        beginning = newsroom.article_service.beginning(newsroom.article_service.entry(told.id))
        heard.append(newsroom.article_service.begun(beginning))

    receipt = newsroom.take_in(request_, listen)
    opening, frames, whole = heard[0]
    assert whole
    assert len(opening) == newsroom.playback.opening_size(receipt.key)
    live = newsroom.repository.store.read(live_name(receipt.key), 0, len(opening) + len(frames))
    assert frames
    assert live == opening + frames
    assert newsroom.article_service.beginning(newsroom.article_service.entry("long")) is None


@pytest.mark.parametrize(
    "request_",
    [
        Submission(id="long", text="\n".join(LINES[:20])),
        Submission(id="long", text=LONG, priority=Priority.BATCH),
        Submission(id="long", ssml=f"<speak>{LONG}</speak>"),
    ],
    ids=["short", "batch", "SSML"],
)
def test_what_is_soon_read_or_may_be_refused_is_read_first(newsroom, request_) -> None:
    assert newsroom.take_in(request_).is_read
    assert newsroom.receipts == []


def test_a_known_article_stays_what_it_was_until_its_new_version_is_read(newsroom) -> None:
    first = newsroom.take_in(Submission(id="long", text="مرحبًا بكم."))
    second = newsroom.take_in(Submission(id="long", text=LONG))
    assert newsroom.receipts == []
    assert first.key != second.key == newsroom.article_service.article("long").key


def test_an_article_without_an_id_has_the_same_one_however_it_is_sent(newsroom) -> None:
    early = newsroom.take_in(Submission(text=LONG))
    assert newsroom.receipts[0].id == early.id
    assert newsroom.article_service.submit(Submission(text=LONG, priority=Priority.BATCH)).id == early.id
    assert newsroom.article_service.submit(Submission(text=LONG, site="news.example")).id != early.id
    assert newsroom.article_service.submit(Submission(text=LONG, speed=1.5)).id != early.id


def test_one_that_is_deleted_while_it_is_read_stays_deleted(newsroom) -> None:
    with pytest.raises(NotFound):
        newsroom.take_in(
            Submission(id="long", text=LONG), lambda told: newsroom.article_service.delete(told.id)
        )
    with pytest.raises(NotFound):
        newsroom.article_service.article("long")
    assert newsroom.repository.asked(newsroom.sent[0][0]) is None
    assert not newsroom.left_behind()


def test_a_version_that_comes_in_meanwhile_is_the_one_that_stays(newsroom) -> None:
    later = []

    def replaced(told: Receipt) -> None:
        later.append(newsroom.article_service.submit(Submission(id=told.id, text="خبر أحدث.")))

    with pytest.raises(NotFound):
        newsroom.take_in(Submission(id="long", text=LONG), replaced)
    assert newsroom.article_service.article("long").key == later[0].key


def test_an_id_is_its_sites_from_the_moment_it_is_accepted(newsroom) -> None:
    def other(told: Receipt) -> None:
        with pytest.raises(Conflict):
            newsroom.article_service.submit(Submission(id=told.id, text="خبر آخر.").of("other.example"))

    newsroom.take_in(Submission(id="long", text=LONG).of("news.example"), other)
    assert newsroom.article_service.article("long").site == "news.example"


def test_one_whose_process_dies_is_read_on_to_the_same_recording(newsroom) -> None:
    def die(_told: Receipt) -> None:
        assert newsroom.article_service.abandoned() == []  # whoever reads it is alive
        newsroom.article_service.read_on("long")  # nor does anybody else read it
        assert newsroom.article_service.entry("long").key == UNREAD
        raise Died

    with pytest.raises(Died):
        newsroom.take_in(Submission(id="long", text=LONG), die)
    assert newsroom.article_service.entry("long").key == UNREAD
    assert [each.id for each in newsroom.article_service.abandoned()] == ["long"]
    newsroom.article_service.read_on("long")
    whole = newsroom.article_service.submit(Submission(id="read-first", text=LONG))
    assert newsroom.article_service.article("long").key == whole.key
    assert newsroom.article_service.abandoned() == []
    assert not newsroom.left_behind()


@pytest.mark.parametrize("at", ["accept_article", "_note_owner"])
def test_one_whose_process_dies_while_it_is_accepted_is_looked_after_or_forgotten(
    newsroom, monkeypatch, at
) -> None:
    def die(*_: object) -> None:
        raise Died

    monkeypatch.setattr(type(newsroom.repository), at, die)
    with pytest.raises(Died):
        newsroom.take_in(Submission(id="long", text=LONG))
    monkeypatch.undo()
    assert newsroom.receipts == []
    for article in newsroom.article_service.abandoned():
        with pytest.raises(ReadingFailed):
            newsroom.article_service.read_on(article.id)
        state = newsroom.playback.state(newsroom.article_service.entry(article.id).key)
        assert state.failure.code == "ReadingFailed"
    assert not newsroom.left_behind()


def test_one_that_is_read_or_gone_is_not_read_on(newsroom) -> None:
    record = newsroom.article_service.submit(Submission(id="long", text=LONG))
    newsroom.repository.store.add(UNREAD_ARTICLES, "long")
    newsroom.repository.store.add(UNREAD_ARTICLES, "gone")
    newsroom.repository.store.put(beginning_name("long"), Put(b"of a reader that died"))
    assert newsroom.article_service.abandoned() == []
    assert not newsroom.left_behind()
    newsroom.article_service.read_on("long")
    assert newsroom.article_service.article("long").key == record.key


def test_a_version_whose_reader_is_late_does_nothing_to_the_next(newsroom) -> None:
    """The first is deleted while it is read, and its id is accepted anew."""
    other = "\n".join(f"{line} عاجل." for line in LINES)
    second: list[Receipt] = []

    def deleted(told: Receipt) -> None:
        newsroom.article_service.delete(told.id)
        newsroom.repository.store.delete(
            beginning_claim_name(told.id)
        )  # as if the first had been a while away
        with pytest.raises(Died):
            newsroom.article_service.take_in(Submission(id="long", text=other), accepted=die)

    def die(told: Receipt) -> None:
        second.append(told)
        raise Died

    with pytest.raises(NotFound):
        newsroom.take_in(Submission(id="long", text=LONG), deleted)
    entry = newsroom.article_service.entry("long")
    assert (entry.key, entry.created) == (UNREAD, second[0].created)
    assert newsroom.article_service.beginning(entry)
    newsroom.article_service.fail_unread("long", newsroom.receipts[0].created, Failure("X", "x", "x"))
    assert not newsroom.article_service.entry("long").is_unreadable
    assert [each.id for each in newsroom.article_service.abandoned()] == ["long"]
    newsroom.article_service.read_on("long")
    assert newsroom.article_service.entry("long").is_read
    assert not newsroom.article_service.entry("long").is_unreadable


def test_two_who_send_the_same_are_both_told_of_the_one_recording(newsroom) -> None:
    others: list[Receipt] = []
    receipt = newsroom.take_in(
        Submission(id="long", text=LONG),
        lambda _: others.append(newsroom.article_service.take_in(Submission(id="long", text=LONG))),
    )
    assert receipt.key == others[0].key == newsroom.article_service.entry("long").key


def test_what_fails_is_the_failure_of_the_article(newsroom, monkeypatch) -> None:
    def slow(*_: object) -> None:
        raise ReadingTimeout("Too slow.", "بطيء.")

    accepted = []

    def then_fail(told: Receipt) -> None:
        accepted.append(told)
        monkeypatch.setattr(planning, "plan", slow)

    with pytest.raises(ReadingTimeout):
        newsroom.take_in(Submission(id="long", text=LONG), then_fail)
    state = newsroom.playback.state(newsroom.article_service.entry("long").key)
    assert (state.status, state.failure) == (Status.FAILED, Failure("ReadingTimeout", "Too slow.", "بطيء."))
    assert not newsroom.left_behind()


def test_one_whose_pool_gives_it_up_fails_and_can_be_sent_again(newsroom) -> None:
    def die(_told: Receipt) -> None:
        raise Died

    with pytest.raises(Died):
        newsroom.take_in(Submission(id="long", text=LONG), die)
    created = newsroom.receipts[0].created
    newsroom.article_service.fail_unread("long", created, Failure("ReadingFailed", "It died.", "توقفت."))
    assert newsroom.playback.state(newsroom.article_service.entry("long").key).status is Status.FAILED
    newsroom.article_service.fail_unread("long", created, Failure("ReadingFailed", "Again.", "مجددًا."))
    assert newsroom.playback.state(newsroom.article_service.entry("long").key).failure.en == "It died."
    with pytest.raises(EngineError, match="It died"):
        newsroom.playback.demand(newsroom.article_service.entry("long").key)
    assert newsroom.take_in(Submission(id="long", text=LONG)).is_read


def test_one_that_was_lost_with_what_had_been_asked_for_fails_by_name(newsroom) -> None:
    def lose(told: Receipt) -> None:
        newsroom.repository.store.delete(beginning_name(told.id))
        raise Died

    with pytest.raises(Died):
        newsroom.take_in(Submission(id="long", text=LONG), lose)
    with pytest.raises(ReadingFailed):
        newsroom.article_service.read_on("long")
    assert newsroom.playback.state(newsroom.article_service.entry("long").key).failure.code == "ReadingFailed"


def test_one_whose_store_fails_waits_for_a_round(newsroom, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable

    with pytest.raises(StoreUnavailable):
        newsroom.take_in(
            Submission(id="long", text=LONG),
            lambda _: (
                monkeypatch.setattr(newsroom.repository, "complete_article", fail)
                or monkeypatch.setattr(type(newsroom.repository), "complete_article", fail)
            ),
        )
    monkeypatch.undo()
    assert newsroom.article_service.entry("long").key == UNREAD
    newsroom.article_service.read_on("long")
    assert newsroom.article_service.entry("long").is_read


def test_a_private_one_is_hidden_while_it_is_read(newsroom) -> None:
    def look(told: Receipt) -> None:
        with pytest.raises(NotFound):
            newsroom.article_service.entry(told.id, lambda owner: not owner.private)

    receipt = newsroom.take_in(Submission(text=LONG, private=True), look)
    assert newsroom.receipts[0].id == receipt.id
    assert receipt.key.startswith(planning.PRIVATE)


def test_a_page_is_counted_once_and_with_the_length_of_its_recording(newsroom) -> None:
    quotas = Quotas(newsroom.repository)
    site = Site(name="news.example", daily=Daily(articles=1))
    admitted: list[ArticleRecord] = []

    def admit(record: ArticleRecord) -> None:
        quotas.take(site, record)
        admitted.append(record)

    request = Submission(id="long", text=LONG, site=site.name)
    newsroom.article_service.take_in(request, admit=admit, accepted=newsroom.receipts.append)
    record = newsroom.article_service.article("long")
    quotas.read(site, *admitted, record.key)
    state = newsroom.playback.state(record.key)
    newsroom.repository.keep_state(record.key, replace(state, duration=81.5))
    assert newsroom.receipts
    used = quotas.used(site.name)
    assert (used.articles, used.characters, used.seconds) == (1, len(LONG), 82)
