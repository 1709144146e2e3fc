"""An administrator installs a natural voice from the home page, while only a robot speaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psutil
import pytest

from cache.redis_store import RedisStore
from service.auth.api_keys import Keys, Scope
from tests.humming import MODEL, furnish


class Mirror:
    """A server that sends half of a file and waits until it may send the rest."""

    def __init__(self, publisher) -> None:
        self.url = f"http://127.0.0.1:{publisher.port}"
        self._publisher = publisher
        self.may = threading.Event()

    def offer(self, path: str, *, whole: bytes = MODEL) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(whole)}\r\nConnection: close\r\n\r\n".encode()

        def pieces() -> Iterator[bytes]:
            yield head + whole[: len(whole) // 2]
            self.may.wait(60)
            yield whole[len(whole) // 2 :]

        self._publisher.answers[path] = pieces


@pytest.fixture(scope="module")
def mirror(serve):
    mirror = Mirror(serve())
    yield mirror
    mirror.may.set()


@pytest.fixture(scope="module")
def settings(mirror, tmp_path_factory) -> dict[str, str]:
    """Settings of a service whose catalogue has three voices of our own; none is installed."""
    return furnish(tmp_path_factory.mktemp("humming"), mirror.url, hum=True, sworn=False, torn=True)


@pytest.fixture(scope="module")
def humming(start, settings):
    return start("--workers", "1", **settings)


@pytest.fixture
def client(humming):
    with humming.client as client:
        yield client


def test_a_natural_voice_that_may_earn_is_offered_where_a_robot_speaks(client) -> None:
    offer = client.get("/v1/voices").json()["offer"]
    assert offer["id"] == "hum"
    assert not offer["installed"]
    assert offer["bytes"] == len(MODEL)
    assert offer["command"] == "istami voices install hum"


def test_it_is_installed_with_its_progress_shown_and_speaks(client, mirror, until) -> None:
    mirror.offer("/hum.bin")
    assert client.get("/v1/voices/hum/install").json()["status"] == "absent"
    begun = client.post("/v1/voices/hum/install", json={})
    assert begun.status_code == 202
    assert begun.json()["bytes_total"] == len(MODEL)

    def progress() -> dict:
        return client.get("/v1/voices/hum/install").json()

    until(lambda: 0 < progress()["bytes_done"] < len(MODEL), 60, "half there")
    assert progress()["status"] == "installing"
    again = client.post("/v1/voices/hum/install", json={})
    assert again.json()["status"] == "installing", "it is not begun twice"
    other = client.post("/v1/voices/torn/install", json={})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    mirror.may.set()
    until(lambda: progress()["status"] != "installing", 60, "ended")
    assert progress() == {"status": "installed", "bytes_done": 0, "bytes_total": None, "error": None}
    offer = client.get("/v1/voices").json()["offer"]
    assert (offer["id"], offer["installed"]) == ("hum", True)
    article = client.post("/v1/articles", json={"text": "نص قصير.", "voice": "hum"})
    assert article.status_code in {200, 202}


def test_a_licence_is_accepted_first(client) -> None:
    refused = client.post("/v1/voices/sworn/install", json={})
    assert (refused.status_code, refused.json()["code"]) == (422, "licence_not_accepted")
    assert client.get("/v1/voices/sworn/install").json()["status"] == "absent"


def test_why_it_failed_is_told_in_both_languages_and_it_can_be_tried_again(client, mirror, until) -> None:
    mirror.may.set()
    mirror.offer("/torn.bin", whole=b"wrong" * 20_000)

    def installed() -> str:
        assert client.post("/v1/voices/torn/install", json={}).status_code == 202
        until(lambda: report()["status"] != "installing", 60, "ended")
        return report()["status"]

    def report() -> dict:
        return client.get("/v1/voices/torn/install").json()

    assert installed() == "failed"
    assert "SHA-256" in report()["error"]["en"]
    assert "بصمته" in report()["error"]["ar"]
    mirror.offer("/torn.bin")
    assert installed() == "installed"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_voice_that_does_not_exist_is_refused_by_name(client, method: str) -> None:
    answer = client.request(method, "/v1/voices/nobody/install", json={} if method == "POST" else None)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_voice")


def test_it_takes_an_administrators_key(start) -> None:
    service = start("--workers", "0", ready=False, ISTAMI_OPEN="false")
    write = Keys(RedisStore(service.redis_url)).create("writer", Scope.WRITE)[1]
    with service.client as client:
        for method, body in (("GET", None), ("POST", {})):
            told = client.request(
                method, "/v1/voices/mms-ar/install", json=body, headers={"Authorization": f"Bearer {write}"}
            )
            assert told.status_code == 403


def test_a_service_that_ends_ends_its_install(start, settings, mirror, until) -> None:
    service = start("--workers", "0", ready=False, **settings)
    mirror.may.clear()
    mirror.offer("/sworn.bin")
    with service.client as client:
        client.post("/v1/voices/sworn/install", json={"accept_licence": True})
        path = "/v1/voices/sworn/install"
        until(lambda: client.get(path).json()["bytes_done"] > 0, 60, "begun")
    installing = [
        process
        for process in psutil.Process(service.process.pid).children(recursive=True)
        if {"voices", "install", "sworn"} <= set(process.cmdline())
    ]
    assert installing
    service.process.terminate()
    assert service.process.wait(60) == 0
    assert not any(process.is_running() for process in installing)
    mirror.may.set()
