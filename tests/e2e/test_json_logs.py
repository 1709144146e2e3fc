"""ISTAMI_LOG_FORMAT=json: all that `serve` and `worker` write, from start to end, is JSON, line for line."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cache import server
from tests.e2e.commands import ISTAMI, environment

FIELDS = {"timestamp", "level", "logger", "process", "message"}
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Start]:
    """Starts commands, each of whose two outputs goes into a file of its own."""
    begun: list[subprocess.Popen[bytes]] = []

    def begin(name: str, *words: str, **settings: str) -> subprocess.Popen[bytes]:
        with (tmp_path / f"{name}.out").open("wb") as out, (tmp_path / f"{name}.err").open("wb") as err:
            told = environment(ISTAMI_LOG_FORMAT="json", PYTHONUNBUFFERED="1", **settings)
            begun.append(subprocess.Popen([*ISTAMI, *words], env=told, stdout=out, stderr=err))
        return begun[-1]

    yield begin
    for each in begun:
        each.kill()
        each.wait()


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """What a command wrote, each line read as JSON; fails at one that is none."""
    read: list[dict[str, Any]] = []
    for output in ("out", "err"):
        for line in (folder / f"{name}.{output}").read_text(encoding="utf-8").splitlines():
            try:
                read.append(json.loads(line))
            except ValueError:
                pytest.fail(f"{name}.{output}: {line!r}")
    return read


@pytest.mark.timeout(600)
@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_every_line_of_both_outputs_is_json(
    begin: Start, tmp_path: Path, unused_port: int, until: Callable[..., None], ended_by: signal.Signals
) -> None:
    # Given a service of several processes and a worker beside it, which log in JSON,
    data = str(tmp_path / "data")
    serve = begin(
        *("serve", "serve", "--port", str(unused_port), "--workers", "1", "--web-workers", "2"),
        ISTAMI_DATA_DIR=data,
        ISTAMI_METRICS_ADDRESS="127.0.0.1:0",
    )
    until(lambda: server.answers(tmp_path / "data" / "redis"), 120, "a store")
    worker = begin("worker", "worker", "--processes", "1", ISTAMI_DATA_DIR=data)
    with httpx.Client(base_url=f"http://127.0.0.1:{unused_port}", trust_env=False, timeout=60) as client:

        def answers(path: str, status: int) -> bool:
            try:
                return client.get(path).status_code == status
            except httpx.TransportError:
                return False

        until(lambda: answers("/readyz", 200), 180, "ready")
        until(lambda: any("ready" in each["message"] for each in lines(tmp_path, "worker")), 120, "at work")

        # when they have worked, well and badly,
        client.post("/v1/articles", json={"id": "rain", "text": "هطلت أمطار على السهل. ثم صحا الجو."})
        until(lambda: client.get("/v1/articles/rain").json()["status"] == "ready", 120, "spoken")
        assert client.post("/v1/articles", content=b"{").status_code == 422
        assert client.get("/nowhere").status_code == 404

    # and are ended,
    for process in (worker, serve):
        process.send_signal(ended_by)
        process.wait(120)

    # then all that they wrote is JSON, and has what programs look for.
    for name in ("serve", "worker"):
        written = lines(tmp_path, name)
        assert written, f"{name} wrote nothing"
        assert all(set(each) >= FIELDS for each in written)
    assert any(f":{unused_port}" in each["message"] for each in lines(tmp_path, "serve"))


@pytest.mark.timeout(300)
def test_so_it_is_where_a_command_cannot_go_on(begin: Start, tmp_path: Path, unused_port: int) -> None:
    """The last word of one that was given up goes into the log as well."""
    (tmp_path / "data" / "redis").mkdir(parents=True)
    (tmp_path / "data" / "redis" / server.DATA).write_bytes(b"no data of Redis at all")
    data = str(tmp_path / "data")
    serve = begin("serve", "serve", "--port", str(unused_port), ISTAMI_DATA_DIR=data)
    assert serve.wait(150) == 1
    written = lines(tmp_path, "serve")
    assert any(server.DATA in each["message"] or "redis.log" in each["message"] for each in written), written
