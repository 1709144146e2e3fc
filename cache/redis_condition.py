"""Reports the condition of a Redis server, or of all servers of a cluster together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import redis
from redis.exceptions import ResponseError

from cache.store import Condition

_TIME = "return redis.call('TIME')"


def condition(client: redis.Redis | redis.RedisCluster) -> Condition:
    """See ``cache.store.Store``."""
    servers = list(_described(client))
    saves, appended = _saves(client), all(server["aof_enabled"] for server in servers)
    # As a script: in a cluster, a bare TIME has no key that selects a server.
    seconds, microseconds = cast("list[bytes]", client.eval(_TIME, 1, "istami:time"))
    return Condition(
        memory=sum(int(server["used_memory"]) for server in servers),
        max_memory=sum(int(server["maxmemory"]) for server in servers),
        policy=str(servers[0]["maxmemory_policy"]),
        evicted=sum(int(server["evicted_keys"]) for server in servers),
        persistent=True if appended else saves,
        saved=_saved(servers, saves=saves, appended=appended),
        saved_at=min(float(server.get("rdb_last_save_time", 0)) for server in servers),
        unsaved=sum(int(server.get("rdb_changes_since_last_save", 0)) for server in servers),
        time=int(seconds) + int(microseconds) / 1e6,
    )


def _described(client: redis.Redis | redis.RedisCluster) -> Iterable[Mapping[str, Any]]:
    """Return each server's INFO."""
    if isinstance(client, redis.RedisCluster):
        told = client.info("everything", target_nodes=redis.RedisCluster.PRIMARIES)
        return cast("dict[str, dict[str, Any]]", told).values()
    return [client.info("everything")]


def _saved(servers: Iterable[Mapping[str, Any]], *, saves: bool | None, appended: bool) -> bool | None:
    """Whether the last writes to disk succeeded, for those of RDB and AOF that are in use."""
    if saves is False and not appended:
        return None
    used = [] if saves is False else ["rdb_last_bgsave_status"]
    used += ["aof_last_write_status", "aof_last_bgrewrite_status"] if appended else []
    found = [server.get(name) for server in servers for name in used]
    return None if None in found else all(status == "ok" for status in found)


def _saves(client: redis.Redis | redis.RedisCluster) -> bool | None:
    """Whether a server saves periodic snapshots; ``None`` if it does not report it, as many hosted ones."""
    try:
        return bool(cast("dict[str, str]", client.config_get("save")).get("save"))
    except ResponseError:
        return None
