"""A site's day and a reader's minute, counted in a real Redis."""

from __future__ import annotations

import time

import pytest

from cache.redis_ledger import RedisLedger
from cache.redis_store import RedisStore
from service.config.sites import Daily, Site
from service.model.article import ArticleRecord
from service.model.document import Article
from service.model.errors import TooMany
from service.model.recording import State, Status
from service.pages.quotas import Pace, Quotas
from service.storage.repository import Lifetimes, Repository


def record(article: str, key: str, text: str = "نص") -> ArticleRecord:
    found = Article(text, ())
    return ArticleRecord(article, key, 0.0, 0.0, None, None, True, found, 1.0, (), voice="espeak-ar")


@pytest.fixture
def repository(store: RedisStore, ledger: RedisLedger) -> Repository:
    return Repository(store, ledger, Lifetimes(60, 60, 60))


class TestDay:
    def test_versions_are_counted_once_each_with_what_they_hold(self, repository: Repository) -> None:
        quotas = Quotas(repository)
        repository.keep_state("k1", State(Status.READY, 1, 1, duration=2.5))
        for version in (record("a", "k1"), record("a", "k1"), record("a", "k2", "نص أطول")):
            quotas.take(Site(name="news.example"), version)
        quotas.take(Site(name="other.example"), record("b", "k3"))
        assert quotas.used("news.example") == Daily(articles=2, characters=9, seconds=3)
        assert quotas.used("new.example") == Daily(articles=0, characters=0, seconds=0)

    @pytest.mark.parametrize("limit", [{"articles": 1}, {"characters": 2}, {"seconds": 3}])
    def test_what_is_used_up_is_used_up_until_midnight(
        self, repository: Repository, limit: dict[str, int]
    ) -> None:
        quotas, site = Quotas(repository), Site(name="news.example", daily=Daily(**limit))
        quotas.check(site)
        repository.keep_state("k1", State(Status.READY, 1, 1, duration=3.0))
        quotas.take(site, record("a", "k1"))
        with pytest.raises(TooMany) as caught:
            quotas.check(site)
        assert 0 < caught.value.retry_after <= 86_400
        assert (time.time() + caught.value.retry_after) % 86_400 < 5
        with pytest.raises(TooMany):
            quotas.take(site, record("a", "k2"))
        quotas.check(Site(name="news.example"))


class TestMinute:
    def test_so_many_are_let_in_and_the_next_is_told_when(self, ledger: RedisLedger) -> None:
        pace = Pace(ledger, 3)
        for _ in range(3):
            pace.admit("192.0.2.1")
        with pytest.raises(TooMany) as caught:
            pace.admit("192.0.2.1")
        assert 15 < caught.value.retry_after <= 20, "a third of a minute"
        pace.admit("192.0.2.2")

    def test_one_more_is_let_in_when_one_has_come_back(self, ledger: RedisLedger) -> None:
        pace = Pace(ledger, 100)

        def ask() -> None:  # more often than it may, for a slow machine gets some back meanwhile
            for _ in range(10_000):
                pace.admit("192.0.2.1")

        with pytest.raises(TooMany) as caught:
            ask()
        assert caught.value.retry_after == 1
        time.sleep(0.7)
        pace.admit("192.0.2.1")

    def test_an_ipv6_subscriber_is_one_however_many_addresses_it_has(self, ledger: RedisLedger) -> None:
        pace = Pace(ledger, 1)
        pace.admit("2001:db8:1:2::1")
        with pytest.raises(TooMany):
            pace.admit("2001:db8:1:2:ffff::9")
        pace.admit("2001:db8:1:3::1")
        pace.admit("unknown")
