"""The private Redis server does what it is told about memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cache import server
from cache.redis_store import RedisStore


@pytest.mark.parametrize(
    ("memory", "policy", "seen"),
    [("64mb", "noeviction", "67108864"), ("32mb", "volatile-lru", "33554432")],
)
def test_its_memory_and_what_happens_beyond_are_settings(
    tmp_path: Path, memory: str, policy: str, seen: str
) -> None:
    if server.find_program() is None:
        if os.environ.get("CI"):
            pytest.fail("no Redis server program; CI must have one")
        pytest.skip("no Redis server program on this machine")
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
            pytest.skip("no wheel with a Redis server for this machine")
    with server.running(tmp_path / "redis", max_memory="64mb") as url:
        assert RedisStore(url).condition().persistent is True
        assert RedisStore(url)._redis.config_get("save") == {"save": "60 1"}
