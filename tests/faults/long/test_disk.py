"""A disk that is full, under Redis and under a command that writes an MP3."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import articles


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        if os.environ.get("CI"):
            pytest.fail("a small file system cannot be mounted; CI must run as root")
        pytest.skip("mounting a small file system takes root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


def test_redis_cannot_write_down_what_it_is_told(house, whole, small_disk, ledger) -> None:
    """Until there is room again it takes nothing; what it took is there."""
    posted = articles("disk", 8, 20)
    expected = whole(posted)
    house.redis.kill()
    house.redis.folder = small_disk / "redis"
    house.redis.start()
    house.open("--workers", "2")
    house.until(lambda: len(house.speaking()) == 2, 60, "working")
    house.post(posted[:4])
    house.until(lambda: house.asked().total() > 4, 60, "begun")
    ballast = small_disk / "ballast"
    _fill(ballast)
    house.until(lambda: house.redis.client.info("persistence")["aof_last_write_status"] == "err", 30, "full")
    begun = house.asked().total()
    with house.web.client as client:
        answer = client.post("/v1/articles", json=posted[4])
        assert answer.status_code == 503
        assert "retry-after" in answer.headers
    time.sleep(3)
    again = house.asked().total() - begun
    ballast.unlink()
    house.post(posted)
    lost = house.settle(posted, 120, again=True)
    asked = house.asked()
    doubled = max(0, asked.total() - len(asked) - again - 2)
    ledger("disk full under Redis", lost=lost, doubled=doubled, wrong=house.wrong(posted, expected))


def test_a_command_that_cannot_write_its_mp3_says_so_and_leaves_nothing(house, small_disk, ledger) -> None:
    _fill(small_disk / "ballast")
    posted = articles("unwritten", 1, 3)[0]
    source = small_disk.parent / "article.txt"
    source.write_text(posted["text"], encoding="utf-8")
    command = [sys.executable, "-m", "service", "speak", str(source), "-o", str(small_disk / "article.mp3")]
    done = subprocess.run(
        [*command, "--voice", "telling"],
        env={**os.environ, **house.environment},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    assert "article.mp3" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    ledger("disk full under `istami speak`", wrong=sorted(small_disk.iterdir()) != [small_disk / "ballast"])


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return
