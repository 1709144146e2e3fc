"""``istami worker``."""

from __future__ import annotations

import os
import signal
import threading
from typing import Annotated

import typer

from cache import server
from service.cli import logs
from service.cli.children import PROCESSES
from service.config.settings import Settings
from service.model.errors import MissingPart
from service.server.container import Container


def worker(
    processes: Annotated[
        int,
        typer.Option(
            "--processes", "-n", min=1, max=1024, help="Worker processes; eSpeak uses one core each."
        ),
    ] = PROCESSES,
    *,
    voices: Annotated[
        str | None,
        typer.Option(help="Ids of the voices to load, comma-separated; default: all."),
    ] = None,
    autoscale: Annotated[
        str | None,
        typer.Option(
            metavar="MIN,MAX", help="Scale worker processes with the queue, instead of --processes."
        ),
    ] = None,
    tied: Annotated[
        bool, typer.Option("--tied", hidden=True, help="Exit at end of standard input: the parent has died.")
    ] = False,
) -> None:
    """Run a synthesis worker. Run as many as you like, on as many machines as you like."""
    from service.server import worker as work

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
        raise typer.BadParameter("must be two numbers, such as 1,8", param_hint="--autoscale")
    return int(least), int(most)


def _some(settings: Settings, voices: str | None) -> list[str] | None:
    """The voices in a comma-separated list.

    Raises:
        UnknownVoice: there is no such voice.
    """
    if voices is None:
        return None
    parts = Container(settings)
    return [parts.card(voice.strip()).id for voice in voices.split(",") if voice.strip()]


def _end_with_input() -> None:
    # Not through sys.stdin, whose lock a forked process would inherit as held.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
