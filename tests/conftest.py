"""Real parts for tests: a Redis server, the running service, its workers, publishers' servers."""

from __future__ import annotations

import ast
import gc
import json
import os
import re
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from cache import server
from cache.redis_ledger import RedisLedger
from cache.redis_store import RedisStore

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Under nohup and in the background of a script signals are ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


if sys.version_info < (3, 12):
    # Python 3.11 may not parse while it parses (gh-106905). A collection in between does: what it finds
    # unclosed is reported with a traceback, and to print one is to parse. Hypothesis parses tests.
    _parse = ast.parse

    def _parse_undisturbed(*arguments: Any, **options: Any) -> Any:
        enabled = gc.isenabled()
        gc.disable()
        try:
            return _parse(*arguments, **options)
        finally:
            if enabled:
                gc.enable()

    ast.parse = _parse_undisturbed


class Named:
    """Names a failure when it comes to pass: of a run that is stopped, the summary is never written."""

    def __init__(self, reporter: pytest.TerminalReporter) -> None:
        self._reporter = reporter

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the test's name, and how it failed in a line."""
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            why = crash.message.splitlines()[0] if crash and crash.message else ""
            self._reporter.write_line(f"\nFAILED {report.nodeid} ({report.when}) {why[:200]}")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """In CI, name each failure at once."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter and os.environ.get("CI"):
        config.pluginmanager.register(Named(reporter))


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Finds a program of the system. One that is absent skips the test; in CI, which has all, it fails."""

    def program(name: str) -> str:
        found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
        if found is None and os.environ.get("CI"):
            pytest.fail(f"no {name}; CI must have it")
        if found is None:
            pytest.skip(f"no {name} on this machine")
        return found

    return program


@pytest.fixture(scope="session")
def need_redis() -> Callable[[], None]:
    """Skips a test without a Redis server program, the system's or the wheel's; in CI it fails."""

    def need_redis() -> None:
        if server.find_program() is None and os.environ.get("CI"):
            pytest.fail("no Redis server program; CI must have one")
        if server.find_program() is None:
            pytest.skip("no Redis server program on this machine")

    return need_redis


@pytest.fixture(scope="session")
def redis_url(need_redis: Callable[[], None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Redis server on a private socket."""
    need_redis()
    with server.running(tmp_path_factory.mktemp("redis"), max_memory="256mb") as url:
        yield url


@pytest.fixture
def store(redis_url: str) -> RedisStore:
    """An empty store."""
    store = RedisStore(redis_url)
    store._redis.flushall()
    return store


@pytest.fixture
def ledger(store: RedisStore) -> RedisLedger:
    """An empty ledger, in the same Redis."""
    return RedisLedger(store._url)


@dataclass
class Service:
    """The service as users start it, on a free port."""

    base: str
    process: subprocess.Popen[bytes]
    data: Path
    redis_url: str

    @property
    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.base, timeout=180, trust_env=False)


@contextmanager
def starting(tmp_path_factory: pytest.TempPathFactory) -> Generator[Callable[..., Service]]:
    """Starts services, each with data of its own, and stops them all at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*options: str, ready: bool = True, **settings: str) -> Service:
        data = Path(settings.get("ISTAMI_DATA_DIR") or tmp_path_factory.mktemp("data"))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
        environment.pop("REDIS_URL", None)
        environment |= {"ISTAMI_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1", **settings}
        # Into a file: nobody reads a pipe here, and one that is full would hold the service up.
        with (data / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "service", "serve", "--port", "0", *options],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        started.append(process)

        def told() -> list[str]:
            assert process.poll() is None, (data / "log").read_text()
            return re.findall(r"istami · استمع   (http://[\w.:\[\]-]+)", (data / "log").read_text())

        wait_for(lambda: bool(told()), 180, "listening")
        base = told()[0]
        url = settings.get("REDIS_URL") or server.url(data / "redis")
        service = Service(base.rstrip("/"), process, data, url)
        if ready:
            # On a busy machine it may take minutes until the application that listens is up.
            with httpx.Client(base_url=service.base, timeout=180, trust_env=False) as client:
                wait_for(lambda: client.get("/readyz").status_code == 200, 180, "ready")
        return service

    try:
        yield start
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Service]]:
    """Starts services, and stops them when the module ends: one that is idle takes its share of a core."""
    with starting(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="session")
def start_shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Service]]:
    """The same for services that modules share."""
    with starting(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="session")
def service(start_shared: Callable[..., Service]) -> Service:
    """One running service that tests share; each uses articles of its own."""
    return start_shared("--workers", "2")


@pytest.fixture
def client(service: Service) -> Iterator[httpx.Client]:
    """A client of the shared service."""
    with service.client as client:
        yield client


