"""``istami batch``: synthesise an archive article by article."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from service.bulk.item import Wishes
from service.bulk.report import Report
from service.bulk.sources import open_source
from service.bulk.tally import Tally
from service.cli import paid, progress
from service.cli.serve import beside
from service.cli.sources import CaseEndingsOption, LocaleOption
from service.config.settings import Settings
from service.model.errors import Unwritable
from service.server.container import Container

_REPORT, _REPORT_ALONE = "report.jsonl", "istami-batch.jsonl"
_HERE, _ELSEWHERE = 8, 32
"""Articles in progress at a time: enough to keep all workers of one machine, or of many, busy."""
_KEY = "ISTAMI_API_KEY"
"""Not an option: command lines are visible to every user of a machine, and end up in histories."""
_INTERRUPTED = 130
"""Exit code, as shells have it: 128 and the number of SIGINT."""

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE…",
        help="A folder of .txt, .html, .md and .ssml files, with its subfolders; one such file; "
        "a .jsonl file (one article per line, with the fields of POST /v1/articles); the URL or the file of "
        "a sitemap or of an RSS or Atom feed, whose pages are fetched; or `-`: JSON Lines on standard input.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        show_default="the service stores them",
        help="Folder for the MP3 files, each named after its article's id.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=1024,
        show_default="one per core, or those already running",
        help="Worker processes to start for this run.",
    ),
]
ReportFile = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="FILE",
        show_default=f"{_REPORT} in DIR, or {_REPORT_ALONE}",
        help="File that receives one line of JSON per finished article.",
    ),
]
Server = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        show_default="a service started for this run",
        help=f"URL of a running service; its API key, if it needs one, is read from {_KEY}.",
    ),
]


def batch(  # noqa: PLR0913, PLR0917  # each is an option
    sources: Sources,
    out: Out = None,
    voice: Annotated[str | None, typer.Option(help="A voice's id; see `istami voices list`.")] = None,
    speed: Annotated[
        float | None, typer.Option(min=0.5, max=2.0, help="Speaking rate; 1.0 is the voice's own.")
    ] = None,
    case_endings: CaseEndingsOption = None,
    locale: LocaleOption = None,
    site: Annotated[str | None, typer.Option(help="Host name of the site whose lexicon to use.")] = None,
    workers: Workers = None,
    report: ReportFile = None,
    server: Server = None,
    *,
    marks: Annotated[bool, typer.Option("--marks", help="Also write ID.json: times of sentences.")] = False,
    captions: Annotated[bool, typer.Option("--captions", help="Also write ID.vtt: captions.")] = False,
    listed: Annotated[
        bool, typer.Option("--listed", help="List the articles in the podcast feed, as its newest.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue: skip articles that the report lists as done.")
    ] = False,
    retry_failed: Annotated[
        bool,
        typer.Option("--retry-failed", help="Retry only the articles that the report lists as failed."),
    ] = False,
    estimate: Annotated[
        bool,
        typer.Option("--estimate", help="Only print the characters and their price for voices that cost."),
    ] = False,
) -> None:
    """Synthesise many articles: a day's news, a site, an archive.

    `istami batch articles/ --out audio/`

    `istami batch https://news.example/sitemap.xml --out audio/`

    `zcat archive.jsonl.gz | istami batch - --server https://listen.example`

    Memory use is small and does not grow with the number of articles. Duplicate articles are synthesised
    once. Ctrl-C loses nothing: the same command with `--resume` continues.

    Exit codes: 0 all succeeded; 1 some failed, and are listed; 2 wrong usage; 130 interrupted.
    """
    # These import an HTTP client, which no other command needs.
    from service.bulk.job import Job
    from service.bulk.run import Wanted

    _check(server, workers, lone=(marks or captions) and out is None, both=resume and retry_failed)
    if estimate and server:
        raise typer.BadParameter(
            "not with --server: it reads the voices' cards here", param_hint="--estimate"
        )
    settings = Settings()
    web = Container(settings).web
    wishes = Wishes(voice, speed, case_endings, locale, site, listed)
    opened = [open_source(name, wishes, web.index, sys.stdin.buffer) for name in sources]
    if estimate:
        from service.cli.estimate import show

        show(settings, opened, web)
        return
    if out:
        _make(out)
    file = report or (out / _REPORT if out else Path(_REPORT_ALONE))
    with Report(file, go_on=resume or retry_failed) as kept:
        window, key = (_ELSEWHERE, os.environ.get(_KEY)) if server else (_HERE, None)
        job = Job(opened, Wanted(out, marks, captions), kept, window, retry_failed, key)
        begun = time.monotonic()
        finished, costs = False, {}
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            with (
                nullcontext(server) if server else beside(settings, workers) as address,
                progress.articles(job.total) as bar,
            ):
                spent = {} if server else paid.usage(settings)
                try:
                    finished = job.run(address, web, lambda tally: bar(tally.ended, tally.failed))
                finally:
                    costs = {} if server else paid.costs(settings, spent)
        except KeyboardInterrupt:
            pass  # while the service was being started, or stopped
        finally:
            _show(job.tally, time.monotonic() - begun)
            for name, cost in costs.items():
                typer.echo(f"{name} was sent {cost}.")
            if not finished:
                _say_how_to_go_on()
    if not finished:
        raise typer.Exit(_INTERRUPTED)
    if job.tally.failed:
        raise typer.Exit(1)


def _check(server: str | None, workers: int | None, *, lone: bool, both: bool) -> None:
    """Reject contradictory options before any work starts."""
    if server and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", server):
        raise typer.BadParameter("must begin with http:// or https://", param_hint="--server")
    if server and workers:
        raise typer.BadParameter("not with --server, which has its own workers", param_hint="--workers")
    if lone:
        raise typer.BadParameter("needs --out", param_hint="--marks, --captions")
    if both:
        raise typer.BadParameter("use only one of them", param_hint="--resume, --retry-failed")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(f"{folder}: {error.strerror}.", f"تعذّرت الكتابة إلى {folder}.") from error


def _show(tally: Tally, wall: float) -> None:
    """Print the table of results and the reasons of failures."""
    console = Console(soft_wrap=True, highlight=False)
    names = ("made", "already there", "failed", "audio, s", "took, s", "real-time factor")
    table = Table(*(Column(name, justify="right", no_wrap=True) for name in names), box=None)
    factor = f"{wall / tally.seconds:.3f}" if tally.seconds else "–"
    counts = (str(tally.made), str(tally.there), str(tally.failed))
    table.add_row(*counts, f"{tally.seconds:.1f}", f"{wall:.1f}", factor)
    console.print(table)
    for failure in tally.failures:
        console.print(f"  {failure.source}: {failure.error.en if failure.error else ''}", markup=False)
    if more := tally.failed - len(tally.failures):
        console.print(f"  … and {more} more, in the report")


def _say_how_to_go_on() -> None:
    typed = [word for word in sys.argv[1:] if word != "--resume"]
    again = typed if "--retry-failed" in typed else [*typed, "--resume"]
    typer.echo("Stopped. Finished articles are stored. To continue:", err=True)
    typer.echo("توقّف العمل، وما اكتمل محفوظ. للمتابعة:", err=True)
    typer.echo(f"  {shlex.join(['istami', *again])}", err=True)
