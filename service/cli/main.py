"""Commands, and what an error looks like to whoever typed them."""

from __future__ import annotations

import logging
import os
import signal
import sys
from types import FrameType
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console

from cache.errors import StoreError
from service.api.problems import of_store
from service.build import release
from service.cli import (
    batching,
    checking,
    endings,
    farewell,
    keys,
    logs,
    purging,
    serving,
    sites,
    speaking,
    voices,
    webhooks,
    words,
)
from service.errors import IstamiError
from service.refusals import refused
from service.settings import Settings, variable

log = logging.getLogger(__name__)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

app = typer.Typer(
    name="istami",
    help="استمع · Arabic articles, read aloud.\n\nBegin with `istami doctor`, then `istami serve`.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(serving.serve)
app.command()(serving.worker)
app.command()(speaking.speak)
app.command()(speaking.explain)
app.command()(batching.batch)
app.command()(checking.doctor)
app.command()(purging.purge)
app.add_typer(voices.app, name="voices")
app.add_typer(words.app, name="lexicon")
app.add_typer(sites.app, name="sites")
app.add_typer(keys.app, name="keys")
app.add_typer(webhooks.app, name="webhooks")


@app.callback(invoke_without_command=True)
def _istami(
    *,
    show_version: Annotated[bool, typer.Option("--version", help="Say the version and end.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done.")] = False,
) -> None:
    logs.to_standard_error(logging.INFO if verbose else logging.WARNING)
    if show_version:
        typer.echo(f"istami {release()}")
        raise typer.Exit


def main() -> None:
    """Run, and turn what users may be shown into one line and an exit code: 0, 1 failure, 2 usage."""
    # However a child is started, no module of the working folder takes the place of ours, or of a library's.
    os.environ["PYTHONSAFEPATH"] = "1"
    endings.are_not_lost()
    _end_in_order()
    try:
        app(standalone_mode=True)
    except IstamiError as error:
        _fail(error)
    except StoreError as error:
        problem = of_store(error)
        why = f" ({error})" if str(error) else ""
        _fail(IstamiError(f"{problem.en}{why}", problem.ar))
    except ValidationError as error:
        if error.title != Settings.__name__:
            _fail(_unknown_form(error))
        for fault in error.errors():
            name = variable(str(fault["loc"][0])) if fault["loc"] else "ISTAMI_…"
            _tell(f"setting {name}: {fault['msg']}.", f"الإعداد {name}: قيمة غير صالحة.")
        sys.exit(2)
    except SettingsError as error:
        _tell(f"settings: {error}", "الإعدادات: قيمة غير صالحة.")
        sys.exit(2)
    except BrokenPipeError:
        # Whoever read our output has left; there is nobody to tell. Python must not try to flush again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _fail(refused(error))


def _end_in_order() -> None:
    """Have signals to end unwind: what was started is ended, what was begun is taken back."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # under nohup, SIGHUP is ignored
            signal.signal(number, _unwind)


def _unwind(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _unknown_form(error: ValidationError) -> IstamiError:
    """Something that was stored or written by another version, or is damaged."""
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"])) or error.title
    kind = error.title.lstrip("_")
    return IstamiError(
        f"A stored value ({kind}) is of an unknown form: {field}: {first['msg']}. It is damaged, or a newer "
        "version of istami wrote it.",
        f"قيمة مخزّنة ({kind}) بصيغة غير معروفة: إنها تالفة، أو كتبتها نسخة أحدث من istami.",
    )


def _fail(error: IstamiError) -> NoReturn:
    """Say why, to whoever typed the command or to the process that started this one, and end."""
    if not farewell.told(error):
        _tell(error.en, error.ar)
    sys.exit(1)


def _tell(en: str, ar: str) -> None:
    """Say what is wrong: to people in two lines, to programs that read logs in one."""
    if logs.for_programs():
        log.error("%s %s", en, ar)
        return
    errors.print(f"istami: {en}", style="red", markup=False)
    errors.print(ar, markup=False)
