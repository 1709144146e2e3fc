"""The commands, each imported when it is typed: ``--help`` and ``--version`` wait for no library."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from service.cli import memory


class Place(NamedTuple):
    """Where a command is defined, and its line in the list of all."""

    module: str
    attribute: str
    help: str


COMMANDS: Mapping[str, Place] = {
    "serve": Place("serve", "serve", "Serve pages and the API."),
    "worker": Place("worker", "worker", "Run a worker that speaks for a service elsewhere."),
    "speak": Place("speak", "speak", "Read an article aloud into an MP3."),
    "explain": Place("speak", "explain", "Show how an article will be read, sentence by sentence."),
    "batch": Place("batch", "batch", "Read many articles aloud: a day's news, a site, an archive."),
    "doctor": Place("doctor", "doctor", "Check this machine, and say how to mend what is wrong."),
    "purge": Place("purge", "purge", "Take recordings off the air."),
    "voices": Place("voices", "app", "Voices: list, show, install, check, remove, sample, add."),
    "lexicon": Place("lexicon", "app", "How words are read: list, add, remove, import, export."),
    "sites": Place("sites", "app", "Sites whose pages may be fetched: list, add, remove."),
    "keys": Place("keys", "app", "API keys: who may have articles read aloud."),
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
