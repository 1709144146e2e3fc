"""The stores that hold the contract: each a real server."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cache import server
from cache.redis_store import RedisStore


@dataclass
class Servers:
    """Servers in a folder of their own, all ended by ``end``."""

    folder: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        """A server of the system with these options, in a folder of its own."""
        folder = self.folder / str(len(self.running))
        folder.mkdir()
        command = [str(shutil.which("redis-server")), *options, "--save", "", "--bind", "127.0.0.1"]
        with (folder / "log").open("wb") as log:
            self.running.append(subprocess.Popen(command, cwd=folder, stdout=log, stderr=log))
        return self.running[-1]

    def end(self) -> None:
        for process in self.running:
            process.kill()
        for process in self.running:
            process.wait()

    def tcp(self) -> str:
        """A server as it comes."""
        port = free_port()
        self.start("--port", str(port))
        return answering(f"redis://127.0.0.1:{port}/9")

    def tls(self) -> str:
        """A server that speaks TLS alone, with a certificate of its own authority."""
        port = free_port()
        names = {
            kind: str(self.folder / f"{kind}.pem") for kind in ("ca", "ca-key", "cert", "key", "request")
        }
        subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        _openssl(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=istami test",
            "-keyout",
            names["ca-key"],
            "-out",
            names["ca"],
        )
        _openssl(
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            *subject,
            "-keyout",
            names["key"],
            "-out",
            names["request"],
        )
        _openssl(
            "x509",
            "-req",
            "-in",
            names["request"],
            "-CA",
            names["ca"],
            "-CAkey",
            names["ca-key"],
            "-days",
            "2",
            "-copy_extensions",
            "copy",
            "-out",
            names["cert"],
        )
        self.start(
            "--port",
            "0",
            "--tls-port",
            str(port),
            "--tls-cert-file",
            names["cert"],
            "--tls-key-file",
            names["key"],
            "--tls-ca-cert-file",
            names["ca"],
            "--tls-auth-clients",
            "no",
        )
        return answering(f"rediss://localhost:{port}/0?ssl_ca_certs={names['ca']}")

    def sentinel(self) -> tuple[str, subprocess.Popen[bytes]]:
        """A server, its replica, and a Sentinel: the address, and the server that is master now."""
        port, replica, watcher = free_port(), free_port(), free_port()
        master = self.start("--port", str(port))
        self.start("--port", str(replica), "--replicaof", "127.0.0.1", str(port))
        configuration = self.folder / "sentinel.conf"
        configuration.write_text(
            f"port {watcher}\nsentinel monitor istami 127.0.0.1 {port} 1\n"
            "sentinel down-after-milliseconds istami 1000\nsentinel failover-timeout istami 5000\n"
        )
        command = [str(shutil.which("redis-server")), str(configuration), "--sentinel"]
        self.running.append(subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL))
        told = ["redis-cli", "-p", str(watcher), "sentinel", "replicas", "istami"]
        until(
            lambda: str(replica) in subprocess.run(told, capture_output=True, text=True, check=False).stdout
        )
        return answering(f"sentinel://127.0.0.1:{watcher}/istami/0"), master

    def cluster(self) -> str:
        """Three servers that share the keys among them."""
        ports = [free_port() for _ in range(3)]
        for port in ports:
            self.start("--port", str(port), "--cluster-enabled", "yes", "--cluster-port", str(free_port()))
        for port in ports:
            answering(f"redis://127.0.0.1:{port}/0")
        nodes = [f"127.0.0.1:{port}" for port in ports]
        command = ["redis-cli", "--cluster", "create", *nodes, "--cluster-yes"]
        subprocess.run(command, capture_output=True, check=True, timeout=300)
        # Every node must have heard of every slot.
        until(lambda: all(b"cluster_state:ok" in _info(port) for port in ports))
        return answering(f"redis+cluster://{','.join(nodes)}")


def answering(url: str) -> str:
    """The address, once somebody answers there."""
    until(lambda: answers(url))
    return url


def until(condition, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the servers do not come up"
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _info(port: int) -> bytes:
    command = ["redis-cli", "-p", str(port), "cluster", "info"]
    return subprocess.run(command, capture_output=True, check=False).stdout


def _openssl(*words: str) -> None:
    subprocess.run([str(shutil.which("openssl")), *words], capture_output=True, check=True)


@pytest.fixture(params=["embedded", "tcp", "tls", "sentinel", "cluster"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Every address a store is used at: our own server's socket, and somebody's servers over TCP."""
    if request.param == "embedded":
        return str(request.getfixturevalue("redis_url"))
    return str(request.getfixturevalue("redis_url" if request.param == "embedded" else request.param))


@pytest.fixture(scope="session")
def servers(
    tmp_path_factory: pytest.TempPathFactory, program: Callable[[str], str]
) -> Iterator[Callable[[], Servers]]:
    """Begins groups of servers of the system's own program, which has TLS; they end with the tests."""
    for name in ("redis-server", "redis-cli", "openssl"):
        program(name)
    begun: list[Servers] = []

    def begin() -> Servers:
        begun.append(Servers(tmp_path_factory.mktemp("servers")))
        return begun[-1]

    yield begin
    for group in begun:
        group.end()


@pytest.fixture
def failover(servers: Callable[[], Servers]) -> tuple[str, Callable[[], None]]:
    """A Sentinel's address of its own, and the end of the server that is master now."""
    url, master = servers().sentinel()
    return url, master.kill


@pytest.fixture(scope="session")
def tcp(servers: Callable[[], Servers]) -> str:
    """A server of the system, and not the first of its databases."""
    return servers().tcp()


@pytest.fixture(scope="session")
def tls(servers: Callable[[], Servers]) -> str:
    """A server that speaks TLS alone."""
    return servers().tls()


@pytest.fixture(scope="session")
def sentinel(servers: Callable[[], Servers]) -> str:
    """A server and its replica, watched by a Sentinel."""
    return servers().sentinel()[0]


@pytest.fixture(scope="session")
def cluster(servers: Callable[[], Servers]) -> str:
    """Three servers that share the keys."""
    return servers().cluster()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts servers of one's own, with options; they end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(**options: str) -> str:
        socket = tmp_path / f"{len(started)}.sock"
        command = [str(server.find_program()), "--port", "0", "--unixsocket", str(socket), "--save", ""]
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", value]
        started.append(subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL))
        url = f"unix://{socket}"
        deadline = time.monotonic() + 20
        while not answers(url):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return url

    yield start
    for process in started:
        process.kill()
        process.wait()


def answers(url: str) -> bool:
    try:
        RedisStore(url, timeout=1).ping()
    except Exception:  # noqa: BLE001  # not yet
        return False
    return True
