"""Reports errors of a command, in English and in Arabic."""

from __future__ import annotations

import logging
import os
import sys

from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console

from cache.errors import StoreError
from service.cli import logs
from service.config.settings import Settings, variable
from service.model.errors import IstamiError
from service.util import farewell
from service.util.os_errors import refused

log = logging.getLogger(__name__)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def shown(error: Exception) -> int | None:
    """Report an error. Returns the exit code: 1 failure, 2 usage; ``None`` for a defect of ours."""
    match error:
        case IstamiError():
            return _failed(error)
        case StoreError():
            from service.api.problems import of_store

            problem = of_store(error)
            why = f" ({error})" if str(error) else ""
            return _failed(IstamiError(f"{problem.en}{why}", problem.ar))
        case ValidationError() if error.title != Settings.__name__:
            return _failed(_unknown_form(error))
        case ValidationError():
            for fault in error.errors():
                name = variable(str(fault["loc"][0])) if fault["loc"] else "ISTAMI_…"
                _tell(f"setting {name}: {fault['msg']}.", f"الإعداد {name}: قيمة غير صالحة.")
            return 2
        case SettingsError():
            _tell(f"settings: {error}", "الإعدادات: قيمة غير صالحة.")
            return 2
        case BrokenPipeError():
            # The reader of our output has left, so nothing is reported. Python must not try to flush again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        case OSError():
            return _failed(refused(error))
    return None


def let_go_of_output() -> None:
    """Give up standard output that takes no more: Python flushes it again at its end, for a status of 120."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unknown_form(error: ValidationError) -> IstamiError:
    """Data that another version has stored or written, or that is damaged."""
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"])) or error.title
    kind = error.title.lstrip("_")
    return IstamiError(
        f"A stored value ({kind}) is of an unknown form: {field}: {first['msg']}. It is damaged, or a newer "
        "version of istami wrote it.",
        f"قيمة مخزّنة ({kind}) بصيغة غير معروفة: إنها تالفة، أو كتبتها نسخة أحدث من istami.",
    )


def _failed(error: IstamiError) -> int:
    """Report a failure to the process that started this one, or else on standard error."""
    if not farewell.told(error):
        _tell(error.en, error.ar)
    return 1


def _tell(en: str, ar: str) -> None:
    """Print an error: two lines for people, one log line for programs."""
    if logs.for_programs():
        log.error("%s %s", en, ar)
        return
    errors.print(f"istami: {en}", style="red", markup=False)
    errors.print(ar, markup=False)
