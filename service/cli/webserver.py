"""The web server behind ``istami serve``: one process, or several that share a port."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address

import uvicorn
from fastapi import FastAPI

from cache.errors import StoreError
from service.api.exposure import LOST
from service.cli import closing, connections, listeners, logs, memory, reach, tie
from service.cli.webprocesses import WebProcesses
from service.config.settings import Settings
from service.model.errors import Unguarded
from service.server import app as web
from service.server.container import Container

log = logging.getLogger(__name__)

_START_SECONDS = 180
"""How long a process may take to import all modules on a busy machine before it counts as hung."""


def run(settings: Settings, url: str, address: tuple[str, int], processes: int) -> None:
    """Serve until a termination signal.

    Args:
        settings: of the service.
        url: of its Redis.
        address: host and port to listen on; port 0 picks a free one. Ignored if systemd passes sockets.
        processes: with more than one, each has its own event loop, those that die are restarted, and
            SIGHUP replaces them one after the other: a new one listens before the old one exits.

    Raises:
        Unguarded: other machines could reach it, there is no key, and it is not configured as open.
        ChildFailed: it did not start, or one of its processes failed repeatedly.
    """
    passed = listeners.inherited(settings.client_seconds)
    hosts = [listener.getsockname()[0] for listener in passed] or [address[0]]
    exposed = next((host for host in hosts if not _is_loopback(host)), None)
    if settings.open is None:
        _check_keys(settings, url, exposed or hosts[0], exposed=bool(exposed))
    if exposed and not settings.public_url:
        log.warning(reach.NO_PUBLIC_URL)
    memory.share_one()
    # Errors in building the application are reported here once, not repeatedly by every process.
    built = web.build(settings, url, exposed=bool(exposed))
    config = uvicorn.Config(
        built if processes == 1 else partial(_build, settings, url, bool(exposed)),
        factory=processes > 1,
        host=address[0],
        port=address[1],
        workers=processes,
        log_config=None,  # like all others
        log_level=settings.log_level,
        access_log=False,  # the application does it, without addresses
        proxy_headers=False,  # the application reads them: `service/api/clients.py`
        server_header=False,
        http=_protocol(settings),  # type: ignore[arg-type]  # called alike
        timeout_graceful_shutdown=10,
        timeout_keep_alive=15,
        timeout_worker_healthcheck=_START_SECONDS,
    )
    if processes == 1 and not passed:
        passed = [config.bind_socket()]
        connections.close_stalled(passed[0], settings.client_seconds)
        passed[0].listen(config.backlog)  # clients that connect before the application is up wait
    found = passed or listeners.bound(config.bind_socket(), processes, settings.client_seconds)
    for announced in sorted({listener.getsockname()[:2] for listener in found}):
        _announce(announced)
    if processes == 1:
        closing.serve(config, found)
        return
    several = WebProcesses(config, listeners.dealt(found, processes))
    several.run()
    if several.failure:
        raise several.failure


@contextmanager
def beside(settings: Settings, url: str) -> Generator[str]:
    """Serve on a free port from a thread of this process. Yields the address.

    Raises:
        ChildFailed: it did not start.
    """
    config = uvicorn.Config(
        web.build(settings.model_copy(update={"open": True}), url),
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        http=_protocol(settings),  # type: ignore[arg-type]  # likewise
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), name="service")
        thread.start()
        try:
            closing.await_start(server, thread)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _protocol(settings: Settings) -> Callable[..., connections.Patient]:
    """Speaks HTTP with one client; a refused request is read as long as an accepted one."""
    most = max(settings.max_body_bytes, settings.max_batch_bytes)
    return partial(connections.Patient, settings.client_seconds, most)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_keys(settings: Settings, url: str, host: str, *, exposed: bool) -> None:
    """Refuse to serve a network without keys; report lost keys.

    Raises:
        Unguarded: the service would be open.
    """
    keys = Container(settings, url).keys
    try:
        guarded, lost = keys.exist(), keys.lost()
    except StoreError as error:
        log.warning("cannot look up API keys, so a key is required: %s", error)
        return
    if lost:
        log.warning(LOST)
    if exposed and not guarded:
        raise Unguarded(
            f"Any client that reaches {host} could synthesise articles, because no API key exists yet. "
            "Create one with `istami keys create NAME`; or, if something else controls access, set "
            "ISTAMI_OPEN=true.",
            f"لا يوجد مفتاح بعد، فبوسع كل من يصل إلى {host} أن يستعمل الخدمة. أنشئ مفتاحًا بالأمر "
            "`istami keys create NAME`، أو اضبط ISTAMI_OPEN=true إن كان أمام الخدمة ما يمنع الغرباء.",
        )


def _build(settings: Settings, url: str, exposed: bool) -> FastAPI:  # noqa: FBT001  # see `web.build`
    """The application, in the process that serves it."""
    logs.to_standard_error(settings.log_level.upper(), settings.log_format)
    memory.share_one()
    tie.to_starter(partial(os.kill, os.getpid(), signal.SIGTERM))
    return web.build(settings, url, exposed=exposed)


def _announce(address: tuple[str, int]) -> None:
    """Print the service's address."""
    host, port = address[:2]
    shown = f"[{host}]" if ":" in host else host
    logs.announce(f"\n  istami · استمع   http://{shown}:{port}/ \n")
