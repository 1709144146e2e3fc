"""What is shown once is not made where nobody could see it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cache.redis_store import RedisStore
from service.webhooks import Endpoints

URL = "https://203.0.113.9/cms"


def without_output(store: RedisStore, data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ISTAMI_DATA_DIR": str(data), "REDIS_URL": store._url}
    command = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "service", *words]
    return subprocess.run(
        command, env=environment, stderr=subprocess.PIPE, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "words",
    [("keys", "create", "a"), ("webhooks", "add", "new", URL), ("webhooks", "rotate", "cms")],
    ids=" ".join,
)
def test_with_standard_output_closed_nothing_changes(store, tmp_path: Path, words) -> None:
    endpoints = Endpoints(tmp_path / "webhooks.toml")
    before = endpoints.keep("cms", {"url": URL, "secret": f"whsec_{'A' * 32}"})
    done = without_output(store, tmp_path, *words)
    assert done.returncode == 1
    assert "Standard output is closed" in done.stderr
    assert "المخرج" in done.stderr
    # Threads of other tests' applications may report here what they count.
    assert [name for name in store._redis.keys("*") if b"{ledger:levels}" not in name] == []
    assert Endpoints(endpoints.path).all() == {"cms": before}
    assert [each.name for each in tmp_path.iterdir()] == ["webhooks.toml"]
