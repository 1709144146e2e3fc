"""Only addresses that the public can reach, whatever they are written as."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from service.fetching import Guard
from service.fetching.guard import is_public
from service.model.errors import NotAllowed, Unreachable

PRIVATE = [
    "0.0.0.0",  # noqa: S104  # nothing is bound to it
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "192.167.0.1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_of_the_public_is_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(NotAllowed):
        asyncio.run(Guard(resolve=answering([address])).addresses("news.example", 443))


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_of_the_public_is_let_through(address: str) -> None:
    assert is_public(address)
    assert asyncio.run(Guard(resolve=answering([address])).addresses("news.example", 443)) == [address]


def test_one_private_address_among_public_ones_is_one_too_many() -> None:
    with pytest.raises(NotAllowed):
        asyncio.run(Guard(resolve=answering(["8.8.8.8", "10.0.0.1"])).addresses("news.example", 80))


def test_a_name_that_moves_to_a_private_address_is_refused_when_it_is_looked_up_again() -> None:
    guard = Guard(resolve=answering(["8.8.8.8"], ["127.0.0.1"]))
    assert asyncio.run(guard.addresses("news.example", 80)) == ["8.8.8.8"]
    with pytest.raises(NotAllowed):
        asyncio.run(guard.addresses("news.example", 80))


def test_the_machine_s_own_names_are_looked_up_and_refused() -> None:
    with pytest.raises(NotAllowed):
        asyncio.run(Guard().addresses("localhost", 80))
    with pytest.raises(NotAllowed):
        asyncio.run(Guard().addresses("::ffff:7f00:1", 80))


@pytest.mark.parametrize("port", [22, 6379, 8080])
def test_other_ports_are_refused_before_anything_is_looked_up(port: int) -> None:
    with pytest.raises(NotAllowed):
        asyncio.run(Guard(resolve=answering()).addresses("news.example", port))


def test_a_host_of_the_intranet_is_let_through_where_it_was_allowed_and_only_there() -> None:
    guard = Guard(frozenset({"cms.internal", "[fd00::1]:8080"}), answering(["10.0.0.1"], ["fd00::1"]))
    assert asyncio.run(guard.addresses("cms.internal", 80)) == ["10.0.0.1"]
    assert asyncio.run(guard.addresses("fd00::1", 8080)) == ["fd00::1"]
    for host, port in [("cms.internal", 8080), ("fd00::1", 8081)]:
        with pytest.raises(NotAllowed):
            asyncio.run(guard.addresses(host, port))


def test_a_name_without_an_address_leads_nowhere() -> None:
    with pytest.raises(Unreachable):
        asyncio.run(Guard(resolve=answering([])).addresses("news.example", 80))
    with pytest.raises(Unreachable):
        asyncio.run(Guard().addresses("no-such-host.invalid", 80))


def answering(*answers: Sequence[str]):
    """A resolver that gives one answer after the other."""
    waiting = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return waiting.pop(0)

    return resolve
