"""The entry point: global options, signals and exit codes of all commands."""

from __future__ import annotations

import logging
import os
import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from service.cli import endings
from service.cli.commands import Commands

app = typer.Typer(
    name="istami",
    cls=Commands,
    help="استمع · Arabic articles, read aloud.\n\nBegin with `istami doctor`, then `istami serve`.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _istami(
    *,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log progress (level info).")] = False,
) -> None:
    if show_version:
        from service.util.release import release

        typer.echo(f"istami {release()}")
        raise typer.Exit
    from service.cli import logs

    logs.to_standard_error(logging.INFO if verbose else logging.WARNING)


def main() -> None:
    """Run a command. Errors meant for users become one line and an exit code: 0, 1 failure, 2 usage."""
    # In child processes too, no module in the working folder may shadow ours or a library's.
    os.environ["PYTHONSAFEPATH"] = "1"
    endings.are_not_lost()
    _end_in_order()
    try:
        app(standalone_mode=True)
    except Exception as error:
        from service.cli import failing

        if (code := failing.shown(error)) is None:
            raise
        failing.let_go_of_output()
        sys.exit(code)


def _end_in_order() -> None:
    """Make termination signals unwind the stack: children are stopped, unfinished work is undone."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # under nohup, SIGHUP is ignored
            signal.signal(number, _unwind)


def _unwind(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
