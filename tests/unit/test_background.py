"""No fault ends background work, and none stays unseen."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator

import pytest

from cache.errors import StoreUnavailable
from service.metrics import background
from service.metrics.instruments import BACKGROUND_FAULTS


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    yield
    background._faults.clear()
    background._logged.clear()


def counted(work: str) -> float:
    return float(BACKGROUND_FAULTS.labels(work)._value.get())


class Rounds:
    """Raises what it is told to, a round each, and then goes well."""

    def __init__(self, *faults: Exception | type[BaseException]) -> None:
        self.faults = list(faults)
        self.went_well = 0

    def act(self) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.went_well += 1

    async def act_async(self) -> None:
        self.act()


FAULTS = [
    ValueError("سرّ"),
    KeyError("a"),
    MemoryError(),
    RecursionError(),
    StoreUnavailable("away"),
    OSError(28, "full"),
]


def test_whatever_is_raised_the_rounds_go_on(caplog: pytest.LogCaptureFixture) -> None:
    rounds, before = Rounds(*FAULTS), counted("tried")

    async def some_rounds() -> None:
        task = asyncio.create_task(background.supervise("tried", rounds.act_async, 0))
        while rounds.went_well < 2:  # noqa: ASYNC110 - it is the rounds that are waited for
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(some_rounds())

    assert counted("tried") - before == len(FAULTS)
    assert [bool(record.exc_info) for record in caplog.records] == [True] * 4 + [False] * 2


def test_in_a_thread_as_well() -> None:
    rounds = Rounds(*FAULTS)
    background.in_thread("threaded", rounds.act, 0.001, at_once=True)

    deadline = time.monotonic() + 30
    while rounds.went_well < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert "threaded" in {thread.name for thread in threading.enumerate() if thread.daemon}


def test_the_same_fault_is_logged_once_and_another_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    def one() -> None:
        raise ValueError("one")

    def other() -> None:
        raise ValueError("other")

    with caplog.at_level(logging.INFO):
        for act in [one, other] * 20:
            with background.guarded("repeated"):
                act()

    assert len(caplog.records) == 2
    assert "Traceback" in caplog.text


def test_what_is_foreseen_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(20):
        with background.guarded("foreseen"):
            raise StoreUnavailable("Redis is away")

    assert [record.getMessage() for record in caplog.records] == ["foreseen: Redis is away; retrying"]
    assert "Traceback" not in caplog.text


def test_a_fault_is_named_until_the_work_has_gone_well_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    with background.guarded("named"):
        raise ValueError("a")
    with background.guarded("named"):
        pass  # another part of the same round
    assert background.faults() == {"named": "ValueError"}

    monkeypatch.setattr(background, "_SHOWN_SECONDS", 0.0)
    with background.guarded("named"):
        pass
    assert background.faults() == {}


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_ends_the_process_passes(ending: type[BaseException]) -> None:
    with pytest.raises(ending), background.guarded("ended"):
        raise ending


def test_what_is_the_callers_passes(caplog: pytest.LogCaptureFixture) -> None:
    def let_pass() -> None:
        with background.guarded("part", let=StoreUnavailable):
            raise StoreUnavailable("away")

    with pytest.raises(StoreUnavailable):
        let_pass()
    assert background.faults() == {}
    assert caplog.records == []
