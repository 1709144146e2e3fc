"""Logging configuration of every process that a command starts."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import Literal

import typer
from asgi_correlation_id import CorrelationIdFilter, correlation_id
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from service.cli import endings

log = logging.getLogger(__name__)

_FIELDS = ("levelname", "name", "process", "correlation_id", "message")
_LEFT_OUT = (*RESERVED_ATTRS, "data", "color_message")
"""Attributes that libraries add to records: Celery's ``data`` has a task's arguments, which may be a text."""
_OURS = ("service.", "cache.", "voices.")
_NAMES = {"levelname": "level", "name": "logger", "correlation_id": "request_id"}


def to_standard_error(level: int | str, form: Literal["text", "json"] = "text") -> None:
    """Log from ``level`` on, unless logging was configured already.

    Each line has the id of the request that caused it.

    Args:
        level: as ``logging`` has it.
        form: lines for people, or objects of JSON for programs.
    """
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
        root.handlers[0].addFilter(CorrelationIdFilter())
        root.handlers[0].addFilter(_plain)
    root.setLevel(level)
    root.handlers[0].setFormatter(_Text() if form == "text" else _json())
    if form == "json":
        _nothing_beside()


def for_programs() -> bool:
    """Whether log lines are JSON: then no other output is written."""
    return any(isinstance(handler.formatter, JsonFormatter) for handler in logging.getLogger().handlers)


def announce(text: str) -> None:
    """Print a message for the user of a command: on standard output, or in a JSON log."""
    if for_programs():
        log.info("%s", text.strip())
    else:
        typer.echo(text)


def _plain(record: logging.LogRecord) -> bool:
    """Log expected errors of libraries as one line too: an unavailable store, a refusal of the system.

    A traceback is for defects. The message may be several lines, which become one.
    """
    error = record.exc_info[1] if record.exc_info else None
    message = " ".join(record.getMessage().split("\n")).strip()
    # Celery wraps why a task could not be sent again (``Reject``).
    why = getattr(error, "reason", error)
    if why and not record.name.startswith(_OURS) and isinstance(why, _foreseen()):
        record.exc_info = record.exc_text = None
        message = f"{message}: {why}" if str(why) not in message else message
    record.msg, record.args = message, ()
    return True


def _foreseen() -> tuple[type[BaseException], ...]:
    """Returns the errors that are no defects. Imports late: most commands need none of these libraries."""
    from kombu.exceptions import OperationalError

    from cache.errors import StoreError
    from cache.faults import REDIS_ERRORS
    from service.model.errors import IstamiError

    return (OSError, OperationalError, StoreError, IstamiError, *REDIS_ERRORS)


def _json() -> logging.Formatter:
    return JsonFormatter(
        _FIELDS, rename_fields=_NAMES, timestamp=True, reserved_attrs=_LEFT_OUT, json_ensure_ascii=False
    )


def _nothing_beside() -> None:
    """Log warnings, and exceptions that end a thread or the process, instead of printing them."""
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    endings.are_not_lost(lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback))


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, SystemExit | KeyboardInterrupt):
        return
    log.critical("uncaught %s", kind.__name__, exc_info=(kind, error or kind(), trace))


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """The line, and the id of its request."""
        request = correlation_id.get()
        line = super().formatMessage(record)
        return f"{line} [{request}]" if request else line
