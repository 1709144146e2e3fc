"""A clock that is set while work goes on: that of Redis, which claims are counted by, and the workers'."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from cache import server
from tests.faults.house import articles

WRONG_CLOCK = """
import os, pathlib, time
offset, right = pathlib.Path(os.environ["FAKETIME_TIMESTAMP_FILE"]), time.time
time.time = lambda: right() + float(offset.read_text())
"""
"""What libfaketime does, which has Python's own ``sleep`` ask for impossible times."""


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """A file that says by how much the clock is wrong."""
    offset = tmp_path / "offset"
    offset.write_text("+0\n")
    return offset


def told_to(whose: str, clock: Path, path: str) -> dict[str, str]:
    """What has Redis or the workers, who find their modules on ``path``, go by that clock."""
    told = {"FAKETIME_TIMESTAMP_FILE": str(clock)}
    if whose == "workers":
        (clock.parent / "sitecustomize.py").write_text(WRONG_CLOCK)
        return told | {"PYTHONPATH": f"{clock.parent}{os.pathsep}{path}"}
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not found:
        if os.environ.get("CI"):
            pytest.fail("no libfaketime; CI must have Debian's faketime")
        pytest.skip("Debian's faketime is not installed")
    return told | {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@pytest.mark.parametrize("way", ["forward", "back"])
@pytest.mark.parametrize("whose", ["Redis", "workers"])
def test_set_by_an_hour(house, whole, clock, ledger, whose, way) -> None:
    """Sentences at hand may be thought abandoned: never lost or wrong."""
    told = told_to(whose, clock, house.environment["PYTHONPATH"])
    posted = articles("clock", 4, 20)
    expected = whole(posted)
    if whose == "Redis":
        house.redis.kill()
        house.redis.lose()
        house.redis.environment = told
        # Not Debian's: its allocator asks for the time before libfaketime can tell it.
        house.redis.program = server.bundled_program()
        house.redis.start()
    house.open("--workers", "0")
    house.work("--processes", "2", **(told if whose == "workers" else {}))
    house.until(lambda: len(house.speaking()) == 2, 60, "working")
    house.post(posted)
    house.until(lambda: house.asked().total() > 4, 60, "begun")
    clock.write_text("+3600" if way == "forward" else "-3600")
    time.sleep(2)
    lost = house.settle(posted, 90)
    asked = house.asked()
    doubled = max(0, asked.total() - len(asked) - 2)
    wrong = house.wrong(posted, expected)
    ledger(f"clock of {whose} set {way} by an hour", lost=lost, doubled=doubled, wrong=wrong)
