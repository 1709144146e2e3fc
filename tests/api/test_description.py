"""The running service keeps what its description promises, whatever is sent."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from sysconfig import get_path

import pytest

from cache.redis_store import RedisStore
from service.auth.api_keys import Keys, Scope

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(900)
def test_schemathesis_finds_no_failure(start, tmp_path) -> None:
    service = start("--workers", "1", ISTAMI_EXPLAIN_SECONDS="10", ISTAMI_OPEN="false")
    _, key = Keys(RedisStore(service.redis_url)).create("Schemathesis", Scope.ADMIN)
    with service.client as client:
        paths = client.get("/openapi.json").json()["paths"]
    command = [Path(get_path("scripts")) / "st", "--config-file", ROOT / "schemathesis.toml", "run"]
    done = subprocess.run(
        [*command, f"{service.base}/openapi.json", "--no-color", "--header", f"Authorization: Bearer {key}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [tried] = re.findall(r"Tested: (\d+)", done.stdout)
    uploads = 1  # JSON Lines, which Schemathesis cannot write: schemathesis.toml leaves them out
    assert int(tried) == sum(map(len, paths.values())) - uploads
    [(made, passed)] = re.findall(r"(\d+) generated, (\d+) passed", done.stdout)
    assert int(made) == int(passed) > 300
