"""The commands. Each is imported only when it is run: ``--help`` and ``--version`` load no library."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from service.cli import memory


class Place(NamedTuple):
    """Where a command is defined, and its line in the list of commands."""

    module: str
    attribute: str
    help: str


COMMANDS: Mapping[str, Place] = {
    "serve": Place("serve", "serve", "Serve pages and the API."),
    "worker": Place("worker", "worker", "Run a synthesis worker for a service elsewhere."),
    "speak": Place("speak", "speak", "Synthesise an article to an MP3 file."),
    "explain": Place("speak", "explain", "Show how an article will be read, sentence by sentence."),
    "batch": Place("batch", "batch", "Synthesise many articles: a day's news, a site, an archive."),
    "doctor": Place("doctor", "doctor", "Check this machine and suggest a fix for each problem."),
    "purge": Place("purge", "purge", "Delete recordings from Redis and nginx's cache."),
    "voices": Place(
        "voices", "app", "Voices: list, show, install, check, remove, sample, add, compare, judge, record."
    ),
    "lexicon": Place("lexicon", "app", "Pronunciations: list, add, remove, import, export."),
    "sites": Place("sites", "app", "Sites whose pages may be fetched: list, add, remove."),
    "keys": Place("keys", "app", "API keys: create, list, revoke."),
    "webhooks": Place("webhooks", "app", "Webhooks: servers that receive an event when an article is ready."),
}


class Commands(TyperGroup):
    """The group of all commands. It lists them without importing them."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, place in COMMANDS.items():
            self.add_command(TyperCommand(name=name, help=place.help))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that was typed, imported, and its own arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, load(name) if name else command, rest


def load(name: str) -> Any:
    """Import a command. Returns it in Typer's form."""
    place = COMMANDS[name]
    with memory.without_collection():
        found = getattr(import_module(f"service.cli.{place.module}"), place.attribute)
    around = typer.Typer(add_completion=False, rich_markup_mode="markdown")
    around.callback()(lambda: None)
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name)(found)
    return typer.main.get_command(around).commands[name]  # type: ignore[attr-defined]  # it is a group
