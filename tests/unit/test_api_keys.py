"""API keys: made once, known by their hash alone, good until they are revoked."""

from __future__ import annotations

import json
import time

import pytest

from service.auth import api_keys as module
from service.auth.api_keys import Keys, Scope
from service.model.errors import NotFound


@pytest.fixture
def keys(store) -> Keys:
    return Keys(store)


def everything(store) -> bytes:
    """All that the store holds."""
    found = b""
    for name in store._redis.keys("*"):
        kind = store._redis.type(name)
        found += name + (
            store._redis.get(name) if kind == b"string" else repr(store._redis.smembers(name)).encode()
        )
    return found


def test_a_key_is_known_again_with_all_that_was_said_of_it(keys) -> None:
    made, whole = keys.create("غرفة الأخبار", Scope.READ, "news.example")
    admitted = keys.admit(whole)
    assert (admitted.id, admitted.name, admitted.scope, admitted.site) == (
        made.id,
        "غرفة الأخبار",
        Scope.READ,
        "news.example",
    )


def test_its_secret_has_256_bits_and_is_another_each_time(keys) -> None:
    secrets = {keys.create("a", Scope.READ)[1].split("_", 2)[2] for _ in range(20)}
    assert len(secrets) == 20
    assert {len(secret) for secret in secrets} == {43}


def test_no_secret_is_in_the_store(keys, store) -> None:
    _, whole = keys.create("a", Scope.ADMIN)
    keys.admit(whole)
    assert whole.split("_", 2)[2].encode() not in everything(store)


def test_it_is_kept_whatever_the_store_evicts(keys, store) -> None:
    made, whole = keys.create("a", Scope.READ)
    keys.admit(whole)
    assert {store._redis.ttl(name) for name in store._redis.keys("*")} == {-1}
    assert made.id.encode() in everything(store)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: whole[:-1] + ("A" if whole[-1] != "A" else "B"),
        lambda whole: whole[:-1],
        lambda whole: whole + "A",
        lambda whole: "istami_" + "0" * 12 + whole[19:],
        lambda _: "",
        lambda _: "istami_",
        lambda whole: whole.upper(),
        lambda whole: whole + "\n",
        lambda _: "مفتاح",
    ],
)
def test_what_is_no_key_is_not_let_in(keys, spoil) -> None:
    _, whole = keys.create("a", Scope.ADMIN)
    assert keys.admit(whole)
    assert keys.admit(spoil(whole)) is None


def test_a_revoked_key_is_good_for_nothing_at_once_and_stays_listed(keys) -> None:
    (made, whole), (other, second) = keys.create("a", Scope.WRITE), keys.create("b", Scope.WRITE)
    revoked = keys.revoke(made.id).revoked
    assert keys.admit(whole) is None
    assert keys.admit(second)
    assert [(key.id, bool(key.revoked)) for key in keys.all()] == [(made.id, True), (other.id, False)]
    assert keys.revoke(made.id).revoked == revoked


def test_what_is_not_there_cannot_be_revoked(keys) -> None:
    with pytest.raises(NotFound, match="abc"):
        keys.revoke("abc")


def test_its_last_use_is_noted_once_a_minute(keys, monkeypatch) -> None:
    made, whole = keys.create("a", Scope.READ)
    assert keys.all()[0].used is None
    now = time.time()
    seen = []
    for later in (0, 30, 59, 61, 100):
        monkeypatch.setattr(module.time, "time", lambda later=later: now + later)
        keys.admit(whole)
        seen.append(round(keys.all()[0].used - now))
    assert seen == [0, 0, 0, 61, 61]
    keys.revoke(made.id)
    assert round(keys.all()[0].used - now) == 61


def test_there_is_one_from_the_first_on(keys) -> None:
    assert not keys.exist()
    made, _ = keys.create("a", Scope.READ)
    assert keys.exist()
    keys.revoke(made.id)
    assert keys.exist(), "a service that was closed does not open again"


def test_each_scope_includes_those_before_it() -> None:
    assert Scope.READ < Scope.WRITE < Scope.ADMIN
    assert json.dumps([scope.label for scope in Scope]) == '["read", "write", "admin"]'
