"""A key that could not be made, or revoked, for certain is as if nobody had tried."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cache import server
from cache.errors import StoreUnavailable, Unsaved
from cache.redis_store import RedisStore
from service.auth.api_keys import Keys, Scope
from service.cli.keys import app
from service.model.errors import Unavailable


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder whose private Redis runs."""
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("REDIS_URL", raising=False)
    with server.running(tmp_path / "redis", max_memory="64mb"):
        yield tmp_path
        snapshots_possible(tmp_path)


@pytest.fixture
def kept(data) -> RedisStore:
    return RedisStore(server.url(data / "redis"))


def snapshots_impossible(data: Path) -> None:
    """Nobody, not even root, can put a file where a folder is."""
    (data / "redis" / "istami.rdb").unlink(missing_ok=True)
    (data / "redis" / "istami.rdb").mkdir()


def snapshots_possible(data: Path) -> None:
    if (data / "redis" / "istami.rdb").is_dir():
        (data / "redis" / "istami.rdb").rmdir()


def everything(store: RedisStore) -> dict[str, object]:
    redis = store._redis
    read = {b"set": redis.smembers, b"string": redis.get}
    return {name: read[redis.type(name)](name) for name in redis.keys("*")}


def istami(*words: str, output: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "service", *words]
    with Path(output or "/dev/null").open("w") as full:
        out = full if output else subprocess.PIPE
        return subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, timeout=60, check=False)


@pytest.mark.parametrize("words", [("create", "a"), ("create", "a", "--json"), ("revoke", "{id}")])
def test_without_a_snapshot_nothing_changes_and_the_true_reason_is_given(data, kept, words) -> None:
    there, _ = Keys(kept).create("there before", Scope.WRITE)
    before = everything(kept)
    snapshots_impossible(data)
    done = istami("keys", *(word.format(id=there.id) for word in words))
    assert done.returncode == 1
    assert not done.stdout
    assert "cannot write to disk" in done.stderr
    assert "القرص" in done.stderr
    assert "Is a directory" in done.stderr
    assert "Traceback" not in done.stderr
    assert everything(kept) == before


def test_keys_can_be_listed_while_no_snapshot_is_possible(data, kept) -> None:
    Keys(kept).create("there before", Scope.WRITE)
    snapshots_impossible(data)
    listed = CliRunner().invoke(app, ["list", "--json"], catch_exceptions=False)
    assert [key["name"] for key in json.loads(listed.stdout)] == ["there before"]


def test_once_there_is_room_again_a_key_is_made_and_is_on_disk(data, kept) -> None:
    snapshots_impossible(data)
    assert istami("keys", "create", "a").returncode == 1
    assert not Keys(kept).exist()
    snapshots_possible(data)
    whole = istami("keys", "create", "a").stdout.strip()
    assert Keys(kept).admit(whole).name == "a"
    assert whole.split("_")[1].encode() in (data / "redis" / "istami.rdb").read_bytes()


def test_a_key_that_cannot_be_shown_is_not_made(data, kept) -> None:
    before = everything(kept)
    assert istami("keys", "create", "a", output="/dev/full").returncode == 1
    assert everything(kept) == before
    assert data.exists()


class Failing(RedisStore):
    """A store that fails at one of its writing calls, before or after it has done its work."""

    def __init__(self, url: str, at: int, *, done: bool) -> None:
        super().__init__(url)
        self.calls, self._at, self._done = 0, at, done

    def _fail(self, act, *args):
        self.calls += 1
        if self.calls == self._at:
            if self._done:
                act(*args)
            raise StoreUnavailable("no answer")
        return act(*args)

    def put(self, *args):
        return self._fail(super().put, *args)

    def add(self, *args):
        return self._fail(super().add, *args)

    def discard(self, *args):
        return self._fail(super().discard, *args)

    def swap(self, *args):
        return self._fail(super().swap, *args)


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done, the answer lost"])
@pytest.mark.parametrize("at", range(1, 5))
def test_a_store_that_fails_at_any_step_leaves_all_or_nothing(store, redis_url, at, done) -> None:
    failing = Failing(redis_url, at, done=done)
    try:
        _, whole = Keys(failing).create("a", Scope.WRITE)
    except StoreUnavailable:
        assert not Keys(store).exist()
        assert Keys(store).all() == []
        assert everything(store) == {}
    else:
        assert at > 3, "the first three steps are what makes it"
        assert Keys(store).admit(whole)


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done, the answer lost"])
def test_a_revocation_that_fails_leaves_the_key_good(store, redis_url, done) -> None:
    key, whole = Keys(store).create("a", Scope.WRITE)
    with pytest.raises(StoreUnavailable):
        Keys(Failing(redis_url, 1, done=done)).revoke(key.id)
    assert Keys(store).admit(whole)


def test_no_key_exists_while_one_is_being_made(store) -> None:
    keys = Keys(store)
    failed = keys.creating("a", Scope.WRITE)
    failed.__enter__()
    assert not keys.exist()
    assert not failed.__exit__(Unsaved, Unsaved(), None)
    assert not keys.exist()
    with keys.creating("b", Scope.WRITE) as (_, whole):
        assert not keys.exist()
    assert keys.exist()
    assert keys.admit(whole)


def test_a_draft_does_not_hide_the_keys_that_there_are(store) -> None:
    keys = Keys(store)
    keys.create("a", Scope.WRITE)
    with keys.creating("b", Scope.WRITE):
        assert keys.exist()


def test_a_draft_whose_maker_was_killed_never_counts(store) -> None:
    killed = Keys(store).creating("a", Scope.WRITE)
    killed.__enter__()
    assert [store._redis.ttl(name) for name in store._redis.keys("*")] == [-1] * 3
    assert not Keys(store).exist()
    [left] = Keys(store).all()
    assert Keys(store).revoke(left.id).revoked
    assert not Keys(store).exist()
    assert killed, "it goes on existing, or Python would end its block"


class Broken(RedisStore):
    """A store that answers so many writing calls and no more."""

    def __init__(self, url: str, answered: int) -> None:
        super().__init__(url)
        self._answered = answered

    def _left(self) -> None:
        self._answered -= 1
        if self._answered < 0:
            raise StoreUnavailable("no answer")

    def put(self, *args):
        self._left()
        super().put(*args)

    def add(self, *args):
        self._left()
        super().add(*args)

    def discard(self, *args):
        self._left()
        return super().discard(*args)

    def delete(self, *args):
        self._left()
        super().delete(*args)


@pytest.mark.parametrize("answered", range(1, 6))
def test_the_cure_that_the_error_tells_works(store, redis_url, answered) -> None:
    with pytest.raises(Unavailable) as failed, Keys(Broken(redis_url, answered)).creating("a", Scope.WRITE):
        raise Unsaved
    assert not Keys(store).exist()
    assert Keys(store).revoke(failed.value.en.rsplit(maxsplit=1)[1]).revoked
    assert not Keys(store).exist()
    assert [key for key in Keys(store).all() if not key.revoked] == []


def test_a_key_that_is_used_is_no_draft(store, redis_url) -> None:
    _, whole = Keys(Broken(redis_url, 3)).create("a", Scope.WRITE)
    assert not Keys(store).exist()
    assert Keys(store).admit(whole)
    assert Keys(store).exist()
