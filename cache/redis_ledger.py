"""The ledger in Redis: two values per table, without a TTL and in the same cluster slot."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cached_property
from typing import cast

import redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from cache.address import CLOSED_WHILE_WRITING, connect_async
from cache.errors import WrongKind
from cache.faults import healing, translated
from cache.ledger import LONGEST, MOST, Taken
from cache.redis_scripts import Script
from cache.redis_store import connected

log = logging.getLogger(__name__)

_PRELUDE = f"""
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local latest = now + {LONGEST * 1e6:.0f}
local function present(entry)
    local ends = tonumber(redis.call('ZSCORE', KEYS[2], entry) or 0)
    return ends > now and ends <= latest and redis.call('HGET', KEYS[1], entry)
end
local function number(entry)
    local found = tonumber(present(entry) or 0)
    return found and found >= 0 and found < 2^53 and found or 0
end
local function keep(entry, value, ends)
    redis.call('HSET', KEYS[1], entry, value)
    redis.call('ZADD', KEYS[2], string.format('%.0f', ends), entry)
    local gone = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 16)
    local over = redis.call('ZCARD', KEYS[2]) - {MOST}
    if #gone == 0 and over > 0 then
        gone = redis.call('ZRANGE', KEYS[2], 0, math.min(over, 16) - 1)
    end
    if #gone > 0 then
        redis.call('HDEL', KEYS[1], unpack(gone))
        redis.call('ZREM', KEYS[2], unpack(gone))
    end
end
"""
"""Times are microseconds of the server's clock. Each write removes up to 16 entries that have ended, so a
table does not grow beyond its live entries. A number that no ledger writes (negative, infinite, not a number)
is damaged, and counts as 0."""

_TAKE = Script(
    _PRELUDE
    + """
local each, all = tonumber(ARGV[2]), tonumber(ARGV[3])
local known = number(ARGV[1])
if known > now + all then
    known = now
end
local empty = math.max(now, known) + each
if empty - all > now then
    return {0, 0, empty - all - now, empty - each - now}
end
keep(ARGV[1], string.format('%.0f', empty), empty)
return {1, math.floor((all - (empty - now)) / each), 0, empty - now}
"""
)
"""The generic cell rate algorithm (ITU-T I.371): it stores only the time at which everything taken so far
will have refilled, at an even rate. A stored time beyond what the allowance can reach was written before the
server's clock was set back."""

_COUNT = Script(
    _PRELUDE
    + """
local counted = number(ARGV[1]) + 1
keep(ARGV[1], string.format('%.0f', counted), now + ARGV[2])
return counted
"""
)
_SPEND = Script(
    _PRELUDE
    + """
if present(ARGV[1]) then return false end
local ends = now + ARGV[2]
for at = 3, #ARGV, 3 do
    if ARGV[at + 2] ~= '' and number(ARGV[at]) >= tonumber(ARGV[at + 2]) then return ARGV[at] end
end
for at = 3, #ARGV, 3 do keep(ARGV[at], string.format('%.17g', number(ARGV[at]) + ARGV[at + 1]), ends) end
keep(ARGV[1], '', ends)
return false
"""
)
_NOTE = Script(_PRELUDE + "keep(ARGV[1], ARGV[2], now + ARGV[3])")
_NOTED = Script(_PRELUDE + "return present(ARGV[1])")
_EVERY = Script(
    _PRELUDE
    + """
local found = {}
local first, last = string.format('(%.0f', now), string.format('%.0f', latest)
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], first, last)) do
    local value = redis.call('HGET', KEYS[1], entry)
    if value then
        found[#found + 1] = entry
        found[#found + 1] = value
    end
end
return found
"""
)
_FORGET = Script("""
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
""")


