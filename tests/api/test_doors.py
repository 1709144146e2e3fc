"""Without keys a service is open to its own machine alone, and a store that loses them opens nothing."""

from __future__ import annotations

import logging
import os
import subprocess
import sys

import pytest

from cache.redis_store import RedisStore
from service.api import exposure
from service.auth.api_keys import Keys, Scope
from service.auth.latch import Latch

ISTAMI = (sys.executable, "-m", "service")
ARTICLE = {"text": "هبّت ريح خفيفة على الوادي."}
PASSED_ON = (
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
    "X-Forwarded-Anything",
    "X-Forwarded",
    "Forwarded",
    "Forwarded-For",
    "Via",
    "X-Real-IP",
    "CF-Connecting-IP",
    "CF-Ray",
    "CDN-Loop",
    "True-Client-IP",
    "Fastly-Client-IP",
    "Fly-Client-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Original-Forwarded-For",
    "X-Envoy-External-Address",
    "X-Azure-ClientIP",
    "X-Amzn-Trace-Id",
    "Tailscale-User-Login",
)
NOT_PASSED_ON = (
    "X-Request-ID",
    "Accept",
    "User-Agent",
    "Range",
    "X-Requested-With",
    "Cache-Control",
    "Referer",
)


@pytest.fixture
def soon(monkeypatch) -> None:
    """Looks for the first key at every request."""
    monkeypatch.setattr(exposure, "_LOOK_SECONDS", 0.0)


class TestWithoutKeys:
    def test_this_machine_needs_none(self, machine, tmp_path) -> None:
        ask = machine(tmp_path)
        for peer in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"):
            assert ask(peer=peer).status_code == 200
        for header in NOT_PASSED_ON:
            assert ask(headers={header: "bytes=0-9"}).status_code == 200, header
        assert ask(headers={"Authorization": "Bearer -"}).status_code == 200

    @pytest.mark.parametrize("peer", ["192.0.2.1", "10.0.0.1", "::ffff:10.0.0.1", "fe80::1", "", "localhost"])
    def test_another_machine_does(self, machine, tmp_path, peer) -> None:
        assert machine(tmp_path)(peer=peer).status_code == 401

    def test_whoever_comes_through_a_proxy_does(self, machine, tmp_path) -> None:
        ask = machine(tmp_path)
        values = ("203.0.113.9", "127.0.0.1", "::1", "", "for=127.0.0.1", "127.0.0.1, 10.0.0.1")
        for header in PASSED_ON:
            for value in values:
                assert ask(headers={header: value}).status_code == 401, (header, value)
            for name in (header.lower(), header.upper()):
                made = ask("POST", "/v1/articles", json=ARTICLE, headers={name: "127.0.0.1"})
                assert made.status_code == 401, name
            wrong = ask(headers={header: "127.0.0.1", "Authorization": "Bearer -"})
            assert wrong.json()["code"] == "bad_key"
            assert ask(path="/healthz", headers={header: "127.0.0.1"}).status_code == 200, "it is public"

    def test_the_log_says_so_in_one_line(self, machine, tmp_path, caplog) -> None:
        ask = machine(tmp_path)
        with caplog.at_level(logging.DEBUG):
            for _ in range(3):
                ask(headers={"X-Forwarded-For": "203.0.113.9"})
        [told] = [line for line in caplog.messages if "without keys only this machine" in line]
        assert "istami keys create" in told
        assert "x-forwarded-for" in told
        assert "203.0.113.9" not in caplog.text


@pytest.mark.usefixtures("soon")
class TestLostKeys:
    """Made, and then gone from the store: with the store, or by a command that takes them all back."""

    def test_open_nothing_when_the_service_is_started_again(self, machine, tmp_path, store, caplog) -> None:
        ask = machine(tmp_path)
        assert ask().status_code == 200
        Keys(store).create("a", Scope.READ)
        assert ask().status_code == 401
        store._redis.flushall()
        assert ask().status_code == 401
        again = machine(tmp_path)
        caplog.clear()
        assert [again().status_code for _ in range(3)] == [401] * 3
        [told] = [line for line in caplog.messages if "its Redis has lost them" in line]
        assert "istami keys create" in told

    @pytest.mark.parametrize("header", [{}, {"X-Forwarded-For": "203.0.113.9"}])
    def test_open_nothing_where_only_a_right_key_was_ever_sent(
        self, machine, tmp_path, store, header
    ) -> None:
        ask = machine(tmp_path)
        _, whole = Keys(store).create("elsewhere", Scope.READ)
        headers = {"Authorization": f"Bearer {whole}", **header}
        assert ask(headers=headers).status_code == 200
        store._redis.flushall()
        assert machine(tmp_path)().status_code == 401
        assert machine(tmp_path)(headers=headers).status_code == 401

    def test_close_a_machine_that_never_saw_one_once_another_tells(self, machine, tmp_path, store) -> None:
        Latch(tmp_path / "one" / "keys-made").close()
        Keys(store, Latch(tmp_path / "one" / "keys-made")).exist()
        assert machine(tmp_path / "two")().status_code == 401

    def test_the_last_that_is_revoked_opens_nothing(self, machine, tmp_path, store) -> None:
        made, _ = Keys(store).create("a", Scope.READ)
        Keys(store).revoke(made.id)
        assert machine(tmp_path)().status_code == 401
        assert machine(tmp_path)().status_code == 401

    def test_let_a_new_one_in(self, machine, tmp_path, store) -> None:
        Latch(tmp_path / "keys-made").close()
        ask = machine(tmp_path)
        assert ask().status_code == 401
        _, whole = Keys(store).create("a", Scope.READ)
        assert ask(headers={"Authorization": f"Bearer {whole}"}).status_code == 200


@pytest.mark.parametrize(("is_open", "status"), [(True, 200), (False, 401)])
def test_what_is_set_goes_over_all(machine, tmp_path, is_open, status) -> None:
    ask = machine(tmp_path, open=is_open)
    for headers in ({}, {"X-Forwarded-For": "203.0.113.9"}, {"Via": "1.1 proxy"}):
        assert ask(headers=headers).status_code == status
        assert ask(headers=headers, peer="192.0.2.1").status_code == status


def test_a_service_whose_store_was_emptied_is_closed_when_it_is_started_again(start, tmp_path) -> None:
    """All of it for real: the command that makes a key, the store emptied, the service started again."""
    settings = {"ISTAMI_DATA_DIR": str(tmp_path)}
    subprocess.run([*ISTAMI, "keys", "create", "a"], env={**os.environ, **settings}, check=True, timeout=300)
    first = start("--workers", "0", ready=False, **settings)
    RedisStore(first.redis_url)._redis.flushall()
    first.process.terminate()
    first.process.wait(60)
    again = start("--workers", "0", ready=False, **settings)
    with again.client as client:
        assert client.get("/v1/batches").status_code == 401
        forwarded = {"X-Forwarded-For": "203.0.113.9"}
        assert client.post("/v1/articles", json=ARTICLE, headers=forwarded).status_code == 401
    assert (tmp_path / "log").read_text(encoding="utf-8").count("its Redis has lost them") == 2
