"""JSON output of commands, for programs."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")]


def print_json(value: Any) -> None:
    """Print a value as one line of JSON; types unknown to JSON are printed as text."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))
