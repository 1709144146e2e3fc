"""A batch over HTTP outlives whoever works it through: no line is lost and none is counted twice."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import psutil

TYPE = {"Content-Type": "application/x-ndjson"}
LINES = 24


def batch(name: str) -> bytes:
    articles = [
        {"id": f"{name}-{number}", "text": "\n".join(f"جملة {each} من خبر {number}." for each in range(4))}
        for number in range(1, LINES + 1)
    ]
    return "\n".join(json.dumps(article, ensure_ascii=False) for article in articles).encode()


def killed(service: Any) -> None:
    """The web process and its workers at once, as when a machine loses power; its Redis stays."""
    children = psutil.Process(service.process.pid).children(recursive=True)
    os.kill(service.process.pid, signal.SIGKILL)
    for child in children:
        child.kill()
    service.process.wait()


def test_killed_in_the_middle_every_line_ends_once(start, until, ledger) -> None:
    first = start("--workers", "2")
    with first.client as client:
        posted = client.post("/v1/batches?id=killed", content=batch("killed"), headers=TYPE)
        assert posted.json()["accepted"] == LINES
        until(lambda: client.get("/v1/batches/killed").json()["totals"]["ready"] >= 3, 90, "begun")
    killed(first)
    second = start("--workers", "2", ISTAMI_DATA_DIR=str(first.data))
    with second.client as client:
        before = client.get("/v1/batches/killed").json()
        assert before["status"] == "running"
        assert 3 <= before["totals"]["ready"] < LINES
        until(lambda: client.get("/v1/batches/killed").json()["status"] == "done", 170, "done")
        totals = client.get("/v1/batches/killed").json()["totals"]
        assert totals == {"accepted": LINES, "rejected": 0, "ready": LINES, "failed": 0, "waiting": 0}
        told = [json.loads(line) for line in client.get("/v1/batches/killed/report.jsonl").text.splitlines()]
        lines = {each["line"] for each in told}
        lost = len(set(range(1, LINES + 1)) - lines)
        ledger(
            "line of a batch, everything killed in the middle",
            LINES,
            lost=lost,
            doubled=len(told) - len(lines),
        )
        assert {each["status"] for each in told} == {"ready"}
