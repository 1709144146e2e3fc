"""An outcome is told once, though what told it, what made it and what kept it are killed in between."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from typing import Any

import psutil
from standardwebhooks import Webhook

from service.webhooks import Endpoints
from service.webhooks.signing import new_secret


def killed(service: Any) -> None:
    """The web process and its workers at once, as when a machine loses power."""
    children = psutil.Process(service.process.pid).children(recursive=True)
    os.kill(service.process.pid, signal.SIGKILL)
    for child in children:
        child.kill()
    service.process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_killed_between_the_finish_and_the_delivery_each_outcome_is_told_once(
    start: Any, until: Any, receive: Any, redis: Any, ledger: Any, tmp_path: Path
) -> None:
    url, begin, end = redis
    port, secret, data = free_port(), new_secret(), tmp_path / "data"
    data.mkdir()
    Endpoints(data / "webhooks.toml").keep("cms", {"url": f"http://127.0.0.1:{port}/hooks", "secret": secret})
    settings = {
        "ISTAMI_DATA_DIR": str(data),
        "REDIS_URL": url,
        "ISTAMI_WEBHOOK_PRIVATE_HOSTS": f"127.0.0.1:{port}",
        "ISTAMI_WEBHOOK_RETRIES": ",".join(["1"] * 200),
        "ISTAMI_WEBHOOK_SECONDS": "1",
    }
    first = start("--workers", "1", **settings)
    names = [f"killed-{number}" for number in range(6)]
    with first.client as client:
        for name in names:
            client.post("/v1/articles", json={"id": name, "text": f"خبر قصير اسمه {name}."})

        def ready(name: str) -> bool:
            return client.get(f"/v1/articles/{name}").json()["status"] == "ready"

        until(lambda: ready(names[0]), 60, "the first is ready")
        killed(first)  # nobody listens yet: some outcomes are put down, some are not made
    end()
    begin()
    receiver = receive(port)
    second = start("--workers", "1", **settings)
    until(lambda: len(receiver.got) >= len(names), 120, "all told")
    with second.client as client:
        client.post("/v1/articles", json={"id": "last", "text": "خبر أخير."})
    until(lambda: any(event["data"]["id"] == "last" for event in receiver.events()), 60, "the last told")
    told = [Webhook(secret).verify(each.body, each.headers) for each in receiver.got]
    ids = {event["data"]["id"] for event in told}
    lost = len({*names, "last"} - ids)
    ledger(
        "outcome for a webhook, everything killed before it is sent",
        len(names) + 1,
        lost=lost,
        doubled=len(told) - len(ids),
    )
    assert ids == {*names, "last"}
    assert {event["type"] for event in told} == {"article.ready"}
    assert len({event["id"] for event in told}) == len(told)
