"""What comes of the Dockerfile runs as compose.yaml has it: without root, network or a root to write on.

Takes minutes: run it by hand, as root on Debian, ``python -m pytest tests/image -s``.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cache import server

ROOT = Path(__file__).parents[2]
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
REDIS = {"REDIS_URL": "unix:///data/redis.sock"}

pytestmark = pytest.mark.timeout(1500)


def run(image: Any, words: list[str], mounts: str) -> subprocess.CompletedProcess[str]:
    command = image.command(words, mounts=mounts, network=False, **REDIS)
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def redis(mounted: Any) -> Iterator[None]:
    """A Redis whose socket lies in the volume: the containers need no network then."""
    volume, _ = mounted
    program = server.find_program()
    assert program
    socket = volume / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "777", "--save", ""]
    process = subprocess.Popen([program, *options, "--dir", str(volume)], stdout=subprocess.DEVNULL)
    yield
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def mounts(mounted: Any) -> str:
    return mounted[1](SERVICES["web"]["tmpfs"])


@pytest.fixture(scope="module")
def key(image: Any, mounts: str, redis: None) -> str:  # noqa: ARG001  # it must run
    """An API key, made as docs/security.md says."""
    made = run(image, [*image.entrypoint, "keys", "create", "newsroom CMS"], mounts)
    assert made.returncode == 0, made.stderr
    return next(word for word in made.stdout.split() if word.startswith("istami_"))


@pytest.fixture(scope="module")
def web(
    image: Any, mounts: str, key: str, until: Callable[..., None], tmp_path_factory: Any
) -> Iterator[Any]:
    """The web container and a worker's: the process id of the former, whose network it is."""
    logs, started = tmp_path_factory.mktemp("logs"), []
    assert key
    for name in ("web", "worker"):
        told = {**SERVICES[name]["environment"], **REDIS}
        words = [*image.entrypoint, *SERVICES[name]["command"]]
        with (logs / name).open("w") as log:
            command = image.command(words, mounts=mounts, network=False, **told)
            started.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT))

    def ready() -> bool:
        for process in started:
            assert process.poll() is None, "\n".join(path.read_text()[-3000:] for path in logs.iterdir())
        return ask(started[0].pid, "/readyz", "-f").returncode == 0

    until(ready, 120, "ready")
    yield started[0].pid
    for process in started:
        process.kill()  # unshare takes no other signal; what it has begun ends with it
        process.wait()


def ask(web: int, path: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    """Ask over the web container's own loopback, for it has no other network."""
    inside = ["nsenter", f"--net=/proc/{web}/ns/net", "curl", "-sS", "--max-time", "60", *options]
    return subprocess.run([*inside, f"http://127.0.0.1:8000{path}"], capture_output=True, check=False)


def test_nothing_of_it_runs_as_root_or_can_be_written_but_its_volume(image: Any, mounts: str) -> None:
    assert SERVICES["web"]["read_only"]
    assert SERVICES["worker"]["read_only"]
    who = run(image, ["id", "-u"], mounts)
    assert int(who.stdout) > 0, who.stderr
    tried = {
        place: run(image, ["touch", f"{place}/x"], mounts) for place in ("/opt/istami", "/etc", "/var", "/")
    }
    assert all("Read-only file system" in done.stderr for done in tried.values()), tried
    assert run(image, ["touch", "/data/x", "/tmp/x"], mounts).returncode == 0  # noqa: S108  # the image's


def test_what_it_was_built_with_is_not_in_it(image: Any) -> None:
    assert not list((image.root / "opt/istami/bin").glob("pip*"))
    assert not list((image.root / "usr/bin").glob("gcc*"))


def test_it_is_healthy_by_its_own_check(image: Any, web: int) -> None:
    inside = ["nsenter", f"--net=/proc/{web}/ns/net", "chroot", f"--userspec={image.user}", str(image.root)]
    environment = [f"{name}={value}" for name, value in image.environment.items()]
    done = subprocess.run(
        [*inside, "/usr/bin/env", "-i", *environment, *image.health], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_it_speaks_an_article(web: int, key: str) -> None:
    body = json.dumps({"id": "rain", "text": "هطلت أمطار غزيرة على 12 مدينة. ثم صحا الجو."})
    sent = ask(
        web,
        "/v1/articles",
        "-H",
        "Content-Type: application/json",
        "-H",
        f"Authorization: Bearer {key}",
        "-d",
        body,
    )
    assert json.loads(sent.stdout)["status"] in {"queued", "speaking", "ready"}, sent.stdout
    heard = ask(web, "/v1/articles/rain/audio.mp3", "-L")
    assert heard.stdout.startswith(b"ID3")
    assert len(heard.stdout) > 30_000
    told = json.loads(ask(web, "/v1/articles/rain").stdout)
    print(f"\nspoken: {len(heard.stdout)} bytes, {told['duration_seconds']:.1f} s of sound")  # noqa: T201
    assert told["status"] == "ready"
