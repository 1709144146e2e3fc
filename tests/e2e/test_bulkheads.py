"""Work for publishers does not stand in front of listeners, and what waits holds nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psutil
import pytest
from redis import Redis

from service.config.settings import Settings
from service.server.container import Container

HEAVY = "\n".join(f"{number}/1-{number} كلم² ≈ 50 $ ({number}%)" for number in range(2800))
"""Nearly as many characters as may be sent, which take seconds to be read."""


@pytest.fixture(scope="module")
def alone(start: Callable[..., Any]) -> Any:
    """A service without workers: nobody answers what waits for one."""
    return start("--workers", "0", ready=False, ISTAMI_EXPLAIN_SECONDS="600", ISTAMI_RATE_MAKING="0")


@pytest.fixture(scope="module")
def known(alone: Any) -> str:
    """The id of an article that it knows."""
    with alone.client as client:
        return str(client.post("/v1/articles", json={"id": "known", "text": "خبر قصير."}).json()["id"])


def test_as_many_explains_as_may_wait_hold_up_nothing_else(alone: Any, known: str) -> None:
    most = Settings().making_at_once

    def others_are_answered() -> None:
        _wait_until_busy(alone, most - 1)
        with alone.client as client:
            for path in (
                "/v1/voices",
                f"/player/{known}",
                f"/v1/articles/{known}",
                "/v1/batches",
                "/embed.js",
            ):
                assert client.get(path).status_code == 200, path
            sent = client.post("/v1/articles", json={"text": "خبر آخر."})
            assert sent.status_code in {200, 202}
            assert client.delete(f"/v1/articles/{sent.json()['id']}").status_code == 204

    async def explains() -> None:
        limits = httpx.Limits(max_connections=most)
        async with httpx.AsyncClient(
            base_url=alone.base, timeout=180, trust_env=False, limits=limits
        ) as client:
            asked = (client.post("/v1/explain", json={"text": f"خبر رقم {n}."}) for n in range(most - 1))
            waiting = [asyncio.ensure_future(each) for each in asked]
            await asyncio.to_thread(others_are_answered)
            assert not any(each.done() for each in waiting), "no explain ended before all these were answered"
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(explains())


def _wait_until_busy(service: Any, explains: int) -> None:
    """Until so many explains wait: all questions have been put into the queue that no worker empties."""
    queue = Container(Settings(), service.redis_url).queue
    deadline = time.monotonic() + 300
    while queue.waiting() < explains:
        assert time.monotonic() < deadline, f"{queue.waiting()} of {explains} wait"
        time.sleep(0.1)


def test_an_explain_whose_client_has_left_makes_room_at_once(start: Callable[..., Any], until: Any) -> None:
    service = start("--workers", "0", ready=False, ISTAMI_EXPLAIN_SECONDS="600", ISTAMI_MAKING_AT_ONCE="1")
    with service.client as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/v1/explain", json={"text": "خبر قصير."}, timeout=2)
        until(lambda: client.post("/v1/articles", json={"text": "خبر."}).status_code == 202, 10, "room")


def test_reading_has_a_limit_of_time_that_is_told_in_both_languages(
    start: Callable[..., Any], until: Any
) -> None:
    for seconds, status in (("0.5", 422), ("400", 202)):
        service = start("--workers", "0", ready=False, ISTAMI_READING_SECONDS=seconds)
        with service.client as client:
            answer = client.post("/v1/articles", json=heavy("heavy", 30_000))
            assert answer.status_code == status, answer.text
            if status == 422:
                problem = answer.json()
                assert problem["code"] == "reading_timeout"
                assert "0.5" in problem["message"]["ar"]
                assert "0.5" in problem["message"]["en"]
                assert client.get("/v1/articles/heavy").status_code == 404
                until(lambda: short(client) == 202, 30, "read: a short one has time enough")
                accepted = client.post("/v1/articles", json={"id": "accepted", "text": HEAVY[:30_000]})
                assert accepted.status_code == 202
                assert failure(client, "accepted")["code"] == "ReadingTimeout"
                assert "0.5" in failure(client, "accepted")["message"]["ar"]
                assert client.get("/v1/articles/accepted/audio.mp3").status_code == 500


def heavy(name: str, characters: int | None = None) -> dict[str, str]:
    """An article that is read before it is accepted."""
    return {"id": name, "text": HEAVY[:characters], "priority": "batch"}


def failure(client: httpx.Client, name: str) -> dict[str, Any]:
    """Why an article has failed that was accepted; waits until it is read or cannot be."""
    told = client.get(f"/v1/articles/{name}").json()
    assert (told["status"], told["key"]) == ("failed", None)
    return dict(told["error"])


def short(client: httpx.Client) -> int:
    """Send a short article; the status of the answer."""
    return client.post("/v1/articles", json={"text": "خبر قصير."}).status_code


def test_a_reading_process_that_is_killed_fails_its_article_alone(alone: Any, until: Any) -> None:
    with ThreadPoolExecutor() as pool, alone.client as client:
        # The explains of the first test have left; on a crowded machine the service notes it later.
        until(lambda: short(client) == 202, 30, "room")
        sent = pool.submit(client.post, "/v1/articles", json=heavy("doomed"))
        reading = _the_one_that_works(alone, until)
        reading.send_signal(signal.SIGKILL)
        answer = sent.result()
        assert answer.status_code == 500
        assert answer.json()["code"] == "reading_failed"
        assert "doomed" in answer.json()["message"]["ar"]
        assert client.get("/v1/articles/doomed").status_code == 404
        assert client.post("/v1/articles", json={"text": "خبر بعده."}).status_code == 202
        assert client.post("/v1/articles", json={"id": "accepted", "text": HEAVY}).status_code == 202
        _the_one_that_works(alone, until).send_signal(signal.SIGKILL)
        assert failure(client, "accepted")["code"] == "ReadingFailed"


def test_reading_ends_when_its_client_has_left(alone: Any) -> None:
    with alone.client as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/v1/articles", json=heavy("left"), timeout=0.7)
        time.sleep(1)
        worked = {process.pid: sum(process.cpu_times()[:2]) for process in _reading(alone)}
        time.sleep(1)
        for process in _reading(alone):
            rest = sum(process.cpu_times()[:2]) - worked.get(process.pid, 0.0)
            assert rest < 0.5, "a process still reads for nobody"


def test_a_stop_leaves_no_process_whatever_is_being_read(start: Callable[..., Any], until: Any) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        service = start("--workers", "0", ready=False)
        with ThreadPoolExecutor() as pool, service.client as client:
            sent = pool.submit(client.post, "/v1/articles", json={"text": HEAVY})
            _the_one_that_works(service, until)
            children = psutil.Process(service.process.pid).children(recursive=True)
            left = [each for each in children if "python" in each.name()]
            os.kill(service.process.pid, number)
            service.process.wait(300)
            sent.exception(60)
            until(lambda left=left: not any(map(_runs, left)), 60, f"ended after {number}")
    # The Redis of a service that was killed waits for the next one.
    Redis.from_url(service.redis_url).shutdown(nosave=True)


def _reading(service: Any) -> list[psutil.Process]:
    """The processes that read: those that the one that starts them has started."""
    children = psutil.Process(service.process.pid).children(recursive=True)
    return [each for each in children if _forked(each)]


def _forked(process: psutil.Process) -> bool:
    try:
        parent = process.parent()
        return parent is not None and "forkserver" in " ".join(parent.cmdline())
    except psutil.NoSuchProcess:
        return False


def _the_one_that_works(service: Any, until: Any) -> psutil.Process:
    first = {process.pid: sum(process.cpu_times()[:2]) for process in _reading(service)}
    found: list[psutil.Process] = []

    def works() -> bool:
        for process in _reading(service):
            try:
                if sum(process.cpu_times()[:2]) - first.get(process.pid, 0.0) > 0.3:
                    found.append(process)
            except psutil.NoSuchProcess:
                continue
        return bool(found)

    until(works, 60, "reading")
    return found[0]


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
