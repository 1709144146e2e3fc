"""How much each may ask for: counted in the store, told in each answer, refused with a time to come again."""

from __future__ import annotations

import asyncio
import re
from itertools import count

import httpx
import pytest

from cache.redis_reader import RedisReader
from cache.redis_store import RedisStore
from service.api.access import Caller, Work
from service.api.middleware import body_limit
from service.api.middleware.rate_limits import Limits, Rates
from service.auth.api_keys import Keys, Scope

ADDRESSES = (f"203.0.113.{number}" for number in count(1))
TOLD = re.compile(r'"(?P<work>\w+)";r=(?P<left>\d+);t=(?P<full>\d+)')
MAKING, READING = 5, 8


@pytest.fixture(scope="module")
def limited(start):
    """A service that allows little."""
    return start(
        "--workers",
        "1",
        ISTAMI_OPEN="true",
        ISTAMI_RATE_MAKING=str(MAKING),
        ISTAMI_RATE_READING=str(READING),
    )


@pytest.fixture(scope="module")
def client(limited):
    with limited.client as client:
        yield client


@pytest.fixture
def come_from():
    """Headers of a proxy on this machine for a client who has not been here before."""
    return {"X-Forwarded-For": next(ADDRESSES)}


def post(client: httpx.Client, headers: dict[str, str]) -> httpx.Response:
    return client.post("/v1/articles", json={}, headers=headers)  # refused, but counted


def statuses(client: httpx.Client, headers: dict[str, str], path: str, times: int) -> list[int]:
    return [client.get(path, headers=headers).status_code for _ in range(times)]


def test_so_much_is_allowed_and_what_is_left_is_told(client, come_from) -> None:
    answers = [post(client, come_from) for _ in range(MAKING + 2)]
    assert [answer.status_code for answer in answers] == [422] * MAKING + [429] * 2
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {f'"making";q={MAKING};w=60'}
    told = [TOLD.fullmatch(answer.headers["RateLimit"]) for answer in answers]
    assert [int(each["left"]) for each in told] == [4, 3, 2, 1, 0, 0, 0]
    full = [int(each["full"]) for each in told[:MAKING]]
    assert full == sorted(full)
    assert 48 < int(told[-1]["full"]) <= 60


def test_whoever_had_too_much_is_told_when_to_come_again(client, come_from) -> None:
    for _ in range(MAKING):
        post(client, come_from)
    refused = post(client, come_from)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60 / MAKING
    assert refused.json()["code"] == "too_many"
    assert str(MAKING) in refused.json()["message"]["ar"]
    spoken = client.post("/v1/audio/speech", json={}, headers=come_from)
    assert (spoken.status_code, spoken.json()["error"]["code"]) == (429, "too_many")
    assert int(spoken.headers["Retry-After"]) >= 1


def test_reading_is_counted_apart(client, come_from) -> None:
    for _ in range(MAKING + 1):
        post(client, come_from)
    assert statuses(client, come_from, "/v1/batches", READING + 1) == [200] * READING + [429]


def test_files_and_health_are_not_counted(client, come_from) -> None:
    for path in ("/embed.js", "/embed-more.js", "/healthz", "/assets/page.css", "/openapi.json"):
        assert statuses(client, come_from, path, READING + 2) == [200] * (READING + 2)
        assert "RateLimit" not in client.get(path, headers=come_from).headers


def test_recordings_that_are_there_are_not_counted(client, come_from, until) -> None:
    key = client.post("/v1/articles", json={"id": "there", "text": "هطلت أمس أمطار غزيرة."}).json()["key"]
    until(lambda: client.get("/v1/articles/there").json()["status"] == "ready", 60, "ready")
    assert statuses(client, come_from, f"/audio/{key}.mp3", READING + 2) == [200] * (READING + 2)


def test_what_is_not_there_is_counted(client, come_from) -> None:
    assert statuses(client, come_from, f"/audio/{'cd' * 32}.mp3", READING + 1)[-1] == 429
    assert statuses(client, come_from, "/nowhere", 1) == [429]


