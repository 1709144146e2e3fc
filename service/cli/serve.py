"""``istami serve``."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Annotated

import typer

from service.cli import logs, scraped, webserver
from service.cli.children import PROCESSES, Worker
from service.cli.welcome import offer_voice
from service.config.settings import Settings
from service.jobs.celery_queue import celery
from service.server.container import Container, redis_address
from service.util.supervision import Supervisor

_PING_SECONDS = 1.0


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")
    ] = 8000,
    workers: Annotated[
        int,
        typer.Option(min=0, max=1024, help="Worker processes to start; 0: `istami worker` runs elsewhere."),
    ] = PROCESSES,
    web_workers: Annotated[
        int, typer.Option(min=1, max=1024, help="Web processes that share the port, one per core.")
    ] = 1,
) -> None:
    """Serve pages and the API; starts its own Redis (unless REDIS_URL is set) and its own workers.

    Child processes that exit are restarted. If one exits repeatedly, this command reports the reason and
    exits with status 1, so that its supervisor (systemd, Docker) can act.
    """
    settings = Settings()
    logs.to_standard_error(settings.log_level.upper(), settings.log_format)
    # uvicorn stops on these signals and raises them again: then the children are stopped in order.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end_well)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _end_as_told)  # several web processes are replaced instead
    with redis_address(settings, _end_here) as url:
        settings = offer_voice(settings)
        with scraped.at(settings, url), _working(url, workers) if workers else nullcontext():
            webserver.run(settings, url, (host, port), web_workers)


@contextmanager
def beside(settings: Settings, workers: int | None) -> Generator[str]:
    """Run the service in this process, for this process alone. Yields its address.

    Args:
        settings: as for ``serve``.
        workers: worker processes to start; by default one per core, unless some are running already.
    """
    with redis_address(settings, _end_here) as url:
        if workers is None:
            # The list still includes workers that died seconds ago.
            listed = Container(settings, url).registry.alive()
            alive = listed and celery(settings.broker_url or url).control.ping(timeout=_PING_SECONDS)
            workers = 0 if alive else PROCESSES
        quiet = _working(url, workers, ISTAMI_LOG_LEVEL="warning") if workers else nullcontext()
        with quiet, webserver.beside(settings, url) as address:
            yield address


def _end_well(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _end_as_told(_number: int, _frame: FrameType | None) -> None:
    """Handle a closed terminal like SIGTERM."""
    os.kill(os.getpid(), signal.SIGTERM)


def _working(url: str, processes: int, **environment: str) -> Supervisor:
    """Run a worker in a child process, restarted if it exits."""
    return Supervisor(Worker(url, processes, environment), _end_here)


def _end_here() -> None:
    """End this process by SIGTERM; the failure of the child is raised afterwards."""
    os.kill(os.getpid(), signal.SIGTERM)
