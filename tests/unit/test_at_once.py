"""What several do at the same moment is done in one step: looking and doing are not two."""

from __future__ import annotations

import dataclasses
import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from cache.redis_store import RedisStore
from service.auth.api_keys import Keys, Scope
from service.batches import BatchLimits, BatchStore, Receiving, receive
from service.batches import intake as module
from service.batches.batch import Batch
from service.config.settings import Settings
from service.config.sites import Daily, Site
from service.model.article import ArticleRecord, Owner, Priority, Submission
from service.model.document import Article
from service.model.errors import Conflict, IstamiError, NotFound, TooMany, Unavailable
from service.model.recording import State, Status
from service.pages.quotas import Pace, Quotas
from service.server.container import Container
from service.storage import keys
from service.storage.article_index import Listing
from service.storage.codec import unpacked
from service.storage.keys import owner_name
from service.storage.repository import _OWNER, Lifetimes, Repository
from service.util.jsonl import Line
from service.webhooks.models import Health

NEWS, OTHER = "news.example", "other.example"
SECRET = "عنوان لا يراه سواه"
ROUNDS = 25


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What comes of acts that begin at the same moment: their results, or the errors that they raise."""
    ready = Barrier(len(acts))

    def begun(act: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return act()
        except IstamiError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begun, acts))


@pytest.fixture
def repository(store: RedisStore, redis_url: str) -> Repository:  # noqa: ARG001  # an empty one
    return Container(Settings(), redis_url).repository


@pytest.fixture
def article_service(repository: Repository, redis_url: str):  # noqa: ARG001
    """Nobody speaks what it asks for."""

    def send(_voice: str, _key: str, _sentence: int, _priority: Priority) -> None:
        """No maker takes it."""

    return Container(Settings(), redis_url, send).article_service


def owner_noted(repository: Repository, article: str) -> Owner | None:
    return unpacked(_OWNER, repository.store.get(owner_name(article)))


class TestTwoSitesOneId:
    """Whoever comes second is refused, whenever that is, and told nothing of what came first."""

    @pytest.mark.parametrize("private", [(False, False), (True, False), (False, True), (True, True)])
    @pytest.mark.parametrize("same", [True, False], ids=["of the same text", "of two texts"])
    def test_one_has_it_and_the_other_is_refused(self, article_service, repository, private, same) -> None:
        for number in range(ROUNDS):
            article = f"12345-{number}"
            texts = (f"خبر قصير رقم {number}.", f"خبر {'قصير' if same else 'آخر'} رقم {number}.")
            requests = [
                Submission(
                    id=article, text=text, title=None if same else f"{SECRET} {site}", private=hidden
                ).of(site)
                for site, text, hidden in zip((NEWS, OTHER), texts, private, strict=True)
            ]
            random.shuffle(requests)
            results = at_once(
                *(lambda request=request: article_service.submit(request) for request in requests)
            )
            [record] = [each for each in results if isinstance(each, ArticleRecord)]
            [(error, refused)] = [
                (each, request)
                for each, request in zip(results, requests, strict=True)
                if isinstance(each, Conflict)
            ]
            known = repository.article(article)
            assert known.site == record.site != refused.site
            assert owner_noted(repository, article) == known.owner
            told = json.dumps([error.en, error.ar, error.field], ensure_ascii=False)
            assert SECRET not in told
            assert known.site not in told
            assert repository.asked(known.key), "the winner's recording is still wanted"
            pending = repository.store.members(keys.PENDING)
            wanted = {key for key in pending if repository.asked(key)}
            assert wanted == {repository.article(f"12345-{each}").key for each in range(number + 1)}, (
                "and the loser's is not"
            )

    def test_a_webhook_of_the_refused_is_told_nothing(self, article_service, repository) -> None:
        article_service.submit(Submission(id="taken", text="نص أول.").of(NEWS))
        before = repository.store.members(keys.EXPECTED)
        known = repository.article("taken")
        late = dataclasses.replace(known, site=OTHER, created=known.created + 1)
        with pytest.raises(Conflict):
            repository.replace_article(late, bound=True)
        assert repository.article("taken") == known
        assert repository.store.members(keys.EXPECTED) == before

    def test_whoever_may_change_all_sites_still_may(self, article_service, repository) -> None:
        article_service.submit(Submission(id="moved", text="نص أول.").of(NEWS))
        article_service.submit(Submission(id="moved", text="نص أول.", site=OTHER))
        assert repository.article("moved").site == OTHER
        assert owner_noted(repository, "moved") == Owner(OTHER, private=False)


class TestOneSite:
    def test_its_public_and_private_versions_end_as_the_one_that_is_there(
        self, article_service, repository
    ) -> None:
        for number in range(ROUNDS):
            article = f"version-{number}"
            requests = [
                Submission(id=article, text=f"نسخة {number}.", private=private).of(NEWS)
                for private in (True, False)
            ]
            at_once(*(lambda request=request: article_service.submit(request) for request in requests))
            assert owner_noted(repository, article) == repository.article(article).owner

    def test_what_is_deleted_and_sent_at_once_is_whole_or_gone(self, article_service, repository) -> None:
        request = Submission(id="on-and-off", text="يذهب ويعود.").of(NEWS)
        for _ in range(ROUNDS):
            at_once(
                lambda: article_service.submit(request),
                lambda: article_service.delete("on-and-off", lambda owner: owner.site == NEWS),
                lambda: article_service.submit(request),
            )
            known = repository.article("on-and-off")
            assert owner_noted(repository, "on-and-off") == (known.owner if known else None)
            if known:
                assert repository.asked(known.key)

    def test_a_text_that_one_article_gives_up_and_another_wants_is_made(
        self, article_service, repository
    ) -> None:
        for number in range(ROUNDS):
            text = f"نص مشترك رقم {number}."
            article_service.submit(Submission(id="goes", text=text))
            _, kept = at_once(
                lambda: article_service.delete("goes"),
                lambda text=text, number=number: article_service.submit(
                    Submission(id=f"stays-{number}", text=text)
                ),
            )
            state = repository.state(kept.key)
            assert repository.asked(kept.key), state
            assert state.status is not Status.FAILED

    def test_nobody_deletes_what_another_has_come_to_have(self, article_service, repository) -> None:
        mine = lambda owner: owner.site == NEWS  # noqa: E731  # as a route has it
        article_service.submit(Submission(id="passed-on", text="نص أول.").of(NEWS))
        assert article_service.article("passed-on", mine)
        article_service.delete("passed-on")
        article_service.submit(Submission(id="passed-on", text="نص ثان.").of(OTHER))
        with pytest.raises(NotFound):
            article_service.delete("passed-on", mine)
        assert repository.article("passed-on").site == OTHER


def record(article: str, key: str, text: str = "نص") -> ArticleRecord:
    about = (article, key, 0.0, 0.0, None, None, True, Article(text, ()), 1.0, ())
    return ArticleRecord(*about, voice="espeak-ar")


class TestAllowances:
    @pytest.mark.parametrize(
        ("daily", "taken"),
        [(Daily(articles=3), 3), (Daily(characters=25), 3), (Daily(seconds=2), 3), (Daily(articles=0), 0)],
    )
    def test_of_a_day_are_taken_to_the_last_and_no_further(self, store, ledger, daily, taken) -> None:
        quotas, site = Quotas(Repository(store, ledger, Lifetimes(60, 60, 60))), Site(name=NEWS, daily=daily)
        versions = [record(f"a{number}", f"k{number}", "عشرة أحرف!") for number in range(12)]
        results = at_once(*(lambda each=each: quotas.take(site, each) for each in versions))
        assert results.count(None) == taken
        assert all(isinstance(each, TooMany) for each in results if each is not None)
        assert quotas.used(NEWS).articles == taken

    def test_of_a_day_are_taken_once_by_each_version(self, store, ledger) -> None:
        quotas, site = (
            Quotas(Repository(store, ledger, Lifetimes(60, 60, 60))),
            Site(name=NEWS, daily=Daily(articles=1)),
        )
        results = at_once(*(lambda: quotas.take(site, record("a", "k")) for _ in range(8)))
        assert results == [None] * 8
        assert quotas.used(NEWS) == Daily(articles=1, characters=2, seconds=0)

    def test_of_a_day_count_the_seconds_that_came_of_them(self, store, ledger) -> None:
        repository = Repository(store, ledger, Lifetimes(60, 60, 60))
        quotas, site = Quotas(repository), Site(name=NEWS, daily=Daily(seconds=100))
        quotas.take(site, record("a", "k1", "حرف" * 420))
        quotas.take(site, record("b", "k2", "حرف" * 420))
        with pytest.raises(TooMany):
            quotas.take(site, record("c", "k3"))
        repository.keep_state("k1", State(Status.READY, 1, 1, duration=5.0))
        quotas.take(site, record("c", "k3"))

    def test_of_a_minute_are_taken_to_the_last_and_no_further(self, ledger) -> None:
        pace = Pace(ledger, 4)
        results = at_once(*(lambda: pace.admit("192.0.2.1") for _ in range(12)))
        assert results.count(None) == 4
        assert {type(each) for each in results if each} == {TooMany}


class TestBatches:
    LIMITS = BatchLimits(line_bytes=100, total_bytes=100_000, lines=1000)

    def take_in(self, batch_store: BatchStore, name: str, site: str | None = None) -> Any:
        def read(line: Line, _most: int) -> Submission:
            return Submission(text=(line.content or b"").decode())

        return receive(batch_store, name, self.LIMITS, read, site)

    def test_there_are_never_more_than_there_is_room_for(self, store, monkeypatch) -> None:
        monkeypatch.setattr(module, "_MOST_UNFINISHED", 5)
        batch_store = BatchStore(store, 600)
        results = at_once(*(lambda n=n: self.take_in(batch_store, f"b{n}") for n in range(12)))
        begun = [each for each in results if isinstance(each, Receiving)]
        assert len(begun) <= 5
        assert all(isinstance(each, Unavailable) for each in results if each not in begun)
        assert len(batch_store.unfinished()) == len(begun)
        while len(batch_store.unfinished()) < 5:
            self.take_in(batch_store, f"more-{len(batch_store.unfinished())}")
        with pytest.raises(Unavailable):
            self.take_in(batch_store, "one-more")

    def test_one_id_is_one_batch_of_one_site(self, store) -> None:
        batch_store = BatchStore(store, 600)
        for number in range(ROUNDS):
            name = f"b{number}"
            sites = [NEWS, OTHER] * 3
            results = at_once(
                *(lambda site=site, name=name: self.take_in(batch_store, name, site) for site in sites)
            )
            [begun] = [each for each in results if isinstance(each, Receiving)]
            assert all(isinstance(each, Conflict) for each in results if each is not begun)
            assert batch_store.get(name).site == sites[results.index(begun)]
            begun.abandon()

    def test_whoever_was_too_slow_forgets_nothing_of_whoever_came_after(self, store) -> None:
        batch_store = BatchStore(store, 600)
        slow = self.take_in(batch_store, "b", NEWS)
        store.delete(keys.batch_claim_name("b"))  # its claim ran out
        after = self.take_in(batch_store, "b", NEWS)
        slow.abandon()
        assert batch_store.get("b").site == NEWS
        after.feed("سطر\n".encode())
        assert after.end().accepted == 1
        assert batch_store.unfinished() == ["b"]

    def test_cancelling_means_the_batch_that_was_seen(self, store) -> None:
        batch_store = BatchStore(store, 600)
        old, new = Batch("b", 1.0), Batch("b", 2.0)
        batch_store.cancel(old)
        assert batch_store.cancelled(old)
        assert not batch_store.cancelled(new)


def test_a_key_that_many_revoke_was_revoked_once(store) -> None:
    made, whole = Keys(store).create("a", Scope.READ)
    results = at_once(*(lambda: Keys(store).revoke(made.id) for _ in range(8)))
    assert len({each.revoked for each in results}) == 1
    assert Keys(store).admit(whole) is None


def test_the_health_of_a_webhook_counts_every_word_of_it(store, redis_url) -> None:  # noqa: ARG001
    outbox = Container(Settings(), redis_url).outbox

    def fails_once_more(before: Health) -> Health:
        time.sleep(0.001)
        return Health(before.failing_since or 1.0, before.failed_last + 1.0)

    at_once(*(lambda: outbox.change_health("cms", fails_once_more) for _ in range(8)))
    assert outbox.health("cms").failed_last == 8.0
    outbox.keep_health("cms", Health())
    assert outbox.health("cms") == Health()


def test_two_versions_of_a_feed_are_never_of_one_second(store, ledger) -> None:
    listing = Listing(Repository(store, ledger, Lifetimes(60, 60, 60)))
    versions = [f"v{number}" for number in range(8)]
    results = at_once(*(lambda each=each: listing.changed(None, None, each) for each in versions))
    assert len(set(results)) == 8
