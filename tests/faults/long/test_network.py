"""Workers on hosts of their own, each in a network namespace, on one bridge with Redis."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from service.storage.lease import LeaseRenewer
from tests.faults.house import RedisServer, articles

NETWORK = "10.213.77"


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)  # noqa: S607


@dataclass
class Hosts:
    """Hosts on a bridge of this machine's."""

    bridge: str
    address: str = f"{NETWORK}.1"
    names: list[str] = field(default_factory=list)

    def add(self) -> tuple[str, ...]:
        """Another host: what a command on it begins with."""
        number = len(self.names) + 2
        name, link = f"{self.bridge}-{number}", f"{self.bridge}v{number}"
        _ip("netns", "add", name)
        self.names.append(name)
        _ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("link", "set", link, "master", self.bridge, "up")
        _ip("-n", name, "addr", "add", f"{NETWORK}.{number}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            _ip("-n", name, "link", "set", device, "up")
        return ("ip", "netns", "exec", name)

    def cut(self, host: int) -> None:
        _ip("link", "set", f"{self.bridge}v{host + 2}", "down")

    def join(self, host: int) -> None:
        _ip("link", "set", f"{self.bridge}v{host + 2}", "up")

    def end(self) -> None:
        for name in self.names:
            _ip("netns", "del", name)
        _ip("link", "del", self.bridge)


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    bridge = f"ist{os.getpid() % 10_000}"
    try:
        _ip("link", "add", bridge, "type", "bridge")
    except (OSError, subprocess.CalledProcessError) as error:
        if os.environ.get("CI"):
            pytest.fail(f"no network namespaces: {error}; CI must run as root, with iproute2")
        pytest.skip("network namespaces take root, and iproute2")
    _ip("addr", "add", f"{NETWORK}.1/24", "dev", bridge)
    _ip("link", "set", bridge, "up")
    hosts = Hosts(bridge)
    yield hosts
    hosts.end()


def test_one_is_killed_one_cut_off_for_longer_than_its_claims_live_one_added_and_redis_lost_for_a_while(
    house, whole, hosts, ledger
) -> None:
    posted = articles("hosts", 16, 24)
    expected = whole(posted)
    house.redis.kill()
    house.redis = RedisServer(house.redis.folder, house.redis.port, host=hosts.address)
    house.redis.start()
    house.environment = {**house.environment, "REDIS_URL": house.redis.url, "VOICE_SECONDS": "0.25"}
    house.open("--workers", "0")
    for _ in range(3):
        house.work("--processes", "2", under=hosts.add())
    house.until(lambda: len(house.speaking()) == 6, 90, "working")
    house.post(posted)
    house.until(lambda: house.asked().total() > 12, 60, "begun")
    os.killpg(house.workers[0].pid, signal.SIGKILL)
    hosts.cut(1)
    time.sleep(LeaseRenewer.CLAIM_SECONDS + 4)
    house.work("--processes", "2", under=hosts.add())
    hosts.join(1)
    time.sleep(2)
    assert house.count(posted) < len(posted), "still at work"
    house.redis.kill()
    time.sleep(2)
    house.redis.start()
    lost = house.settle(posted, 150)
    asked = house.asked()
    # Two processes that died, two whose sentence could not be kept, six that were speaking without Redis.
    doubled = max(0, asked.total() - len(asked) - 10)
    wrong = house.wrong(posted, expected)
    ledger("host killed, cut off and back, added; Redis lost", 4, lost=lost, doubled=doubled, wrong=wrong)