def test_each_address_has_its_own_and_one_subscriber_s_are_one(client) -> None:
    for number in range(READING):
        headers = {"X-Forwarded-For": f"2001:db8:1:2::{number}"}
        assert statuses(client, headers, "/v1/batches", 1) == [200]
    assert statuses(client, {"X-Forwarded-For": "2001:db8:1:2:ffff::"}, "/v1/batches", 1) == [429]
    assert statuses(client, {"X-Forwarded-For": "2001:db8:1:3::1"}, "/v1/batches", 1) == [200]


def test_each_key_has_its_own_wherever_it_comes_from(client, limited) -> None:
    keys = Keys(RedisStore(limited.redis_url))
    first, second = ({"Authorization": f"Bearer {keys.create('a', Scope.READ)[1]}"} for _ in range(2))
    for _ in range(READING):
        assert statuses(client, first | {"X-Forwarded-For": next(ADDRESSES)}, "/v1/batches", 1) == [200]
    assert statuses(client, first | {"X-Forwarded-For": next(ADDRESSES)}, "/v1/batches", 1) == [429]
    assert statuses(client, second, "/v1/batches", 1) == [200]


def test_this_machine_itself_is_not_counted(client) -> None:
    assert statuses(client, {}, "/v1/batches", READING + 2) == [200] * (READING + 2)


def test_what_a_client_says_of_itself_before_the_proxy_is_not_believed(client, come_from) -> None:
    real = come_from["X-Forwarded-For"]
    for _ in range(READING):
        headers = {"X-Forwarded-For": f"{next(ADDRESSES)}, {real}"}
        assert statuses(client, headers, "/v1/batches", 1) == [200]
    assert statuses(client, {"X-Forwarded-For": f"{next(ADDRESSES)}, {real}"}, "/v1/batches", 1) == [429]


def test_no_proxy_is_believed_that_is_not_named(start) -> None:
    service = start(
        "--workers",
        "0",
        ready=False,
        ISTAMI_OPEN="true",
        ISTAMI_RATE_READING="2",
        ISTAMI_TRUSTED_PROXIES="192.0.2.1, 10.0.0.0/8",
    )
    with service.client as client:
        headers = [{"X-Forwarded-For": next(ADDRESSES)} for _ in range(3)]
        told = [statuses(client, each, "/v1/batches", 1) for each in headers]
        assert told == [[200], [200], [429]], "all of them are who sends them"
        assert statuses(client, {}, "/v1/batches", 3) == [200] * 3, "it is this machine"


class Held:
    """An application whose answers begin, and end, when they are told to."""

    def __init__(self) -> None:
        self.asked, self.begin, self.end = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def __call__(self, _scope, _receive, send) -> None:
        self.asked.set()
        await self.begin.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.end.wait()


def test_so_much_is_worked_at_at_once_and_no_more_until_it_is_on_its_way() -> None:
    async def run() -> None:
        app = Held()
        guard = Rates(app, RedisReader("redis://127.0.0.1:1/0"), Limits({}, at_once=1))

        def ask() -> tuple[asyncio.Task[None], asyncio.Future[dict]]:
            told = asyncio.get_running_loop().create_future()

            async def send(message: dict) -> None:
                if not told.done():
                    told.set_result(message)

            state = {"work": Work.MAKING, "caller": Caller()}
            scope = {"type": "http", "path": "/v1/articles", "state": state}
            return asyncio.create_task(guard(scope, None, send)), told

        first, told = ask()
        await app.asked.wait()
        second, refused = ask()
        await second
        assert (await refused)["status"] == 503
        assert (b"retry-after", b"5") in (await refused)["headers"]
        app.begin.set()
        assert (await told)["status"] == 200
        third, more = ask()
        assert (await more)["status"] == 200
        assert not first.done()
        app.end.set()
        await asyncio.gather(first, third)

    asyncio.run(run())


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    told: list[dict] = []

    async def app(*_) -> None:
        raise AssertionError("nothing to work at")

    async def receive() -> dict:
        await asyncio.sleep(5)
        return {}

    async def send(message: dict) -> None:
        told.append(message)

    guard = body_limit.BodyLimit(app, most=100, seconds=0.05, streamed="/v1/batches")
    scope = {"type": "http", "method": "POST", "path": "/v1/articles", "headers": []}
    asyncio.run(guard(scope, receive, send))
    assert told[0]["status"] == 408
    assert (b"connection", b"close") in told[0]["headers"]
