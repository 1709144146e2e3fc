"""``istami doctor --deep`` tries the service out, and says in both languages what is wrong with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cache import server
from cache.redis_ledger import RedisLedger
from cache.redis_store import RedisStore
from service.cli import doctor_deep
from service.cli.findings import Finding, told
from service.jobs.worker_registry import REPORT, WorkerRegistry
from service.model.operations import WorkerReport
from service.model.recording import Failure
from service.storage.keys import WORKERS
from service.storage.repository import Lifetimes, Repository
from service.util.release import release


@pytest.fixture
def doctor() -> Callable[..., subprocess.CompletedProcess[str]]:
    def doctor(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
        command = [sys.executable, "-m", "service", "doctor", *words]
        return subprocess.run(
            command, env=environment | settings, capture_output=True, text=True, check=False
        )

    return doctor


def by_part(findings: Any) -> dict[str, Finding]:
    return {finding.part: finding for finding in findings}


def test_of_a_service_that_is_well_it_says_so_having_heard_it_speak(
    service: Any, doctor: Callable[..., Any]
) -> None:
    done = doctor("--deep", "--json", ISTAMI_DATA_DIR=str(service.data), REDIS_URL=service.redis_url)
    report = json.loads(done.stdout)
    assert (done.returncode, report["well"]) == (0, True), report
    fine = {finding["part"] for finding in report["findings"] if finding["fine"]}
    assert {"eviction", "memory limit", "persistence", "clock", "versions", "their clocks"} <= fine
    assert {"disk", "ffmpeg", "formats"} <= fine
    said = [each["found"] for each in report["findings"] if each["part"] == "espeak-ar"]
    assert any("through the queue" in each for each in said), said


def test_what_it_had_spoken_is_forgotten(service: Any, doctor: Callable[..., Any]) -> None:
    store = RedisStore(service.redis_url)

    def recordings() -> int:
        return len(list(store._redis.scan_iter("istami:*:audio")))

    before = recordings()
    assert doctor("--deep", ISTAMI_DATA_DIR=str(service.data), REDIS_URL=service.redis_url).returncode == 0
    assert recordings() == before


def test_where_nothing_runs_that_is_said_in_both_languages(
    doctor: Callable[..., Any], tmp_path: Path
) -> None:
    done = doctor("--deep", ISTAMI_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "nothing is running" in done.stdout
    assert "لا تعمل الخدمة الآن" in done.stdout


def test_a_voice_that_there_is_not_is_told_of(doctor: Callable[..., Any], tmp_path: Path) -> None:
    done = doctor("--json", ISTAMI_DATA_DIR=str(tmp_path), ISTAMI_VOICE="nobody")
    told = {each["part"]: each for each in json.loads(done.stdout)["findings"]}
    assert done.returncode == 1
    assert "nobody" in told["voice"]["found"]
    assert not told["voice"]["fine"]


def test_a_redis_that_would_let_go_of_work_is_a_fault(tmp_path: Path) -> None:
    with server.running(tmp_path, max_memory="64mb") as url:
        store = RedisStore(url)
        assert by_part(doctor_deep.in_store(store))["eviction"].fine
        store._redis.config_set("maxmemory-policy", "allkeys-lru")
        store._redis.config_set("maxmemory", "0")
        store._redis.config_set("save", "")
        found = by_part(doctor_deep.in_store(store))
    assert not found["eviction"].well
    assert [found[part].fine for part in ("memory limit", "persistence")] == [False, False]


def test_a_recording_that_was_given_up_is_told_with_its_reason(
    doctor: Callable[..., Any], store: RedisStore, ledger: RedisLedger, redis_url: str, tmp_path: Path
) -> None:
    kept = Repository(store, ledger, Lifetimes(60, 60, 60))
    kept.give_up("f" * 64, Failure("NoWorker", "No worker has spoken.", "لم يعمل أيّ عامل."))
    done = doctor(ISTAMI_DATA_DIR=str(tmp_path), REDIS_URL=redis_url)
    assert "given up" in done.stdout
    assert "No worker has spoken." in done.stdout
    assert "لم يعمل أيّ عامل." in done.stdout


@pytest.mark.parametrize(("policy", "fine"), [("allkeys-lru", False), ("volatile-lru", True)])
@pytest.mark.parametrize("part", ["eviction", "broker"])
def test_a_policy_that_evicts_limits_is_told_of_at_once(
    doctor: Callable[..., Any], redis_url: str, tmp_path: Path, policy: str, *, fine: bool, part: str
) -> None:
    with server.running(tmp_path, max_memory="64mb", policy=policy) as url:
        own = {"REDIS_URL": url} if part == "eviction" else {"REDIS_URL": redis_url, "ISTAMI_BROKER_URL": url}
        done = doctor("--json", ISTAMI_DATA_DIR=str(tmp_path), **own)
    wrong = {each["part"] for each in json.loads(done.stdout)["findings"] if not each["fine"]}
    assert (part not in wrong) is fine


@pytest.mark.parametrize(
    ("version", "behind", "faults"),
    [
        ("", 0.0, {"versions"}),
        ("0.0.1", 0.0, {"versions"}),
        (None, 3600.0, {"their clocks"}),
        (None, 0.0, set()),
    ],
)
def test_workers_of_another_version_or_time_are_named(
    store: RedisStore, ledger: RedisLedger, version: str | None, behind: float, faults: set[str]
) -> None:
    report = WorkerReport("far-1", "espeak-ar", None, release(), time.time() - behind)
    if version is not None:
        report = WorkerReport("far-1", "espeak-ar", None, version, report.clock)
    ledger.note(WORKERS, report.name, REPORT.encode(report), 10)
    found = by_part(doctor_deep._workers(store, WorkerRegistry(ledger)))
    assert {part for part, finding in found.items() if not finding.fine} == faults


def test_only_what_is_needed_makes_it_fail(capsys: pytest.CaptureFixture[str]) -> None:
    wanting = Finding("a", False, "not there", needed=False, ar="غير موجود")
    assert told([wanting], as_json=False)
    assert not told([wanting, Finding("b", False, "not there either", "get it")], as_json=False)
    shown = capsys.readouterr().out
    assert "غير موجود" in shown
    assert "→ get it" in shown
