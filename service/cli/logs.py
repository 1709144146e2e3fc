"""How log lines look, in every process that a command starts."""

from __future__ import annotations

import logging
from typing import Literal

from asgi_correlation_id import CorrelationIdFilter, correlation_id
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

_FIELDS = ("levelname", "name", "process", "correlation_id", "message")
_LEFT_OUT = (*RESERVED_ATTRS, "data", "color_message")
"""What libraries hang on to records: Celery's ``data`` has a task's arguments, which may be a text."""
_NAMES = {"levelname": "level", "name": "logger", "correlation_id": "request_id"}


def to_standard_error(level: int | str, form: Literal["text", "json"] = "text") -> None:
    """Log from ``level`` on, unless something else was set up already.

    Each line tells the request that it goes back to.

    Args:
        level: as ``logging`` has it.
        form: lines for people, or objects of JSON for programs.
    """
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
        root.handlers[0].addFilter(CorrelationIdFilter())
    root.setLevel(level)
    root.handlers[0].setFormatter(_Text() if form == "text" else _json())


def _json() -> logging.Formatter:
    return JsonFormatter(_FIELDS, rename_fields=_NAMES, timestamp=True, reserved_attrs=_LEFT_OUT)


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """The line, and the request that it goes back to."""
        request = correlation_id.get()
        line = super().formatMessage(record)
        return f"{line} [{request}]" if request else line
