"""What fails in the background is named at ``/readyz``, and the service is degraded, not away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from cache.redis_ledger import RedisLedger
from cache.redis_store import RedisStore
from service.jobs.worker_registry import REPORT, WorkerRegistry
from service.model.operations import WorkerReport
from service.storage.keys import WORKERS

WITHOUT_PAGES = 'import sys\nsys.modules["lxml_html_clean"] = None\n'
"""Executed by each Python that starts: an import of it fails, as where it is not installed."""
DENIED = {"hincrbyfloat": {"metrics"}, "srandmember": {"recovery", "webhooks"}}
"""Commands of Redis, and the background work that needs them."""


@pytest.fixture(scope="module")
def service(start: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A service with a worker, which cannot read pages."""
    folder = tmp_path_factory.mktemp("without")
    (folder / "sitecustomize.py").write_text(WITHOUT_PAGES)
    return start("--workers", "1", PYTHONPATH=str(folder))


@pytest.fixture(scope="module")
def asked(service: Any) -> Iterator[Callable[[], dict[str, Any]]]:
    """Asks whether the service is ready, which it is all the time."""
    with service.client as client:
        yield lambda: ready(client.get("/readyz"))


def ready(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert not any(told["reasons"].values()), told
    assert told["status"] == ("degraded" if told["background"] else "ready")
    return told


@contextmanager
def denied(service: Any, command: str) -> Iterator[None]:
    """Let the service's Redis refuse a command."""
    redis = RedisStore(service.redis_url)._redis
    redis.execute_command("ACL", "SETUSER", "default", f"-{command}")
    try:
        yield
    finally:
        redis.execute_command("ACL", "SETUSER", "default", f"+{command}")


@pytest.mark.parametrize("command", DENIED)
def test_work_that_fails_is_named(service, asked, until, command: str) -> None:
    with denied(service, command):
        until(lambda: DENIED[command] <= set(asked()["background"]), 30, "named")
        named = asked()["background"]
    assert {named[work] for work in DENIED[command]} == {"StoreUnavailable"}


def test_a_worker_reports_its_own(service, until) -> None:
    registry = WorkerRegistry(RedisLedger(service.redis_url))
    with denied(service, "hincrbyfloat"), service.client as client:
        client.post("/v1/articles", json={"text": "خبر قصير يقرأ ويعدّ."}).raise_for_status()
        until(lambda: any("metrics" in each.background for each in registry.alive()), 30, "reported")


def test_a_workers_is_named_as_well(service, asked) -> None:
    report = WorkerReport("another", "espeak-ar", None, background={"queues": "TypeError"})
    ledger = RedisLedger(service.redis_url)
    ledger.note(WORKERS, report.name, REPORT.encode(report), 30)
    assert asked()["background"]["queues"] == "TypeError"
    ledger.forget(WORKERS, report.name)
    assert "queues" not in asked()["background"]


def test_pages_that_cannot_be_read_are_named(asked, until) -> None:
    until(lambda: asked()["background"].get("pages") == "MissingPart", 90, "a page tried, once a minute")


def test_what_goes_well_again_is_no_longer_named(asked, until) -> None:
    until(lambda: set(asked()["background"]) == {"pages"}, 90, "well for half a minute")
