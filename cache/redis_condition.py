"""How a Redis server is, or the servers of a cluster together."""

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
    appended = all(server["aof_enabled"] for server in servers)
    # As a script, for in a cluster TIME by itself would not know which server to ask.
    seconds, microseconds = cast("list[bytes]", client.eval(_TIME, 1, "istami:time"))
    return Condition(
        memory=sum(int(server["used_memory"]) for server in servers),
        max_memory=sum(int(server["maxmemory"]) for server in servers),
        policy=str(servers[0]["maxmemory_policy"]),
        evicted=sum(int(server["evicted_keys"]) for server in servers),
        persistent=True if appended else _saves(client),
        time=int(seconds) + int(microseconds) / 1e6,
    )


def _described(client: redis.Redis | redis.RedisCluster) -> Iterable[Mapping[str, Any]]:
    """What each server says of itself."""
    if isinstance(client, redis.RedisCluster):
        told = client.info("everything", target_nodes=redis.RedisCluster.PRIMARIES)
        return cast("dict[str, dict[str, Any]]", told).values()
    return [client.info("everything")]


def _saves(client: redis.Redis | redis.RedisCluster) -> bool | None:
    """Whether a server saves all it holds from time to time; many that are rented out do not tell."""
    try:
        return bool(cast("dict[str, str]", client.config_get("save")).get("save"))
    except ResponseError:
        return None