class RedisLedger:
    """See ``cache.ledger.Ledger``."""

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        """Connect when first used; arguments as for ``RedisStore``."""
        self._url = url
        self._timeout = timeout

    @cached_property
    def _redis(self) -> redis.Redis | redis.RedisCluster:
        return connected(self._url, self._timeout)

    def take(self, table: str, entry: str, most: int, seconds: float) -> Taken:
        return _taken(self._run(table, _TAKE, entry, *_allowance(most, seconds)))

    def count(self, table: str, entry: str, seconds: float) -> int:
        return cast("int", self._run(table, _COUNT, entry, _microseconds(seconds)))

    def spend(
        self,
        table: str,
        entry: str,
        amounts: Mapping[str, float],
        limits: Mapping[str, float],
        seconds: float,
    ) -> str | None:
        told = [
            word
            for total, amount in amounts.items()
            for word in (total, str(amount), str(limits.get(total, "")))
        ]
        reached = self._run(table, _SPEND, entry, _microseconds(seconds), *told)
        return cast("bytes", reached).decode() if reached else None

    def note(self, table: str, entry: str, value: bytes, seconds: float) -> None:
        self._run(table, _NOTE, entry, value, _microseconds(seconds))

    def noted(self, table: str, entry: str) -> bytes | None:
        return cast("bytes | None", self._run(table, _NOTED, entry))

    def every(self, table: str) -> dict[str, bytes]:
        found = cast("list[bytes]", self._run(table, _EVERY))
        # The name of a damaged entry may not be valid UTF-8.
        names = [entry.decode(errors="replace") for entry in found[::2]]
        return dict(zip(names, found[1::2], strict=True))

    def forget(self, table: str, entry: str) -> None:
        self._run(table, _FORGET, entry)

    def delete(self, table: str) -> None:
        """Remove a whole table. Not part of the contract: ``healing`` uses it for values of another type."""
        with translated():
            self._redis.unlink(*_names(table))

    @healing
    def _run(self, table: str, script: Script, *arguments: str | bytes) -> object:
        with translated():
            return script(self._redis, _names(table), *arguments)


class RedisAllowances:
    """See ``cache.ledger.Allowances``."""

    def __init__(self, url: str, *, timeout: float = 2.0) -> None:
        """Connect when first used.

        Args:
            url: see ``cache.address``.
            timeout: seconds to wait for a connection or an answer; each request waits for one answer.
        """
        self._redis = connect_async(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            health_check_interval=15,
            retry=Retry(NoBackoff(), 1),  # as in RedisStore
            retry_on_error=[RedisConnectionError, *CLOSED_WHILE_WRITING],
        )

    async def take(self, table: str, entry: str, most: int, seconds: float) -> Taken:
        return _taken(await self._run(table, _TAKE, entry, *_allowance(most, seconds)))

    async def noted(self, table: str, entry: str) -> bytes | None:
        return cast("bytes | None", await self._run(table, _NOTED, entry))

    async def close(self) -> None:
        await self._redis.aclose()

    async def _run(self, table: str, script: Script, *arguments: str) -> object:
        """As ``healing``: delete a value that is not a table, and run the script once more."""
        try:
            return await self._once(table, script, *arguments)
        except WrongKind as error:
            log.warning("%s is damaged and counts as absent: %s", table, error)
            with translated(*CLOSED_WHILE_WRITING):
                await self._redis.unlink(*_names(table))
            return await self._once(table, script, *arguments)

    async def _once(self, table: str, script: Script, *arguments: str) -> object:
        with translated(*CLOSED_WHILE_WRITING):
            return await script.run_async(self._redis, _names(table), *arguments)


def _names(table: str) -> tuple[str, str]:
    """Return the Redis keys of a table's values and of their ends."""
    return f"istami:{{ledger:{table}}}:values", f"istami:{{ledger:{table}}}:ends"


def _allowance(most: int, seconds: float) -> tuple[str, str]:
    """Return the microseconds in which one refills, and in which all refill."""
    each = round(seconds * 1e6 / most)
    return str(each), str(each * most)


def _taken(told: object) -> Taken:
    allowed, left, wait, full = cast("list[int]", told)
    return Taken(bool(allowed), left, wait / 1e6, full / 1e6)


def _microseconds(seconds: float) -> str:
    return str(round(seconds * 1e6))
