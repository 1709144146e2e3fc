"""``istami serve`` and ``istami worker``."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Annotated

import typer

from cache import server
from cache.redis_store import RedisStore
from service import wiring
from service.cli import logs, scraped, webserver
from service.errors import MissingPart
from service.queue import celery
from service.roster import Roster
from service.settings import Settings

log = logging.getLogger(__name__)

_PROCESSES = os.cpu_count() or 1
_RESTART_SECONDS = 2.0
_PING_SECONDS = 1.0
_STOP_SECONDS = 5.0
"""What a worker is at then is taken up again later, behind the last piece that it spoke."""


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    workers: Annotated[
        int,
        typer.Option(min=0, max=1024, help="Speaking processes to start; 0: `istami worker` runs elsewhere."),
    ] = _PROCESSES,
    web_workers: Annotated[
        int, typer.Option(min=1, max=1024, help="Web processes that share the port, each on a core.")
    ] = 1,
) -> None:
    """Serve pages and the API; starts its own Redis (unless REDIS_URL is set) and its own workers."""
    settings = Settings()
    logs.to_standard_error(settings.log_level.upper(), settings.log_format)
    # uvicorn ends its work on these and raises them again: then what was started here is stopped in order.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end_well)
    with (
        wiring.redis_address(settings) as url,
        scraped.at(settings, url),
        _working(url, workers) if workers else nullcontext(),
    ):
        webserver.run(settings, url, (host, port), web_workers)


@contextmanager
def beside(settings: Settings, workers: int | None) -> Generator[str]:
    """Have the service run in this process for a while, for this process alone to use; its address.

    Args:
        settings: as for ``serve``.
        workers: speaking processes to start; by default one a core, unless some are alive already.
    """
    with wiring.redis_address(settings) as url:
        if workers is None:
            # The list still has who died seconds ago.
            alive = Roster(RedisStore(url)).alive() and celery(settings.broker_url or url).control.ping(
                timeout=_PING_SECONDS
            )
            workers = 0 if alive else _PROCESSES
        quiet = _working(url, workers, ISTAMI_LOG_LEVEL="warning") if workers else nullcontext()
        with quiet, webserver.beside(settings, url) as address:
            yield address


def worker(
    processes: Annotated[
        int,
        typer.Option(
            "--processes", "-n", min=1, max=1024, help="Speaking processes; eSpeak takes one core each."
        ),
    ] = _PROCESSES,
    *,
    voices: Annotated[
        str | None,
        typer.Option(help="Ids of the voices to speak with, comma-separated; all there are if left out."),
    ] = None,
    autoscale: Annotated[
        str | None,
        typer.Option(
            metavar="MIN,MAX", help="As many speaking processes as there is work for, instead of --processes."
        ),
    ] = None,
    tied: Annotated[
        bool, typer.Option("--tied", hidden=True, help="End when standard input does: its starter has died.")
    ] = False,
) -> None:
    """Speak what is asked for, until told to stop. Run as many, on as many machines, as you like."""
    from service import worker as work

    if tied:
        threading.Thread(target=_end_with_input, name="tie", daemon=True).start()
    settings = Settings()
    logs.to_standard_error(settings.log_level.upper(), settings.log_format)
    url = settings.redis_url
    if url is None:
        folder = settings.data_dir / "redis"
        if not server.answers(folder):
            raise MissingPart(
                "No Redis to take work from: set REDIS_URL, or start `istami serve` first.",
                "لا يوجد Redis لتلقّي العمل: اضبط REDIS_URL، أو شغّل `istami serve` أوّلًا.",
            )
        url = server.url(folder)
    work.run(settings, url, _range(autoscale) or (processes, processes), _some(settings, voices))


def _range(autoscale: str | None) -> tuple[int, int] | None:
    if autoscale is None:
        return None
    least, _, most = autoscale.partition(",")
    if not (least.isdecimal() and most.isdecimal() and 1 <= int(least) <= int(most)):
        raise typer.BadParameter("two numbers are meant, as in 1,8", param_hint="--autoscale")
    return int(least), int(most)


def _some(settings: Settings, voices: str | None) -> list[str] | None:
    """The voices in a comma-separated list.

    Raises:
        UnknownVoice: there is no such voice.
    """
    if voices is None:
        return None
    return [wiring.card(settings, voice.strip()).id for voice in voices.split(",") if voice.strip()]


def _end_well(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


@contextmanager
def _working(url: str, processes: int, **environment: str) -> Generator[None]:
    """Have a worker run beside; started again should it end."""
    stop = threading.Event()
    keeper = threading.Thread(
        target=_keep_working, args=(url, processes, stop, environment), name="worker keeper"
    )
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep_working(url: str, processes: int, stop: threading.Event, environment: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "service", "worker", "--tied", "--processes", str(processes)]
    while not stop.is_set():
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment, "REDIS_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,  # Celery's farewell; what is to be read goes into the log
            start_new_session=True,
        )
        while process.poll() is None and not stop.wait(0.2):
            pass
        if stop.is_set():
            _end(process)
            return
        log.error("the worker ended with status %s; starting it again", process.returncode)
        stop.wait(_RESTART_SECONDS)


def _end_with_input() -> None:
    # Not through sys.stdin, whose lock a forked process would inherit as held.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the worker finish what it says; not for ever."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
