"""Started from a folder full of files that bear the names of modules: none of them is ever imported."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import packages_distributions
from pathlib import Path

import httpx
import psutil
import pytest

from cache import server
from tests.conftest import wait_for
from tests.e2e.commands import ISTAMI, environment, istami

OURS = ("service", "cache", "voices", "istami_client", "benchmarks", "tests")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Every module of the standard library, of what is installed, and of ours: each tells who imports it."""
    names = {*sys.stdlib_module_names, *packages_distributions()}
    bad = tmp_path / "hostile"
    bad.mkdir()
    trap = (
        f"import sys\nopen({str(tmp_path / 'met')!r}, 'a').write(__name__ + '\\n')\nraise SystemExit('met')\n"
    )
    for name in names - set(OURS):
        if name.isidentifier():
            (bad / f"{name}.py").write_text(trap, encoding="utf-8")
    for name in OURS:
        (bad / name).mkdir()
        (bad / name / "__init__.py").write_text(trap, encoding="utf-8")
    (bad / "articles").mkdir()
    (bad / "articles" / "a.txt").write_text("خبر قصير عن المطر.", encoding="utf-8")
    return bad


@pytest.fixture
def met(tmp_path: Path):
    """Which of them were imported."""
    return lambda: (tmp_path / "met").read_text() if (tmp_path / "met").exists() else ""


def test_the_folder_is_a_trap(folder: Path, met) -> None:
    """Whatever Python itself would import from there."""
    unguarded = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    command = [sys.executable, "-c", "import redis"]
    subprocess.run(command, cwd=folder, env=unguarded, capture_output=True, check=False)
    assert "redis" in met()


@pytest.mark.parametrize("web_workers", ["1", "2"])
def test_serve_speaks(folder: Path, met, tmp_path: Path, web_workers: str) -> None:
    data = tmp_path / "data"
    command = [*ISTAMI, "serve", "--port", "0", "--workers", "1", "--web-workers", web_workers]
    with (tmp_path / "log").open("w") as log:
        settings = environment(ISTAMI_DATA_DIR=str(data), PYTHONUNBUFFERED="1")
        process = subprocess.Popen(command, cwd=folder, env=settings, stdout=log, stderr=log)

    def base() -> str:
        assert process.poll() is None, (tmp_path / "log").read_text()
        found = re.search(r"istami · استمع   (http://\S+)", (tmp_path / "log").read_text())
        return found[1] if found else ""

    try:
        wait_for(lambda: bool(base()), 90, "listening")
        with httpx.Client(base_url=base(), trust_env=False, timeout=180) as client:
            wait_for(lambda: client.get("/readyz").status_code == 200, 90, "ready")
            client.post("/v1/articles", json={"id": "a", "text": "خبر قصير عن المطر."})
            wait_for(lambda: client.get("/v1/articles/a").json()["status"] == "ready", 60, "spoken")
        paths = {each.cwd() for each in psutil.Process(process.pid).children(recursive=True)}
        assert str(folder) in paths, "they do run there"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(300) == 0
    assert met() == ""


def test_worker_speaks(folder: Path, met, tmp_path: Path, redis_url: str) -> None:
    settings = environment(ISTAMI_DATA_DIR=str(tmp_path / "data"), REDIS_URL=redis_url)
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([*ISTAMI, "worker", "-n", "1"], cwd=folder, env=settings, stderr=log)
    try:
        wait_for(lambda: "ready" in (tmp_path / "log").read_text(), 90, "ready")
        time.sleep(1)
        assert process.poll() is None
    finally:
        process.terminate()
        process.wait(300)
    assert met() == ""


@pytest.mark.parametrize(
    "words",
    [
        ("speak", "articles/a.txt", "-o", "../a.mp3"),
        ("batch", "articles", "--out", "../out", "--workers", "1"),
    ],
)
def test_commands_do_what_they_are_for(folder: Path, met, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = istami(*words, cwd=folder, ISTAMI_DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr.decode()
    assert list(tmp_path.rglob("a*.mp3")), "a batch has a hash of the place behind the name"
    assert met() == ""
    assert not server.answers(tmp_path / "data" / "redis")


def test_a_folder_in_the_environment_is_still_looked_through(tmp_path: Path) -> None:
    """What an engineer puts on PYTHONPATH, such as an engine of one's own, is no working folder."""
    (tmp_path / "engine_of_mine.py").write_text("print('found')")
    program = "import os; os.environ['PYTHONSAFEPATH'] = '1'; import subprocess, sys; "
    program += "subprocess.run([sys.executable, '-c', 'import engine_of_mine'], check=True)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"found\n"
