"""Lua scripts, and the store's atomic operations in Redis, each in one round trip.

All keys of a script lie in one slot of a cluster.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import redis
import redis.asyncio
from redis.exceptions import NoScriptError

Value = str | bytes | float


class Script:
    """A Lua script, sent once to each server."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Redis identifies scripts by their SHA-1; this is not a security measure.
        self._sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def __call__(
        self, client: redis.Redis | redis.RedisCluster, keys: Sequence[str], *arguments: Value
    ) -> Any:
        """Run the script and return its result."""
        try:
            return client.evalsha(self._sha, len(keys), *keys, *arguments)
        except NoScriptError:
            return client.eval(self._text, len(keys), *keys, *arguments)

    async def run_async(
        self, client: redis.asyncio.Redis | redis.asyncio.RedisCluster, keys: Sequence[str], *arguments: Value
    ) -> Any:
        """As calling it, with a client of the event loop."""
        try:
            return await client.evalsha(self._sha, len(keys), *keys, *arguments)
        except NoScriptError:
            return await client.eval(self._text, len(keys), *keys, *arguments)


_SET = """
local function set(key, value, ttl)
    if ttl == '' then return redis.pcall('SET', key, value) end
    return redis.pcall('SET', key, value, 'EX', ttl)
end
"""
_CLAIMS = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local function held(value, slack)
    local token, begun, till = string.match(value or '', '^(%S*) (%S+) (%S+)$')
    begun, till = tonumber(begun), tonumber(till)
    return begun and till and begun - slack <= now and now < till and token
end
local function holding(token, seconds)
    return string.format('%s %.6f %.6f', token, now, now + seconds)
end
"""
"""A stored claim consists of its token, its beginning and its end, in seconds of the server's clock.

Its end is stored in the value, because a server short of memory evicts values with a TTL. So is its
beginning: a claim that begins later than now (by more than ``slack``) was taken before the server's clock was
set back, and might not end for hours by that clock. A damaged claim counts as expired.
"""

ADD = Script("""
local new = redis.call('SADD', KEYS[1], ARGV[1])
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[2]) end
return new
""")
"""Key of a set and of others with the same lifetime, member, seconds → whether it is new."""

COUNT = Script("""
local number = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[1])
return number
""")
"""Key, seconds → number."""

TOUCH = Script("""
for _, key in ipairs(KEYS) do
    if ARGV[1] == '' then redis.call('PERSIST', key) else redis.call('EXPIRE', key, ARGV[1]) end
end
""")
"""Keys, seconds or nothing."""

PUT = Script(
    _SET
    + """
local answer = set(KEYS[1], ARGV[1], ARGV[2])
if answer.err then return answer end
redis.call('PUBLISH', ARGV[3], ARGV[1])
"""
)
"""Key, value, seconds or nothing, channel."""

SWAP = Script(
    _SET
    + """
local known = redis.call('GET', KEYS[1])
if known ~= (ARGV[1] == 'present' and ARGV[2]) then return 0 end
if ARGV[3] == 'remove' then
    redis.call('DEL', KEYS[1])
else
    local answer = set(KEYS[1], ARGV[4], ARGV[5])
    if answer.err then return answer end
    if ARGV[6] ~= '' then redis.call('PUBLISH', ARGV[6], ARGV[4]) end
end
return 1
"""
)
"""Key; ``present`` or ``absent`` and the known value; ``remove``, or ``set``, value, seconds and channel.

Returns whether the value was changed.
"""

PLACE = Script("""
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
if ARGV[3] ~= '' then redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -ARGV[3] - 1) end
if ARGV[4] ~= '' then redis.call('EXPIRE', KEYS[1], ARGV[4]) end
""")
"""Key of an ordered set, score, member, maximum size or nothing, seconds or nothing."""

ENTER = Script("""
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local full = redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2])
if full and not redis.call('ZSCORE', KEYS[1], ARGV[4]) then
    return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[4])
if ARGV[5] ~= '' then redis.call('EXPIRE', KEYS[1], ARGV[5]) end
return false
""")
"""Key of an ordered set, highest score to remove, maximum size, score, member, seconds or nothing →
lowest score."""

CLAIM = Script(
    _CLAIMS
    + """
local holder = held(redis.call('GET', KEYS[1]), ARGV[3])
if holder and holder ~= ARGV[1] then return 0 end  -- its own: a retry after a lost answer
redis.call('SET', KEYS[1], holding(ARGV[1], ARGV[2]))
return 1
"""
)
"""Key, token, seconds, slack → whether it was free."""

RENEW = Script(
    _CLAIMS
    + """
local value = redis.pcall('GET', KEYS[1])
if type(value) == 'table' or held(value, ARGV[3]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], holding(ARGV[1], ARGV[2]))
return 1
"""
)
"""Key, token, seconds, slack → whether it was held."""

HOLDER = Script(
    _CLAIMS
    + """
local value = redis.call('GET', KEYS[1])
return {value or '', held(value, ARGV[1]) and 1 or 0}
"""
)
"""Key, slack → value, whether the claim is held."""

COMMIT = Script(
    _SET
    + _CLAIMS
    + """
local value = redis.pcall('GET', KEYS[1])
if type(value) == 'table' or held(value, ARGV[2]) ~= ARGV[1] then return 0 end
local act = {
    set = set,
    append = function(key, addition) return redis.pcall('APPEND', key, addition) end,
    expire = function(key, ttl) return redis.pcall('EXPIRE', key, ttl) end,
    overwrite = function(key, start) return redis.pcall('SETRANGE', key, 0, start) end,
    rename = function(key, other) return redis.pcall('RENAME', key, KEYS[tonumber(other)]) end,
    delete = function(key) return redis.pcall('UNLINK', key) end,
    publish = function(_, channel, message) return redis.pcall('PUBLISH', channel, message) end,
}
local fault = false
for at = 3, #ARGV, 4 do
    local answer = act[ARGV[at]](KEYS[tonumber(ARGV[at + 1])], ARGV[at + 2], ARGV[at + 3])
    if type(answer) == 'table' and answer.err and not fault then fault = answer end
end
return fault or 1
"""
)
"""Key of a claim and keys; token, slack, and for each change: its kind, number of its key, two arguments.

Returns whether the claim was held. As in a transaction, a refused change (its key is of another type) does
not stop the others; the first error is raised at the end.
"""
