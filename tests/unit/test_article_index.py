"""Lists of articles, over a real store."""

from __future__ import annotations

import pytest

from cache.redis_store import RedisStore
from service.model.article import ArticleRecord
from service.model.document import Article, Paragraph, Span
from service.model.recording import Plan, Speaker, State, Status
from service.storage.article_index import Listing
from service.storage.repository import Lifetimes, Repository

SITE = "news.example"


@pytest.fixture
def repository(store, ledger) -> Repository:
    return Repository(store, ledger, Lifetimes(600, 600, 600))


@pytest.fixture
def listing(repository) -> Listing:
    return Listing(repository)


def record(name: str, since: float = 1.0) -> ArticleRecord:
    article = Article("خبر.", (Paragraph("خبر.", Span(0, 4)),))
    return ArticleRecord(
        id=name, key=f"key-{name}", created=since, since=since, site=SITE, section=None, listed=True,
        article=article, voice="espeak-ar", speed=1.0, sentences=(),
    )  # fmt: skip


def keep(repository: Repository, listing: Listing, name: str, since: float, status: Status) -> None:
    kept = repository.replace_article(record(name, since))[0]
    repository.keep_plan(
        Plan(kept.key, "espeak-ar", "print", Speaker("espeak-ar", "print"), 1.0, -16.0, 64, "d-1", ())
    )
    repository.keep_state(kept.key, State(status, 1, 1, duration=2.0, size=10))
    listing.add(kept)


def listed(listing: Listing, most: int = 5) -> list[str]:
    return [episode.entry.id for episode in listing.episodes(SITE, None, most)]


def test_those_that_cannot_be_heard_are_looked_past(repository, listing) -> None:
    for number in range(9):
        keep(repository, listing, f"failed{number}", 10 + number, Status.FAILED)
    keep(repository, listing, "ready", 1, Status.READY)
    assert listed(listing, most=2) == ["ready"]


def test_one_that_is_deleted_and_sent_again_while_the_list_is_read_stays(repository, listing) -> None:
    class Late(RedisStore):
        """The article comes back after the reader has missed it, before the reader takes it out."""

        def displace(self, name: str, *members: str) -> None:
            keep(repository, listing, "back", 2, Status.READY)
            super().displace(name, *members)

    keep(repository, listing, "back", 1, Status.READY)
    repository.forget_article("back")
    late = Late.__new__(Late)
    late._redis = repository.store._redis
    assert listed(Listing(Repository(late, repository.ledger, repository.lifetimes))) == []
    assert listed(listing) == ["back"]


def test_a_damaged_record_is_as_good_as_gone(repository, listing, store) -> None:
    keep(repository, listing, "damaged", 1, Status.READY)
    store._redis.set("istami:article:damaged", b"damaged")
    assert listed(listing) == []
    assert store.highest(f"istami:list:{SITE}:", 0, 9) == []


def test_a_list_has_changed_when_another_version_of_it_is_first_seen(listing) -> None:
    first = listing.changed(SITE, None, "one")
    assert listing.changed(SITE, None, "one") == first
    second = listing.changed(SITE, None, "two")
    assert second > first
    assert listing.changed(SITE, None, "two") == second
    assert listing.changed("other.example", None, "one") <= second
