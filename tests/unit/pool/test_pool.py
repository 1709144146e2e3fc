"""Processes that read: a call that goes wrong ends alone, and its process is replaced."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress

import psutil
import pytest

from service.model.errors import BadArticle, ReadingFailed, ReadingTimeout, TooMany, Unavailable
from service.pool import Job, Limits, Pool
from service.pool.child import Line

log = logging.getLogger(__name__)


class Target:
    """What is called in the processes."""

    def wake(self, _line: Line) -> None: ...

    def number(self, _line: Line) -> int:
        return os.getpid()

    def die(self, _line: Line, number: int) -> None:
        os.kill(os.getpid(), number)

    def turn(self, line: Line, *, past: bool = False) -> None:
        if past:
            line.past_reading()
        while True:
            pass

    def backtrack(self, _line: Line) -> None:
        re.match(r"(a+)+$", "a" * 40 + "b")

    def rest(self, line: Line, seconds: float, past: bool) -> str:  # noqa: FBT001
        if past:
            line.past_reading()
        time.sleep(seconds)
        return "rested"

    def accept(self, line: Line, seconds: float) -> str:
        line.stay()
        line.answer("accepted")
        time.sleep(seconds)
        return "whole"

    def refuse(self, _line: Line) -> None:
        raise TooMany("Too many.", "كثير.", field="text", retry_after=7)

    def stumble(self, _line: Line) -> None:
        json.loads("{")

    def tell(self, _line: Line) -> None:
        log.warning("told by a child")
        raise BadArticle("No.", "لا.", field="text")

    def close(self) -> None: ...


@pytest.fixture
def processes() -> Callable[[], set[int]]:
    """Returns the processes of pools that a test has started, not those of an application of other tests."""
    before = _processes()
    return lambda: _processes() - before


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(Target, Limits(3, 1.0), "json")
    yield pool
    pool.close()


@pytest.fixture
def called(pool: Pool) -> Callable[..., Job]:
    def called(method: str, *arguments: object, **told: object) -> Job:
        job = Job(method, arguments, name="an article", **told)
        pool.submit(job)
        return job

    return called


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_process_that_dies_fails_its_call_by_name_and_no_other(called, number, caplog) -> None:
    others = [called("rest", 1.0, False, owner="other") for _ in range(2)]
    with pytest.raises(ReadingFailed, match="an article") as failed:
        called("die", number).result.result(60)
    assert "an article" in failed.value.ar
    assert str(-number) in caplog.text
    assert [other.result.result(60) for other in others] == ["rested", "rested"]
    assert called("number").result.result(60) != os.getpid()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_tells_the_whole_service_to_stop_lets_a_call_be_finished(called, number) -> None:
    assert called("die", number).result.result(60) is None


def test_a_process_that_died_idle_is_replaced_and_the_next_call_knows_nothing_of_it(called) -> None:
    first = called("number").result.result(60)
    os.kill(first, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(first)] if psutil.pid_exists(first) else [], timeout=10)
    assert called("number").result.result(60) != first


@pytest.mark.parametrize("method", ["turn", "backtrack"])
def test_a_call_that_takes_too_much_processor_time_is_ended_also_within_a_library(called, method) -> None:
    with pytest.raises(ReadingTimeout) as refused:
        called(method).result.result(120)
    assert "1 seconds" in refused.value.en
    assert called("number").result.result(60)


def test_waiting_is_no_processor_time_and_what_is_past_reading_has_no_limit(called) -> None:
    assert called("rest", 2.5, False).result.result(60) == "rested"


def test_a_call_that_is_cancelled_ends_while_it_reads(processes, called, until) -> None:
    job = called("turn")
    time.sleep(0.3)
    job.cancel()
    with pytest.raises(CancelledError):
        job.result.result(60)
    until(lambda: not processes(), 60, "ended")


def test_a_call_that_is_cancelled_when_it_stores_goes_on(called) -> None:
    job = called("rest", 1.5, True)
    time.sleep(1.0)
    job.cancel()
    assert job.result.result(60) == "rested"


def test_a_call_answers_before_it_returns_and_stays_when_its_client_leaves(called) -> None:
    job = called("accept", 0.5)
    assert job.early.result(60) == "accepted"
    job.cancel()
    assert job.result.result(60) == "whole"


def test_a_pool_outlives_all_who_leave_while_they_are_read_to(pool) -> None:
    async def leave() -> None:
        job = Job("turn", ())
        pool.submit(job)
        try:
            await asyncio.wait_for(asyncio.wrap_future(job.result), 0.2)
        finally:
            job.cancel()

    for _ in range(4):  # more than the pool has processes
        with pytest.raises(TimeoutError):
            asyncio.run(leave())
    last = Job("number", ())
    pool.submit(last)
    assert last.result.result(60)


def test_a_call_that_is_cancelled_before_its_turn_is_never_made(called) -> None:
    running = [called("rest", 0.5, False) for _ in range(2)]
    waiting = called("die", signal.SIGKILL)
    waiting.cancel()
    assert [job.result.result(60) for job in running] == ["rested", "rested"]
    with pytest.raises(CancelledError):
        waiting.result.result(60)


def test_errors_come_back_whole(called) -> None:
    with pytest.raises(TooMany) as refused:
        called("refuse").result.result(60)
    assert (refused.value.en, refused.value.ar, refused.value.field, refused.value.retry_after) == (
        "Too many.",
        "كثير.",
        "text",
        7,
    )


def test_a_defect_is_logged_with_its_traceback_and_raised_without_the_text(called, caplog) -> None:
    with pytest.raises(RuntimeError, match="JSONDecodeError"):
        called("stumble").result.result(60)
    assert "json.loads" in caplog.text


def test_what_a_call_logs_is_logged_here(called, caplog) -> None:
    with pytest.raises(BadArticle):
        called("tell").result.result(60)
    assert "told by a child" in caplog.text


def test_closing_fails_what_waits_and_leaves_no_process(processes) -> None:
    pool = Pool(Target, Limits(2, 60.0), "json")
    jobs = [Job("turn", ()) for _ in range(4)]
    for job in jobs:
        pool.submit(job)
    time.sleep(0.5)
    assert processes()
    pool.close()
    for job in jobs:
        with pytest.raises(Unavailable):
            job.result.result(60)
    assert not processes()
    with pytest.raises(Unavailable):
        pool.submit(Job("number", ()))


def test_a_starter_that_is_killed_leaves_no_process(until) -> None:
    """Neither an idle process nor one whose call never ends."""
    program = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); from test_pool import *\n"
        "pool = Pool(Target, Limits(3, 1.0), 'json')\n"
        "pids = Job('number', ()); pool.submit(pids); print(pids.result.result(), flush=True)\n"
        "pool.submit(Job('turn', ()))\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, os.path.dirname(__file__)]  # noqa: PTH120
    with subprocess.Popen(command, stdout=subprocess.PIPE) as starter:
        starter.stdout.readline()
        left = psutil.Process(starter.pid).children(recursive=True)
        assert left
        starter.kill()
    until(lambda: not any(map(_runs, left)), 60, "ended")


def test_a_future_of_a_call_can_be_awaited(called) -> None:
    assert asyncio.run(_awaited(called("number"))) != os.getpid()


async def _awaited(job: Job) -> int:
    return await asyncio.wrap_future(job.result)


def _processes() -> set[int]:
    """The processes of pools of this process, and not those of services that other tests have started."""
    found = set()
    for child in psutil.Process().children():
        with suppress(psutil.Error):  # it has ended meanwhile
            if "forkserver" in " ".join(child.cmdline()):
                found |= {process.pid for process in child.children()}
    return found


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Unfit:
    """A target that cannot be made."""

    def __init__(self) -> None:
        raise BadArticle("No tables.", "لا جداول.")


def test_a_target_that_cannot_be_made_is_said_in_its_own_words_and_in_a_line(caplog, capfd) -> None:
    pool = Pool(Unfit, Limits(1, 1.0), "json")
    job = Job("number", ())
    pool.submit(job)
    with pytest.raises(BadArticle, match="No tables"):
        job.result.result(60)
    pool.close()
    assert "Traceback" not in caplog.text + capfd.readouterr().err
