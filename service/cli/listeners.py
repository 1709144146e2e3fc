"""Sockets that a web server listens on: its own, or those that systemd holds for it (sd_listen_fds(3)).

The parent of the processes keeps the sockets open. So a replaced process loses no waiting connection:
its successor accepts it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence

from service.cli import connections
from service.model.errors import MissingPart

_FIRST = 3
"""The first file descriptor that systemd passes on, behind the three standard streams."""
_BACKLOG = 2048
"""Connections that may wait; the system's own limit holds, too."""


def inherited(client_seconds: float) -> list[socket.socket]:
    """The sockets that systemd has passed to this process; none in a process that it started without any.

    Args:
        client_seconds: as ``connections.close_stalled`` has it.

    Raises:
        MissingPart: what was passed is no listening TCP socket.
    """
    count, to = (os.environ.pop(name, "") for name in ("LISTEN_FDS", "LISTEN_PID"))
    os.environ.pop("LISTEN_FDNAMES", None)
    if to != str(os.getpid()) or not count.isdecimal():
        return []
    return [_adopted(descriptor, client_seconds) for descriptor in range(_FIRST, _FIRST + int(count))]


def bound(model: socket.socket, count: int, client_seconds: float) -> list[socket.socket]:
    """Sockets that share a port, one for each process: the system distributes connections evenly among them.

    If all listened to one socket, the process that wakes first would accept every waiting connection.

    Args:
        model: is bound to the address; closed here.
        count: of sockets.
        client_seconds: as ``connections.close_stalled`` has it.
    """
    family, address = model.family, model.getsockname()
    model.close()
    return [_bound(family, address, client_seconds) for _ in range(count)]


def dealt(listeners: Sequence[socket.socket], processes: int) -> list[list[socket.socket]]:
    """Which process listens to which sockets: each socket is some process's, and no process has none."""
    if len(listeners) >= processes:
        return [list(listeners[place::processes]) for place in range(processes)]
    return [[listeners[place % len(listeners)]] for place in range(processes)]


def _adopted(descriptor: int, client_seconds: float) -> socket.socket:
    try:
        os.set_inheritable(descriptor, False)
        listener = socket.socket(fileno=descriptor)
        listens = listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        raise _unfit(descriptor) from error
    if not listens or listener.family not in {socket.AF_INET, socket.AF_INET6}:
        raise _unfit(descriptor)
    connections.close_stalled(listener, client_seconds)
    return listener


def _unfit(descriptor: int) -> MissingPart:
    return MissingPart(
        f"LISTEN_FDS: file descriptor {descriptor} is no listening TCP socket. The socket unit needs "
        "ListenStream=PORT or ListenStream=ADDRESS:PORT.",
        f"LISTEN_FDS: الواصف {descriptor} ليس مقبس TCP يستمع. في وحدة المقبس يلزم ListenStream=PORT.",
    )


def _bound(family: socket.AddressFamily, address: tuple[str, int], client_seconds: float) -> socket.socket:
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    connections.close_stalled(listener, client_seconds)
    listener.bind(address)
    listener.listen(_BACKLOG)  # clients that connect before the application is up wait
    return listener
