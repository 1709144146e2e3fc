"""A child that ends is started again, later each time, and given up in the end; with real processes."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cli import children
from service.model.errors import ChildFailed, IstamiError
from service.util.supervision import Backoff, Supervisor


class Program:
    """A program of the system, as a child."""

    name = "the program"
    arabic_name = "البرنامج"

    def __init__(self, *command: str) -> None:
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def start(self) -> None:
        self.starts += 1
        self.process = subprocess.Popen(self.command)

    def ended(self) -> IstamiError | None:
        status = self.process.poll() if self.process else None
        return None if status is None else ChildFailed(f"status {status}.", f"الرمز {status}.")

    def end(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


def quick(**more: float) -> Backoff:
    return Backoff(**{"first": 0.01, "longest": 0.02, "most": 3, "steady": 60.0, **more})


@given(st.lists(st.floats(0, 59), max_size=40), st.integers(2, 9))
def test_waits_double_up_to_the_longest_and_come_to_an_end(lives: list[float], most: int) -> None:
    backoff = Backoff(first=0.5, longest=8, most=most, steady=60)
    waits = [backoff.after(lived) for lived in lives]
    expected = [min(8, 0.5 * 2**number) for number in range(most - 1)]
    assert waits == [*expected, *[None] * len(lives)][: len(lives)]


@given(st.lists(st.floats(60, 1e6)))
def test_what_lived_long_is_never_given_up(lives: list[float]) -> None:
    backoff = Backoff(steady=60)
    assert {backoff.after(lived) for lived in lives} <= {0.5}


def test_one_that_ends_at_once_is_given_up_with_its_words_and_a_line_a_failure(caplog) -> None:
    child, gave_up = Program(sys.executable, "-c", "raise SystemExit(7)"), threading.Event()
    with (
        caplog.at_level(logging.ERROR),
        pytest.raises(ChildFailed) as failed,
        Supervisor(child, gave_up.set, quick()),
    ):
        assert gave_up.wait(30)
    assert child.starts == 3
    assert "the program" in failed.value.en
    assert "status 7" in failed.value.en
    assert "البرنامج" in failed.value.ar
    assert "الرمز 7" in failed.value.ar
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2, "the third failure is the error itself"
    assert all("status 7" in line and "\n" not in line for line in lines)


def test_one_that_cannot_be_started_is_given_up_with_the_systems_words() -> None:
    gave_up = threading.Event()
    with (
        pytest.raises(ChildFailed, match="/nowhere/program"),
        Supervisor(Program("/nowhere/program"), gave_up.set, quick()),
    ):
        assert gave_up.wait(30)


def test_one_that_is_killed_is_started_again_and_ended_with_the_block() -> None:
    child = Program("sleep", "60")
    with Supervisor(child, backoff=quick(most=9)):
        _wait(lambda: child.starts == 1 and child.process is not None)
        first = child.process
        first.kill()
        _wait(lambda: child.starts == 2 and child.process is not first)
        assert child.process.poll() is None
    assert child.process.returncode == -9


def test_nothing_is_started_behind_the_end_of_the_block() -> None:
    child = Program("false")
    with Supervisor(child, backoff=Backoff(first=60)):
        _wait(lambda: child.ended() is not None)
    assert child.starts == 1


class Defective(Program):
    """A child with a defect, at its start or when it is looked at."""

    def __init__(self, at: str) -> None:
        super().__init__("sleep", "60")
        self._at = at

    def start(self) -> None:
        self.starts += 1
        self._fail("start")

    def ended(self) -> IstamiError | None:
        self._fail("ended")
        return None

    def _fail(self, at: str) -> None:
        if at == self._at:
            raise ValueError("no such signal")


@pytest.mark.parametrize("at", ["start", "ended"])
def test_a_defect_is_a_failure_like_any_other_and_goes_into_the_log(caplog, at) -> None:
    child, gave_up = Defective(at), threading.Event()
    with pytest.raises(ChildFailed, match="no such signal"), Supervisor(child, gave_up.set, quick()):
        assert gave_up.wait(30)
    assert child.starts == 3
    assert "Traceback" in caplog.text


@pytest.mark.parametrize(("number", "name"), [(15, "SIGTERM"), (40, "signal 40")])
def test_every_signal_that_ends_a_worker_has_a_name(number: int, name: str) -> None:
    assert name in children._fate(-number).en


def _wait(so) -> None:
    deadline = time.monotonic() + 30
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
