"""Every form of Redis address, read right and served by."""

from __future__ import annotations

import asyncio

import pytest

from cache.address import connect, connect_async, several
from service.jobs.broker import broker
from service.model.errors import MissingPart


@pytest.mark.parametrize(
    ("url", "hosts", "credentials", "master", "database"),
    [
        ("sentinel://a:1,b:2/main", (("a", 1), ("b", 2)), {}, "main", 0),
        ("sentinel://a/main/3", (("a", 26379),), {}, "main", 3),
        ("sentinel://:p%40ss@a:1/main", (("a", 1),), {"password": "p@ss"}, "main", 0),
        (
            "redis+cluster://u:p@a,b:7001",
            (("a", 6379), ("b", 7001)),
            {"username": "u", "password": "p"},
            "",
            0,
        ),
        ("rediss+cluster://a:1/?ssl_ca_certs=/ca.pem", (("a", 1),), {}, "", 0),
    ],
)
def test_an_address_of_several_servers_is_read(url, hosts, credentials, master, database) -> None:
    address = several(url)
    assert address
    assert (address.hosts, address.credentials) == (hosts, credentials)
    assert (address.master, address.database) == (master, database)


@pytest.mark.parametrize("url", ["redis://a:1/0", "rediss://a/0", "unix:///sentinel:/a"])
def test_an_address_of_one_server_is_left_to_redis_py(url) -> None:
    assert several(url) is None


@pytest.mark.parametrize(
    "url", ["sentinel://a:1", "sentinel:///main", "redis+cluster://", "redis+cluster://a/b"]
)
def test_one_that_is_not_well_formed_is_refused(url) -> None:
    with pytest.raises(ValueError, match="a Redis address must be"):
        several(url)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis://a:1/2", ("redis://a:1/2", {})),
        ("unix:///a/redis.sock", ("redis+socket:///a/redis.sock", {})),
        (
            "sentinel://:p@a:1,b:2/main/3",
            ("sentinel://:p@a:1/3;sentinel://:p@b:2/3", {"master_name": "main"}),
        ),
    ],
)
def test_celery_is_told_in_its_own_form(url, told) -> None:
    assert broker(url) == told


def test_work_cannot_wait_in_a_cluster() -> None:
    with pytest.raises(MissingPart, match="ISTAMI_BROKER_URL"):
        broker("redis+cluster://a:1")


@pytest.mark.parametrize("kind", ["tls", "sentinel", "cluster"])
def test_an_article_is_spoken_over_it(kind, request, start, until, tcp) -> None:
    settings = {"REDIS_URL": request.getfixturevalue(kind)}
    if kind == "cluster":
        # Not where other tests look at what waits: this service runs on, and would take it.
        settings["ISTAMI_BROKER_URL"] = tcp
    service = start("--workers", "1", **settings)
    with service.client as client:
        posted = client.post("/v1/articles", json={"id": kind, "text": "خبر أول عن البحر. خبر ثان عن الجبل."})
        assert posted.status_code in {200, 202}
        until(lambda: client.get(f"/v1/articles/{kind}").json()["status"] == "ready", 60, "ready")
        whole = client.get(f"/v1/articles/{kind}/audio.mp3", follow_redirects=True)
        assert (whole.status_code, whole.content[:3]) == (200, b"ID3")
        part = client.get(whole.url, headers={"Range": "bytes=5-9"})
        assert (part.status_code, part.content) == (206, whole.content[5:10])


def test_a_reply_that_was_left_unread_is_no_other_command_s(tcp: str) -> None:
    client = connect(tcp)
    client.set("unread", "another")
    connection = client.connection_pool.get_connection()
    connection.send_command("GET", "unread")
    assert connection.can_read(10)
    client.connection_pool.release(connection)
    assert client.incr("read") == 1
    client.delete("read", "unread")


def test_nor_for_a_client_of_the_event_loop(tcp: str) -> None:
    async def ask() -> int:
        client = connect_async(tcp)
        await client.set("unread", "another")
        connection = await client.connection_pool.get_connection()
        await connection.send_command("GET", "unread")
        await asyncio.sleep(0.5)
        await client.connection_pool.release(connection)
        answer = await client.incr("read again")
        await client.delete("read again", "unread")
        await client.aclose()
        return answer

    assert asyncio.run(ask()) == 1
