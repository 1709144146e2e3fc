"""What `serve` has started and what dies is started again; what cannot be started ends it, with one line."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from cache import server
from cache.redis_store import RedisStore
from service.cli.doctor_deep import in_store
from tests.e2e.commands import istami

SENTENCES = "هطلت أمطار على السهل. ثم صحا الجو. وعاد الناس إلى الحقول."


def post(client: httpx.Client, name: str) -> None:
    answer = client.post("/v1/articles", json={"id": name, "text": f"خبر {name}. {SENTENCES}"})
    assert answer.status_code in {200, 202}, answer.text


def ready(client: httpx.Client, name: str) -> bool:
    answer = client.get(f"/v1/articles/{name}")
    return answer.status_code == 200 and answer.json()["status"] == "ready"


def well(client: httpx.Client) -> bool:
    return client.get("/readyz").status_code == 200


def redis_of(service) -> psutil.Process:
    return psutil.Process(int(RedisStore(service.redis_url)._redis.info("server")["process_id"]))


def main_worker(service) -> psutil.Process | None:
    children = psutil.Process(service.process.pid).children()
    return next((each for each in children if "worker" in each.cmdline()), None)


def log(service) -> str:
    return (service.data / "log").read_text(encoding="utf-8")


@pytest.fixture
def reaped(start) -> Iterator[Callable[[Path], None]]:  # noqa: ARG001  # which ends first
    """Ends what a test left running on purpose."""
    folders: list[Path] = []
    yield folders.append
    for folder in folders:
        if server.listens(folder):
            RedisStore(server.url(folder))._redis.shutdown(nosave=True)


class TestRedis:
    def test_killed_it_is_started_again_with_its_data_and_the_log_has_a_line_of_it(
        self, start, until, ledger
    ) -> None:
        service = start("--workers", "1")
        with service.client as client:
            post(client, "before")
            until(lambda: ready(client, "before"), 60, "ready")
            RedisStore(service.redis_url).save()
            redis_of(service).kill()
            until(lambda: server.answers(service.data / "redis"), 30, "started again")
            until(lambda: well(client), 60, "ready again")
            post(client, "after")
            until(lambda: ready(client, "after"), 60, "ready")
            ledger("private Redis killed (SIGKILL)", lost=not ready(client, "before"))
        lines = [line for line in log(service).splitlines() if "the private Redis" in line]
        assert len(lines) == 1, lines
        assert "killed" in lines[0]
        assert "Traceback" not in log(service)

    def test_one_that_cannot_start_again_ends_serve_with_a_line_and_a_status(self, start) -> None:
        service = start("--workers", "1", ready=False)
        redis = redis_of(service)
        RedisStore(service.redis_url).save()
        redis.kill()
        (service.data / "redis" / server.DATA).write_bytes(b"no data of Redis at all")
        assert service.process.wait(300) == 1
        told = log(service)
        assert "Traceback" not in told
        (last,) = [line for line in told.splitlines() if line.startswith("istami: ")]
        assert "was given up" in last
        assert "move it away" in last
        assert server.DATA in last
        assert re.search(r"[\u0621-\u064a]{3}", told.splitlines()[-1])
        tries = [line for line in told.splitlines() if "the private Redis" in line and line is not last]
        assert 1 < len(tries) < 12
        assert not main_worker_lives(told)

    def test_one_that_cannot_read_its_data_is_not_said_to_be_absent(self, tmp_path) -> None:
        (tmp_path / "redis").mkdir()
        (tmp_path / "redis" / server.DATA).write_bytes(b"no data of Redis at all")
        done = istami("serve", "--port", "0", ISTAMI_DATA_DIR=str(tmp_path))
        said = done.stderr.decode()
        assert done.returncode == 1
        assert "redis.log" in said
        assert "restore" in said
        assert "Install" not in said
        assert len(said.strip().splitlines()) == 2, said

    def test_one_that_cannot_save_says_so_everywhere_and_is_not_ended_with_its_data(
        self, start, until, reaped
    ) -> None:
        service = start("--workers", "1", ISTAMI_METRICS_ADDRESS="127.0.0.1:0")
        folder = service.data / "redis"
        reaped(folder)
        redis = RedisStore(service.redis_url)._redis
        with service.client as client:
            post(client, "unsaved")
            until(lambda: ready(client, "unsaved"), 60, "ready")
            assert saved(service) == 1
            begun = time.monotonic()
            (folder / server.DATA).unlink(missing_ok=True)
            (folder / server.DATA).mkdir()
            redis.bgsave()
            until(lambda: redis.info("persistence")["rdb_last_bgsave_status"] == "err", 20, "failed")
            answer = client.get("/readyz")
            assert answer.status_code == 200
            assert "in memory only" in answer.json()["warnings"][0]
            assert saved(service) == 0
            until(lambda: "Redis cannot write to disk" in log(service), 20, "logged")
            told = istami("doctor", ISTAMI_DATA_DIR=str(service.data)).stdout.decode()
            assert re.search(r"– persistence\s+Redis cannot write to disk", told), told
            (deep,) = (each for each in in_store(RedisStore(service.redis_url)) if each.part == "persistence")
            assert not deep.fine
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(300) == 1
        assert "left running" in log(service)
        assert "Traceback" not in log(service)
        told = [line for line in log(service).splitlines() if "service.storage.durability" in line]
        assert 1 <= len(told) <= 1 + (time.monotonic() - begun) / 60, "a line a minute"
        (folder / server.DATA).rmdir()
        again = start("--workers", "0", ready=False, ISTAMI_DATA_DIR=str(service.data))
        with again.client as client:
            assert ready(client, "unsaved")
        again.process.send_signal(signal.SIGTERM)
        assert again.process.wait(300) == 0
        assert not server.listens(folder)


class TestWorker:
    def test_one_that_cannot_start_ends_serve_with_its_reason(self, start) -> None:
        service = start("--workers", "1")
        broken = service.data / "voices" / "broken"
        broken.mkdir(parents=True)
        (broken / "card.toml").write_text("id = [", encoding="utf-8")
        os.killpg(main_worker(service).pid, signal.SIGKILL)
        assert service.process.wait(300) == 1
        told = log(service)
        (last,) = [line for line in told.splitlines() if line.startswith("istami: ")]
        assert "the worker was given up" in last
        assert "card.toml" in last
        assert "Traceback" not in told
        tries = [line for line in told.splitlines() if "the worker has ended" in line]
        assert len(tries) == 5
        assert sum("card.toml" in line for line in tries) == 4, "after the kill, each with its reason"
        assert not server.listens(service.data / "redis"), "ended in order"

    @pytest.mark.timeout(600)
    def test_speaking_processes_that_are_stopped_are_replaced(self, start, until) -> None:
        service = start("--workers", "2")
        with service.client as client:
            post(client, "before")
            until(lambda: ready(client, "before"), 60, "ready")
            worker = main_worker(service)
            until(lambda: len(worker.children()) == 2, 60, "two that speak")
            stopped = worker.children()
            for each in stopped:
                each.suspend()
            post(client, "meanwhile")
            until(lambda: not any(each.is_running() for each in stopped), 60, "stopped ones gone")
            until(lambda: ready(client, "meanwhile"), 90, "what they held is spoken")
            assert main_worker(service).pid == worker.pid, "and their worker is the same"
            assert not {each.pid for each in worker.children()} & {each.pid for each in stopped}
        assert log(service).count("has been stopped for") == 2

    def test_without_semaphores_it_says_what_to_do(self, tmp_path) -> None:
        alone = ["unshare", "--mount", *(["--user", "--map-root-user"] if os.getuid() else []), "sh", "-c"]
        alone += ['mount -t tmpfs -o ro tmpfs /dev/shm && exec "$@"', "sh"]
        if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
            if os.environ.get("CI"):
                pytest.fail("CI must let root mount in a namespace")
            pytest.skip("this machine lets nobody mount in a namespace")
        with server.running(tmp_path / "redis", max_memory="32mb") as url:
            done = istami("worker", wrap=alone, ISTAMI_DATA_DIR=str(tmp_path), REDIS_URL=url)
            assert done.returncode == 1
            said = done.stderr.decode()
            assert "semaphore" in said
            assert "mounted, writable" in said
            assert "Traceback" not in said
            assert len(said.strip().splitlines()) == 2, said


class TestWebProcesses:
    def test_those_that_die_at_once_are_given_up(self, start, until) -> None:
        service = start("--workers", "0", "--web-workers", "2", ready=False)
        children = psutil.Process(service.process.pid)

        def kill() -> bool:
            with suppress(psutil.Error):  # one of them has just ended
                for each in children.children():
                    if "spawn_main" in " ".join(each.cmdline()):
                        each.kill()
            return service.process.poll() is not None

        until(kill, 150, "given up")
        assert service.process.returncode == 1
        told = log(service)
        assert "A web process was given up" in told
        assert "Traceback" not in told
        assert 2 <= told.count("a web process has ended") <= 12


def saved(service) -> float:
    (address,) = re.findall(r"metrics +(http://\S+)", log(service))
    told = httpx.get(address, trust_env=False).text
    families = text_string_to_metric_families(told)
    return next(
        each.value for family in families for each in family.samples if each.name == "istami_redis_saved"
    )


def main_worker_lives(told: str) -> bool:
    """Whether a worker of which a log tells is still there."""
    return any(psutil.pid_exists(int(pid)) for pid in re.findall(r"istami-(\d+)@\S+ ready", told))
