"""Signed addresses, private keys, and what may be seen of an article: without a service."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.redis_store import RedisStore
from service.auth.signed_urls import Signer
from service.config.settings import Settings
from service.model.article import Owner, Submission
from service.model.errors import NotFound
from service.recordings.plan import PRIVATE
from service.server import container
from service.server.container import Container
from service.storage.keys import SIGNING

TEXT = "هطلت أمس أمطار غزيرة."


@pytest.fixture
def signer(store) -> Signer:
    return Signer(store)


def test_a_signature_is_of_one_article_of_one_site_and_one_end(signer) -> None:
    made = signer.signature("rain", None, 1000)
    assert signer.signed("rain", None, 1000, made)
    assert not signer.signed("rain", None, 1001, made)
    assert not signer.signed("snow", None, 1000, made)
    assert not signer.signed("1000 rain", None, 1000, made)
    assert not signer.signed("rain", "news.example", 1000, made)
    assert signer.signed("rain", "news.example", 1000, signer.signature("rain", "news.example", 1000))


@given(st.text(max_size=60))
def test_what_was_made_up_is_no_signature(redis_url, text) -> None:
    assert not Signer(RedisStore(redis_url)).signed("rain", None, 1000, text)


def test_every_process_has_the_same_secret_of_256_bits(store, redis_url) -> None:
    assert Signer(store).signed("rain", None, 1, Signer(RedisStore(redis_url)).signature("rain", None, 1))
    assert len(store.get(SIGNING)) == 32
    assert store._redis.ttl(SIGNING) == -1


def test_another_secret_knows_no_old_signature(signer, store) -> None:
    made = signer.signature("rain", None, 1000)
    store.delete(SIGNING)
    assert not signer.signed("rain", None, 1000, made)


class _Watched(RedisStore):
    """A store that notes what is looked for."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.looked: list[str] = []

    def get(self, name: str) -> bytes | None:
        self.looked.append(name)
        return super().get(name)


@pytest.fixture
def article_service(store, redis_url, tmp_path, monkeypatch):  # noqa: ARG001  # an empty one
    """A narration whose sentences nobody speaks, over a store that notes what is looked for."""
    monkeypatch.setattr(container, "RedisStore", _Watched)
    settings = Settings(data_dir=tmp_path)
    return Container(settings, redis_url, lambda *_: None).article_service


class TestPrivateRecordings:
    def test_have_keys_that_nobody_can_tell_by_the_text(self, article_service, store) -> None:
        public = article_service.submit(Submission(text=TEXT)).key
        first = article_service.submit(Submission(text=TEXT, private=True)).key
        assert first.startswith(PRIVATE)
        assert public not in first
        store.delete(SIGNING)
        assert article_service.submit(Submission(text=TEXT, private=True)).key != first

    def test_are_one_for_a_site_and_others_for_others(self, article_service) -> None:
        keys = [
            article_service.submit(Submission(text=TEXT, private=True, site=site)).key
            for site in ("a.example", "a.example", "b.example", None)
        ]
        assert keys[0] == keys[1]
        assert len(set(keys)) == 3

    def test_share_no_sentence_with_others(self, article_service) -> None:
        from service.recordings.plan import sentence_key

        plans = [
            article_service._repository.plan(article_service.submit(request).key)
            for request in (Submission(text=TEXT), Submission(text=TEXT, private=True))
        ]
        first, second = (sentence_key(plan.sentences[0], plan) for plan in plans)
        assert first != second

    def test_have_ids_that_nobody_can_tell_and_are_on_no_list(self, article_service) -> None:
        records = [article_service.submit(Submission(text=TEXT, private=True)) for _ in range(2)]
        assert records[0].id != records[1].id
        assert not any(record.listed for record in records)


class TestWhatMayNotBeSeen:
    def looked(self, article_service, article: str, seen) -> list[str]:
        """What is looked for in vain on behalf of somebody."""
        store = article_service._repository.store
        store.looked.clear()
        with pytest.raises(NotFound):
            article_service.article(article, seen)
        return [name.replace(article, "ID") for name in store.looked]

    @pytest.mark.parametrize("private", [False, True])
    def test_takes_the_same_work_as_what_there_is_not(self, article_service, private) -> None:
        article_service.submit(Submission(id="there", text=TEXT, site="a.example", private=private))

        def other(owner: Owner) -> bool:
            return owner.site == "b.example"

        def public(owner: Owner) -> bool:
            return not owner.private

        for seen in (other, public) if private else (other,):
            hidden, missing = (self.looked(article_service, name, seen) for name in ("there", "nowhere"))
            assert len(hidden) == len(missing) == 2
            assert hidden[0] == missing[0]
            assert article_service._repository.store.size(hidden[1]) == 0, "nothing large is read in vain"

    def test_is_not_seen_either_when_what_is_looked_at_first_was_evicted(self, article_service) -> None:
        article_service.submit(Submission(id="there", text=TEXT, private=True))
        article_service._repository.store.delete("istami:article:there:owner")
        with pytest.raises(NotFound):
            article_service.article("there", lambda owner: not owner.private)