@pytest.fixture
def unused_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def until() -> Callable[[Callable[[], bool], float, str], None]:
    """Waits for what comes to be."""
    return wait_for


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until a condition holds; fails by name when it does not come to hold.

    The seconds are for a machine that has a core to spare. While others crowd it, the wait is longer.
    """
    begun = time.monotonic()
    while not condition():
        waited = time.monotonic() - begun
        assert waited < seconds * crowding(), f"not {what} within {waited:.0f} s"
        # To ask often is to take the time of those who are asked.
        time.sleep(min(0.25, max(0.02, waited / 10)))


def crowding() -> float:
    """How many processes there are that could run, for each core; at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


Answer = Callable[[], Iterable[bytes]]


@dataclass
class Publisher:
    """A server on loopback that answers each path with the bytes it is told to, a piece at a time."""

    address: str
    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Heads of the requests that came."""

    def at(self, path: str, *pieces: bytes) -> None:
        self.answers[path] = lambda: pieces

    def page(self, path: str, body: bytes, *headers: str, status: str = "200 OK") -> None:
        told = [f"Content-Length: {len(body)}", *(headers or ["Content-Type: text/html; charset=utf-8"])]
        head = "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *told]) + "\r\n\r\n"
        self.at(path, head.encode() + body)

    def moved(self, path: str, to: str, status: str = "302 Found") -> None:
        self.page(path, b"", f"Location: {to}", status=status)

    @property
    def paths(self) -> list[str]:
        return [head.split()[1] for head in self.asked]


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        publisher: Publisher = self.server.publisher
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        publisher.asked.append(head.decode("latin-1"))
        path = head.split()[1].decode()
        missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        with suppress(OSError):  # the client has seen enough
            for piece in publisher.answers.get(path, lambda: [missing])():
                self.wfile.write(piece)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    trust: ssl.SSLContext | None = None

    def get_request(self):
        sock, address = super().get_request()
        if self.trust:
            sock.settimeout(5)
            sock = self.trust.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return sock, address

    def handle_error(self, *_: object) -> None:
        """A client that leaves in the middle is what is tried here."""


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., Publisher]]:
    """Starts publishers' servers; they end with the tests."""
    running: list[_Server] = []

    def serve(address: str = "127.0.0.1", port: int = 0, trust: ssl.SSLContext | None = None) -> Publisher:
        each = _Server((address, port), _Handler)
        each.trust = trust
        each.publisher = Publisher(address, each.server_address[1])
        running.append(each)
        threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return each.publisher

    yield serve
    for each in running:
        each.shutdown()
        each.server_close()


@pytest.fixture
def publisher(serve: Callable[..., Publisher]) -> Publisher:
    """A publisher's server."""
    return serve()


@dataclass
class Received:
    """A request that came to a receiver."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Receiver:
    """A publisher's server that is told of events: answers 204, or what it is told to answer next."""

    port: int
    next: deque[int | dict[str, str] | Callable[[], int]] = field(default_factory=deque)
    """Statuses; 0 closes the connection; headers of a 302 or 503; what tells the status when it is called."""
    got: list[Received] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        return [each.event for each in self.got if each.event["type"].startswith(kind)]


class _ReceiverHandler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        receiver: Receiver = self.server.receiver
        line, *lines = iter(lambda: self.rfile.readline().decode("latin-1").strip(), "")
        headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in lines)}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        receiver.got.append(Received(line.split()[1], headers, body))
        answer = receiver.next.popleft() if receiver.next else 204
        if callable(answer):
            answer = answer()
        if answer == 0:
            return
        told: dict[str, str] = {}
        if isinstance(answer, dict):
            told, answer = answer, 302 if "Location" in answer else 503
        head = [f"HTTP/1.1 {answer} Said", "Connection: close", "Content-Length: 0"]
        head += [f"{name}: {value}" for name, value in told.items()]
        with suppress(OSError):
            self.wfile.write("\r\n".join([*head, "", ""]).encode())


@pytest.fixture(scope="session")
def receive() -> Iterator[Callable[..., Receiver]]:
    """Starts receivers of webhooks on loopback; they end with the tests."""
    running: list[_Server] = []

    def receive(port: int = 0, trust: ssl.SSLContext | None = None) -> Receiver:
        each = _Server(("127.0.0.1", port), _ReceiverHandler)
        each.trust = trust
        each.receiver = Receiver(each.server_address[1])
        running.append(each)
        threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return each.receiver

    yield receive
    for each in running:
        each.shutdown()
        each.server_close()


@pytest.fixture
def receiver(receive: Callable[..., Receiver]) -> Receiver:
    """A receiver of webhooks."""
    return receive()
