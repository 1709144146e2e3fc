"""Restarting the web processes is no outage: nobody's request fails meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from cache import server
from tests.faults.conftest import Ledger

REQUESTS = 1000
AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Hands a socket over as descriptor 3, as sd_listen_fds(3) has it."""
SERVE = [sys.executable, "-m", "service", "serve", "--workers", "0"]


class Crowd:
    """Clients that ask again and again, each time over a new connection, until they have asked enough."""

    def __init__(self, base: str, paths: list[str], *, post: bool = False) -> None:
        self.answers: Counter[int | str] = Counter()
        self.enough = threading.Event()
        self._counting = threading.Lock()
        self._base, self._paths, self._post = base, paths, post

    def _ask(self) -> None:
        alone = httpx.Limits(max_keepalive_connections=0)
        with httpx.Client(base_url=self._base, timeout=120, trust_env=False, limits=alone) as client:
            while not self.enough.wait(0.02):  # the process that starts needs some of the machine as well
                for path in self._paths:
                    self._note(self._once(client, path))

    def _once(self, client: httpx.Client, path: str) -> int | str:
        try:
            answer = client.post(path, json={"text": "خبر."}) if self._post else client.get(path)
        except httpx.HTTPError as error:
            return repr(error)
        return answer.status_code

    def tell(self, ledger: Ledger, fault: str, right: set[int]) -> None:
        """Note how many were answered, and fail unless all were answered as they should."""
        wrong = {answer: count for answer, count in self.answers.items() if answer not in right}
        try:
            ledger(fault, self.answers.total(), wrong=sum(wrong.values()))
        except AssertionError as failed:
            raise AssertionError(f"{failed}: {wrong}") from None

    def _note(self, answer: int | str) -> None:
        with self._counting:
            self.answers[answer] += 1

    @contextmanager
    def asking(self, clients: int = 4) -> Iterator[None]:
        """Ask during a block, and go on until there have been enough requests."""
        threads = [threading.Thread(target=self._ask) for _ in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield
            deadline = time.monotonic() + 200
            while self.answers.total() < REQUESTS and time.monotonic() < deadline:
                time.sleep(0.05)
            assert self.answers.total() >= REQUESTS, "too few"
        finally:
            self.enough.set()
            for thread in threads:
                thread.join()


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> Iterator[dict[str, str]]:
    """A store of its own, which outlives every web process."""
    folder = tmp_path_factory.mktemp("restarts")
    with server.running(folder / "redis", max_memory="64mb") as url:
        yield {
            **{name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")},
            "REDIS_URL": url,
            "ISTAMI_DATA_DIR": str(folder / "data"),
            "PYTHONUNBUFFERED": "1",
        }


@contextmanager
def running(command: list[str], log: Path, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(300)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def up(base: str, until: Callable[..., None]) -> None:
    def answers() -> bool:
        try:
            return httpx.get(f"{base}/healthz", timeout=120, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    until(answers, 180, "up")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def web_processes(parent: int) -> set[int]:
    found = set()
    for child in psutil.Process(parent).children():
        with suppress(psutil.Error):  # it has ended between the two looks
            if "spawn_main" in " ".join(child.cmdline()):
                found.add(child.pid)
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("activated", [False, True], ids=["own socket", "systemd's socket"])
def test_a_reload_replaces_every_web_process_and_nobody_notices(
    environment, tmp_path, until, ledger, activated
) -> None:
    port = free_port()
    command = [*SERVE, "--web-workers", "2", "--port", str(port)]
    if activated:
        program = shutil.which("systemd-socket-activate")
        if program is None:
            pytest.skip("no systemd-socket-activate on this machine")
        # `--port 1` cannot be listened on here: what answers is the socket that was passed.
        passed = [f"--setenv={name}" for name in ("REDIS_URL", "ISTAMI_DATA_DIR", "PATH")]
        command = [
            program,
            f"--listen=127.0.0.1:{port}",
            *passed,
            *SERVE,
            "--web-workers",
            "2",
            "--port",
            "1",
        ]
    base = f"http://127.0.0.1:{port}"
    with running(command, tmp_path / "log", env=environment) as process:
        up(base, until)
        until(lambda: len(web_processes(process.pid)) == 2, 60, "both there")
        before = web_processes(process.pid)
        crowd = Crowd(base, ["/healthz", "/v1/voices"])
        with crowd.asking():
            process.send_signal(signal.SIGHUP)
            until(lambda: not web_processes(process.pid) & before, 400, "replaced")
        assert process.poll() is None
    crowd.tell(ledger, "request while web processes are reloaded", {200})
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("meanwhile", ["reloading", "hanging"])
def test_told_to_end_they_do_not_wait_for_one_that_does_not_answer(
    environment, tmp_path, until, meanwhile
) -> None:
    port = free_port()
    log = tmp_path / "log"
    with running([*SERVE, "--web-workers", "2", "--port", str(port)], log, env=environment) as process:
        up(f"http://127.0.0.1:{port}", until)
        until(lambda: len(web_processes(process.pid)) == 2, 60, "both there")
        before = web_processes(process.pid)
        process.send_signal(signal.SIGTTIN)
        process.send_signal(signal.SIGTTOU)
        until(lambda: log.read_text().count("the number of web processes is fixed") == 2, 60, "refused")
        assert web_processes(process.pid) == before
        if meanwhile == "reloading":
            process.send_signal(signal.SIGHUP)
            until(lambda: len(web_processes(process.pid)) == 3, 60, "being replaced")
        else:
            os.kill(min(before), signal.SIGSTOP)
        process.terminate()
        assert process.wait(300) == 0
        assert not any(map(psutil.pid_exists, before))
    assert log.read_text().count("Started server process") <= 3, "nothing is replaced any more"
    assert "did not start" not in log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.mark.timeout(600)
def test_a_restart_under_a_socket_that_systemd_holds_fails_nobody(
    environment, tmp_path, until, ledger
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as held:
        base = f"http://127.0.0.1:{held.getsockname()[1]}"
        log = tmp_path / "log"
        # The second one ends after the last client: the socket is open here, and would leave it waiting.
        with ExitStack() as second, as_systemd(held, environment, log) as first:
            up(base, until)
            crowd = Crowd(base, ["/healthz"])
            with crowd.asking():
                first.terminate()
                first.wait(300)
                second.enter_context(as_systemd(held, environment, log))
                up(base, until)
    crowd.tell(ledger, "request while the web process restarts, socket held by systemd", {200})
    assert "Traceback" not in log.read_text()


@contextmanager
def as_systemd(
    held: socket.socket, environment: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """The service with a socket as descriptor 3, as sd_listen_fds(3) has it."""
    with running(
        [sys.executable, "-c", AS_SYSTEMD, str(held.fileno()), *SERVE],
        log,
        env=environment,
        pass_fds=[held.fileno()],
    ) as process:
        yield process


def test_what_is_no_listening_socket_is_one_line(environment) -> None:
    with Path("/dev/null").open() as wrong:
        done = subprocess.run(
            [sys.executable, "-c", AS_SYSTEMD, str(wrong.fileno()), *SERVE],
            env=environment,
            pass_fds=[wrong.fileno()],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 1
    assert "descriptor 3 is no listening TCP socket" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.timeout(600)
@pytest.mark.parametrize("post", [False, True], ids=["reading", "posting"])
def test_with_two_upstreams_nginx_asks_the_other_meanwhile(
    environment, tmp_path, until, ledger, post
) -> None:
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        pytest.skip("no nginx on this machine")
    front, *ports = (free_port() for _ in range(3))
    (tmp_path / "nginx.conf").write_text(_two(front, ports, tmp_path))
    commands = [[*SERVE, "--port", str(port)] for port in ports]
    environment = {**environment, "ISTAMI_RATE_MAKING": "0", "ISTAMI_OPEN": "true"}
    with (
        running(commands[0], tmp_path / "one", env=environment) as one,
        running(commands[1], tmp_path / "two", env=environment),
        running([nginx, "-c", str(tmp_path / "nginx.conf"), "-g", "daemon off;"], tmp_path / "nginx"),
        ExitStack() as again,
    ):
        for port in (*ports, front):
            up(f"http://127.0.0.1:{port}", until)
        crowd = Crowd(f"http://127.0.0.1:{front}", ["/v1/articles" if post else "/v1/voices"], post=post)
        with crowd.asking():
            one.terminate()
            one.wait(300)
            again.enter_context(running(commands[0], tmp_path / "one again", env=environment))
            up(f"http://127.0.0.1:{ports[0]}", until)
    crowd.tell(ledger, "request while one of two web processes behind nginx restarts", {200, 202})


def _two(front: int, ports: list[int], folder: Path) -> str:
    """The shipped nginx.conf with two servers upstream, as docs/deploy.md has it, and paths of here."""
    deploy = Path(__file__).parents[3] / "deploy"
    configuration = (deploy / "nginx.conf").read_text()
    upstream = "        server web:8000;\n"
    assert upstream in configuration
    two = "".join(f"        server 127.0.0.1:{port};\n" for port in ports)
    for ours, here in {
        upstream: two,
        "listen 80;": f"listen 127.0.0.1:{front};",
        "rate=10r/s": "rate=100000r/s",
        "/run/nginx.pid": f"{folder}/pid",
        "/var/log/nginx": str(folder),
        "/var/cache/istami": f"{folder}/cache",
        "user www-data;": "user root;" if os.geteuid() == 0 else "",
    }.items():
        assert ours in configuration
        configuration = configuration.replace(ours, here)
    return configuration
