"""The private Redis server does what it is told about memory."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from cache import server
from cache.errors import NotSaved, ServerFailed
from cache.redis_store import RedisStore
from cache.store import Put
from tests.conftest import wait_for


@pytest.mark.parametrize(
    ("memory", "policy", "seen"),
    [("64mb", "noeviction", "67108864"), ("32mb", "volatile-lru", "33554432")],
)
def test_its_memory_and_what_happens_beyond_are_settings(
    need_redis: Callable[[], None], tmp_path: Path, memory: str, policy: str, seen: str
) -> None:
    need_redis()
    with server.running(tmp_path / "redis", max_memory=memory, policy=policy) as url:
        told = RedisStore(url)._redis.config_get("maxmemory*")

    assert told["maxmemory-policy"] == policy
    assert told["maxmemory"] == seen


@pytest.mark.parametrize("release", ["the system's", "the wheel's"])
def test_every_release_of_redis_saves_what_it_holds(tmp_path, monkeypatch, program, release: str) -> None:
    if release == "the system's":
        assert server.find_program() == Path(program("redis-server"))
    else:
        bare = tmp_path / "bin"
        bare.mkdir()
        monkeypatch.setenv("PATH", str(bare))
        if server.find_program() is None:
            if os.environ.get("CI"):
                pytest.fail("no wheel with a Redis server; CI must have one")
            pytest.skip("no wheel with a Redis server for this machine")
    with server.running(tmp_path / "redis", max_memory="64mb") as url:
        assert RedisStore(url).condition().persistent is True
        assert RedisStore(url)._redis.config_get("save") == {"save": "60 1"}


class TestDeath:
    """The server of a folder that is in use dies, hangs, or cannot read its data."""

    @pytest.fixture
    def folder(self, need_redis: Callable[[], None], tmp_path: Path) -> Path:
        need_redis()
        return tmp_path / "redis"

    def test_one_that_was_killed_comes_back_with_what_was_on_disk(self, folder: Path) -> None:
        with server.running(folder, max_memory="32mb") as url:
            store = RedisStore(url)
            store.put("a", Put(b"kept"))
            store.save()
            process(url).kill()
            wait_for(lambda: not server.listens(folder), 10, "dead")
            assert server.last_words(folder) == ""
            server.start_again(folder, max_memory="32mb", policy="noeviction")
            assert store.get("a") == b"kept"
        assert not server.listens(folder)

    def test_one_that_hangs_is_no_reason_for_a_second_over_the_same_data(self, folder: Path) -> None:
        with server.running(folder, max_memory="32mb") as url:
            hung = process(url)
            hung.suspend()
            threading.Timer(2, hung.resume).start()
            assert server.listens(folder)
            server.start_again(folder, max_memory="32mb", policy="noeviction")
            assert process(url).pid == hung.pid

    @pytest.mark.parametrize("content", [b"", b"garbage, no data at all", b"REDIS0009\xfa"])
    def test_one_that_cannot_read_its_data_says_so_at_once(self, folder: Path, content: bytes) -> None:
        folder.mkdir()
        (folder / server.DATA).write_bytes(content)
        begun = time.monotonic()
        with pytest.raises(ServerFailed) as failed, server.running(folder, max_memory="32mb"):
            pass
        assert failed.value.damaged
        assert str(failed.value) in (folder / "redis.log").read_text() or ";" in str(failed.value)
        assert time.monotonic() - begun < 15, "not the whole patience of a start"

    def test_what_cannot_be_saved_is_not_lost_and_is_reported(self, folder: Path) -> None:
        url = server.url(folder)
        with pytest.raises(NotSaved), server.running(folder, max_memory="32mb"):
            keep_unsaveable(folder, url)
        assert RedisStore(url).get("a") == b"in memory only"
        (folder / server.DATA).rmdir()
        with server.running(folder, max_memory="32mb") as url:
            assert RedisStore(url).get("a") == b"in memory only"
        assert not server.listens(folder)
        with server.running(folder, max_memory="32mb") as url:
            assert RedisStore(url).get("a") == b"in memory only"

    def test_nor_is_it_left_running_in_silence_if_its_log_cannot_be_written_either(
        self, folder: Path
    ) -> None:
        with pytest.raises(NotSaved, match="may be full"), server.running(folder, max_memory="32mb") as url:
            leave_full(folder, url)
        assert RedisStore(url).get("a") == b"in memory only"
        (folder / "redis.log").rmdir()
        (folder / server.DATA).rmdir()
        with server.running(folder, max_memory="32mb"):
            pass
        assert not server.listens(folder)

    def test_its_condition_tells_whether_what_it_holds_is_on_disk(self, folder: Path) -> None:
        with server.running(folder, max_memory="32mb") as url:
            store = RedisStore(url)
            store.put("a", Put(b"b"))
            store.save()
            assert store.condition().saved is True
            assert abs(store.condition().saved_at - time.time()) < 30
            (folder / server.DATA).unlink()
            keep_unsaveable(folder, url)
            store._redis.bgsave()
            wait_for(lambda: store.condition().saved is False, 20, "seen")
            assert store.condition().unsaved > 0
            store._redis.config_set("save", "")
            assert store.condition().saved is None, "it does not try"
            store._redis.config_set("appendonly", "yes")
            wait_for(lambda: store.condition().saved is True, 20, "appended to a file instead")
            (folder / server.DATA).rmdir()
            # Redis 6.2 does not end while it writes the file's first content.
            wait_for(lambda: not store._redis.info("persistence")["aof_rewrite_in_progress"], 20, "written")


def process(url: str) -> psutil.Process:
    """The server at an address."""
    return psutil.Process(int(RedisStore(url)._redis.info("server")["process_id"]))


def keep_unsaveable(folder: Path, url: str) -> None:
    """Have a value that cannot be put on disk."""
    RedisStore(url).put("a", Put(b"in memory only"))
    (folder / server.DATA).mkdir()  # nothing can be renamed to that


def leave_full(folder: Path, url: str) -> None:
    """Have a value that cannot be put on disk, and a log that takes no line of it."""
    keep_unsaveable(folder, url)
    (folder / "redis.log").unlink()
    (folder / "redis.log").mkdir()
