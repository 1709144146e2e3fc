"""What a command prints for programs."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="For programs: one JSON document.")]


def print_json(value: Any) -> None:
    """Print a value as one line of JSON; what JSON does not know is printed as text."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))
