"""Whoever speaks may die at any moment."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress

import psutil

from tests.faults.house import articles

KILLS = 50


def test_killed_at_fifty_random_moments(house, whole, ledger) -> None:
    """Now and then a whole worker with all its processes; else one that speaks."""
    lots = random.Random(7)  # noqa: S311
    posted = articles("killed", 24, 16)
    expected = whole(posted)
    house.open("--workers", "3")
    house.until(lambda: len(house.speaking()) == 3, 60, "working")
    house.post(posted)
    house.until(lambda: house.asked().total() > 3, 60, "begun")
    killed = ended = begun = 0
    while killed < KILLS:
        time.sleep(lots.uniform(0.05, 0.5))
        # A worker whose processes are killed before it has begun ends; six of these in a row are given up.
        house.until(lambda known=begun: house.asked().total() > known, 120, "speaking again")
        begun, speaking = house.asked().total(), house.speaking()
        if not speaking:
            continue
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            if killed % 25 == 24:
                os.killpg(os.getpgid(speaking[0].pid), signal.SIGKILL)
                ended += len(speaking) - 1
            else:
                lots.choice(speaking).kill()
            killed += 1
    lost = house.settle(posted, 120)
    asked = house.asked()
    doubled = asked.total() - len(asked) - killed - ended
    ledger(
        "worker killed (SIGKILL) at a random moment",
        killed,
        lost=lost,
        doubled=max(0, doubled),
        wrong=house.wrong(posted, expected),
    )
    assert len(asked) == sum(article["text"].count("\n") + 1 for article in posted)
