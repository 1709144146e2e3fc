"""Trust as narrow as it is needed: who is a proxy, what it may say, and who sends wrong keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
import yaml

from service.auth.api_keys import Keys, Scope

COMPOSE = yaml.safe_load((Path(__file__).parents[2] / "compose.yaml").read_text(encoding="utf-8"))
WRONG = {"Authorization": "Bearer istami_" + "0" * 12 + "_" + "A" * 43}
ISTAMI = (sys.executable, "-m", "service")


class TestCompose:
    def test_trusts_nginx_alone(self) -> None:
        [(network, nginx)] = [
            (name, told["ipv4_address"])
            for name, told in COMPOSE["services"]["nginx"]["networks"].items()
            if told and "ipv4_address" in told
        ]
        web = COMPOSE["services"]["web"]
        assert web["environment"]["ISTAMI_TRUSTED_PROXIES"] == nginx
        assert network in web["networks"]
        [pool] = COMPOSE["networks"][network]["ipam"]["config"]
        assert ip_address(nginx) in ip_network(pool["subnet"])
        assert ip_address(nginx) not in ip_network(pool["ip_range"]), "no other container gets it first"

    def test_lets_no_client_say_where_it_comes_from(self, machine, tmp_path, store) -> None:  # noqa: ARG002
        nginx = COMPOSE["services"]["web"]["environment"]["ISTAMI_TRUSTED_PROXIES"]
        ask = machine(tmp_path, open=True, rate_reading=3, trusted_proxies=(nginx,))
        lies = ("127.0.0.1", "127.0.0.1, 10.0.0.5", "6.6.6.6", "::1", "10.0.0.1", "localhost", "")
        answers = [ask(peer=nginx, headers={"X-Forwarded-For": f"{lie}, 192.168.1.50"}) for lie in lies]
        assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 4
        gateway = [
            ask(peer=nginx, headers={"X-Forwarded-For": f"{lie}, 172.31.250.1"}).status_code for lie in lies
        ]
        assert gateway == [200] * 3 + [429] * 4


class TestAnAddressFromAHeader:
    @pytest.mark.parametrize(
        "named", ["127.0.0.1", "::1", "127.8.8.8", "::ffff:127.0.0.1", "localhost", "", "x"]
    )
    def test_is_never_this_machine(self, machine, tmp_path, named) -> None:
        ask = machine(tmp_path, open=True, rate_reading=2)
        statuses = [ask(headers={"X-Forwarded-For": named}).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert ask().status_code == 200, "the machine itself is not counted"

    def test_of_a_peer_that_is_not_trusted_is_not_believed(self, machine, tmp_path) -> None:
        ask = machine(tmp_path, open=True, rate_reading=2)
        said = [
            ask(peer="203.0.113.1", headers={"X-Forwarded-For": f"198.51.100.{number}"}).status_code
            for number in range(3)
        ]
        assert said == [200, 200, 429]

    def test_is_no_longer_than_an_address(self, machine, tmp_path, store) -> None:
        ask = machine(tmp_path, open=True, rate_reading=2)
        ask(headers={"X-Forwarded-For": "x" * 5000})
        assert all(len(name) < 200 for name in store._redis.keys("*"))


class TestWrongKeys:
    @pytest.mark.parametrize("most", [2, 5])
    def test_are_so_many_a_minute_from_one_address(self, machine, tmp_path, store, most) -> None:
        ask = machine(tmp_path, open=False, rate_wrong_keys=most)
        _, whole = Keys(store).create("a", Scope.ADMIN)
        for peer in ("203.0.113.1", "127.0.0.1"):
            statuses = [ask(peer=peer, headers=WRONG).status_code for _ in range(most + 2)]
            assert statuses == [401] * most + [429] * 2
            refused = ask(peer=peer, headers=WRONG)
            assert refused.json()["code"] == "too_many_wrong_keys"
            assert str(most) in refused.json()["message"]["ar"]
            assert 1 <= int(refused.headers["Retry-After"]) <= 60
            spoken = ask("POST", "/v1/audio/speech", peer, json={}, headers=WRONG)
            assert (spoken.status_code, spoken.json()["error"]["code"]) == (429, "too_many_wrong_keys")
            right = ask(peer=peer, headers={"Authorization": f"Bearer {whole}"})
            assert right.status_code == 200, "right keys behind the same proxy are let in"
        assert ask(peer="203.0.113.2", headers=WRONG).status_code == 401

    def test_of_one_subscriber_are_counted_together(self, machine, tmp_path) -> None:
        ask = machine(tmp_path, open=False, rate_wrong_keys=2)
        peers = [f"2001:db8:1:2::{number}" for number in range(3)]
        assert [ask(peer=peer, headers=WRONG).status_code for peer in peers] == [401, 401, 429]

    def test_over_a_socket_for_both_are_counted_by_the_address_of_ipv4(self, machine, tmp_path) -> None:
        ask = machine(tmp_path, open=False, rate_wrong_keys=2)
        assert {ask(peer=f"::ffff:203.0.113.{n}", headers=WRONG).status_code for n in range(3)} == {401}
        assert ask(peer="203.0.113.0", headers=WRONG).status_code == 401
        assert ask(peer="::ffff:203.0.113.0", headers=WRONG).status_code == 429

    @pytest.mark.parametrize("peer", ["127.0.0.1", "::ffff:127.0.0.1"])
    def test_a_trusted_proxy_is_one_over_such_a_socket_too(self, machine, tmp_path, peer) -> None:
        ask = machine(tmp_path, open=False, rate_wrong_keys=1, trusted_proxies=["127.0.0.1"])
        told = [{**WRONG, "X-Forwarded-For": f"::ffff:198.51.100.{n}"} for n in (1, 2, 1)]
        assert [ask(peer=peer, headers=headers).status_code for headers in told] == [401, 401, 429]

    def test_are_not_counted_if_that_is_set(self, machine, tmp_path) -> None:
        ask = machine(tmp_path, open=False, rate_wrong_keys=0)
        assert {ask(headers=WRONG).status_code for _ in range(200)} == {401}


def doctor(data: Path, redis_url: str, **settings: str) -> dict[str, dict[str, object]]:
    environment = {**os.environ, "ISTAMI_DATA_DIR": str(data), "REDIS_URL": redis_url, **settings}
    done = subprocess.run(
        [*ISTAMI, "doctor", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return {each["part"]: each for each in json.loads(done.stdout)["findings"]}


def test_doctor_says_what_addresses_are_made_of(tmp_path, store, redis_url) -> None:
    assert "addresses" not in doctor(tmp_path, redis_url), "it serves its own machine alone"
    told = doctor(tmp_path, redis_url, ISTAMI_OPEN="true")["addresses"]
    assert "ISTAMI_PUBLIC_URL" in told["cure"]
    Keys(store).create("a", Scope.READ)
    assert "addresses" in doctor(tmp_path, redis_url)
    assert "addresses" not in doctor(tmp_path, redis_url, ISTAMI_PUBLIC_URL="https://listen.example")
    store._redis.flushall()
    assert "istami keys create" in doctor(tmp_path, redis_url)["keys"]["cure"]


@pytest.mark.parametrize(
    ("host", "public_url", "told"),
    [
        ("0.0.0.0", "", True),  # noqa: S104  # what is tried here
        ("0.0.0.0", "https://listen.example", False),  # noqa: S104
        ("127.0.0.1", "", False),
    ],
)
def test_the_start_says_so_where_others_can_reach_it(start, host, public_url, told) -> None:
    service = start(
        "--host", host, "--workers", "0", ready=False, ISTAMI_OPEN="true", ISTAMI_PUBLIC_URL=public_url
    )
    assert ("ISTAMI_PUBLIC_URL is not set" in (service.data / "log").read_text(encoding="utf-8")) is told
