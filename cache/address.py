"""Clients for every form of Redis address: one server, Sentinel, Cluster, each with or without TLS.

``redis://``, ``rediss://`` and ``unix://`` follow redis-py; TLS options go into the query, as in
``rediss://host:6380/0?ssl_ca_certs=/etc/ssl/ca.pem``. Two more forms are our own, for several servers:
``sentinel://[user:password@]host:port,host:port/master[/database]`` and
``redis+cluster://[user:password@]host:port,host:port`` (``rediss+cluster://`` with TLS).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import redis
import redis.asyncio
from redis.cluster import ClusterNode
from redis.maint_notifications import MaintNotificationsConfig

_SEVERAL = re.compile(
    r"(?P<scheme>sentinel|rediss?\+cluster)://(?:(?P<user>[^:@/]*):(?P<password>[^@/]*)@)?"
    r"(?P<hosts>[^/?]+)(?:/(?P<master>[^/?]+)(?:/(?P<database>\d+))?)?/?(?P<query>\?.*)?"
)
_SENTINEL_PORT = 26379
_PORT = 6379

_CHECKED = {"maint_notifications_config": MaintNotificationsConfig(enabled=False)}
"""Options of every client: a connection from its pool holds no reply that another command left unread.

redis-py up to 8.1 skips that check while it expects notices of maintenance, which RESP3 turns on.
"""

CLOSED_WHILE_WRITING = (AttributeError, TypeError, RuntimeError)
"""Errors of a write whose connection was closed, by the server or by another task.

redis-py up to 8.1 raises the first two in asyncio instead of ``ConnectionError`` (redis-py issue 4287), and
passes on the last, which uvloop raises for a closed transport.
"""


@dataclass(frozen=True, slots=True)
class Several:
    """An address that names several servers."""

    scheme: str
    hosts: tuple[tuple[str, int], ...]
    credentials: dict[str, str]
    master: str
    """Name of the master that the Sentinels monitor; empty for a cluster."""
    database: int
    query: str

    @property
    def cluster(self) -> bool:
        """Whether keys are distributed over the servers."""
        return self.scheme != "sentinel"


def check(url: str) -> None:
    """Check that an address is well-formed, without connecting.

    Raises:
        ValueError: it is not; the message never contains the address, which may contain a password.
    """
    if several(url) is None:
        try:
            options = redis.connection.parse_url(url)  # type: ignore[no-untyped-call]
            # Built, not connected: this rejects unknown options.
            options.pop("connection_class", redis.Connection)(**options)
        except (TypeError, ValueError) as error:
            raise ValueError(
                "a Redis address begins with redis://, rediss://, unix://, sentinel:// or redis+cluster://"
                if "scheme" in str(error)
                else "the Redis address is not well-formed"
            ) from error


def several(url: str) -> Several | None:
    """Parse an address that names several servers; returns ``None`` for any other.

    Raises:
        ValueError: it has such a form, but is not well-formed.
    """
    if not re.match(r"sentinel:|rediss?\+cluster:", url):
        return None
    match = _SEVERAL.fullmatch(url)
    if match is None or (match["scheme"] == "sentinel") != bool(match["master"]):
        raise ValueError(
            "a Redis address must be sentinel://HOST:PORT,…/MASTER or redis+cluster://HOST:PORT,…"
        )
    usual = _SENTINEL_PORT if match["scheme"] == "sentinel" else _PORT
    hosts = (each.rpartition(":") if ":" in each else (each, "", usual) for each in match["hosts"].split(","))
    credentials = {"username": match["user"], "password": match["password"]}
    return Several(
        match["scheme"],
        tuple((host, int(port)) for host, _, port in hosts),
        {name: unquote(value) for name, value in credentials.items() if value},
        match["master"] or "",
        int(match["database"] or 0),
        match["query"] or "",
    )


def connect(url: str, **options: Any) -> redis.Redis | redis.RedisCluster:
    """Return a blocking client; ``options`` are those of ``redis.Redis``."""
    address, options = several(url), _CHECKED | options
    if address is None:
        return redis.Redis.from_url(url, **options)
    if address.cluster:
        nodes = [ClusterNode(*host) for host in address.hosts]  # type: ignore[no-untyped-call]
        return redis.RedisCluster.from_url(
            _first(address), startup_nodes=nodes, **_for_cluster(address, options)
        )
    sentinels = redis.sentinel.Sentinel(address.hosts, sentinel_kwargs=_of_sentinels(options))  # type: ignore[no-untyped-call]
    return sentinels.master_for(address.master, db=address.database, **address.credentials, **options)  # type: ignore[no-any-return,no-untyped-call]


def connect_async(url: str, **options: Any) -> redis.asyncio.Redis | redis.asyncio.RedisCluster:
    """Return a client for the event loop; ``options`` are those of ``redis.asyncio.Redis``."""
    address, options = several(url), _CHECKED | options
    if address is None:
        return redis.asyncio.Redis.from_url(url, **options)
    if address.cluster:
        nodes = [redis.asyncio.cluster.ClusterNode(*host) for host in address.hosts]
        # When a slot has moved, redis-py records its new server. After ``reinitialize_steps`` such moves it
        # would also reconnect, and abort the pending requests of other tasks.
        return _Cluster.from_url(
            _first(address), startup_nodes=nodes, reinitialize_steps=0, **_for_cluster(address, options)
        )
    sentinels = redis.asyncio.sentinel.Sentinel(address.hosts, sentinel_kwargs=_of_sentinels(options))  # type: ignore[no-untyped-call]
    login: dict[str, Any] = {"db": address.database, **address.credentials}
    return sentinels.master_for(address.master, **login, **options)  # type: ignore[no-any-return]


class _Cluster(redis.asyncio.RedisCluster):
    """A cluster client that retries after every kind of lost connection."""

    ERRORS_ALLOW_RETRY = (  # type: ignore[assignment]  # a tuple of so many in redis-py
        *redis.asyncio.RedisCluster.ERRORS_ALLOW_RETRY,
        *CLOSED_WHILE_WRITING,
    )


def _first(address: Several) -> str:
    """Return the address of a cluster's first server for redis-py, with its TLS options."""
    host, port = address.hosts[0]
    return f"{address.scheme.removesuffix('+cluster')}://{host}:{port}{address.query}"


def _for_cluster(address: Several, options: dict[str, Any]) -> dict[str, Any]:
    """Drop the retry options: a cluster client has its own retries, which may ask another node."""
    return {
        **{name: value for name, value in options.items() if not name.startswith("retry")},
        **address.credentials,
    }


def _of_sentinels(options: dict[str, Any]) -> dict[str, Any]:
    """Give Sentinels the same timeouts, retries and number of connections as the server.

    By default redis-py waits for seconds between retries of a dead Sentinel before it asks the next.
    """
    shared = ("socket_timeout", "socket_connect_timeout", "max_connections", "retry")
    return {name: value for name, value in options.items() if name in shared}
