"""``istami lexicon``: the publisher's pronunciations."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from service.cli.output import Json, print_json
from service.config.lexicons import Lexicons
from service.config.settings import Settings
from service.model.errors import BadLexicon
from service.server.container import Container
from service.text.lexicon import pls
from service.text.lexicon.entries import Entry, Place, checked, render
from service.text.lexicon.lexicon import Lexicon
from service.util.files import whole

Site = Annotated[str | None, typer.Option(help="Host name of one site; by default the words apply to all.")]

app = typer.Typer(
    help="Pronunciations: list, add, remove, import, export. A change applies to articles submitted after "
    "it; only the sentences that it affects are synthesised again.",
    no_args_is_help=True,
)


def _lexicons() -> Lexicons:
    return Container(Settings()).lexicons


@app.command("list")
def show(
    *,
    site: Site = None,
    shipped: Annotated[
        bool, typer.Option("--shipped", help="Include the words shipped with istami.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print the words in the format of lexicon.tsv."""
    own = _lexicons().own(site)
    entries = (Lexicon.shipped() | own if shipped else own).entries
    if as_json:
        print_json([asdict(entry) for entry in entries])
        return
    for line in render(entries):
        typer.echo(line)


@app.command()
def add(
    grapheme: Annotated[str, typer.Argument(help="The word as written in articles.")],
    reading: Annotated[str, typer.Argument(help="Its pronunciation: vowelled Arabic, or other words.")] = "",
    ipa: Annotated[str, typer.Option(help="Its phones, where no spelling expresses them.")] = "",
    note: Annotated[str, typer.Option(help="A comment for readers of the list.")] = "",
    site: Site = None,
) -> None:
    """Set a word's pronunciation:  istami lexicon add "كسيكس" "كْسِيكْس"."""
    entry = checked(Entry(grapheme, reading, ipa, note=note), Place("lexicon add", 1))
    path = _lexicons().change(site, lambda own: own | Lexicon((entry,)))
    typer.echo(f"{path}: {grapheme} → {reading or ipa}", err=True)


@app.command()
def remove(
    grapheme: Annotated[str, typer.Argument(help="The word as written in the list.")], site: Site = None
) -> None:
    """Remove a word."""

    def without(own: Lexicon) -> Lexicon:
        kept = tuple(entry for entry in own.entries if entry.grapheme != grapheme)
        if len(kept) == len(own.entries):
            raise BadLexicon(f"“{grapheme}” is not in the list.", f"«{grapheme}» ليس في القائمة.")
        return Lexicon(kept)

    _lexicons().change(site, without)


@app.command("import")
def take(
    files: Annotated[list[Path], typer.Argument(exists=True, help="lexicon.tsv, or W3C PLS (.pls, .xml).")],
    site: Site = None,
) -> None:
    """Import words from files; they override those in the list."""
    read = Lexicon.load(files)
    path = _lexicons().change(site, lambda own: own | read)
    typer.echo(f"{path}: {len(read.entries)} words read", err=True)


@app.command()
def export(
    output: Annotated[Path, typer.Option("--output", "-o", help=".pls for W3C PLS, .tsv for lexicon.tsv.")],
    site: Site = None,
) -> None:
    """Export the list to a file."""
    entries = _lexicons().own(site).entries
    if output.suffix.lower() in {".pls", ".xml"}:
        content = pls.render(entries)
    else:
        content = "".join(f"{line}\n" for line in render(entries)).encode()
    with whole(output) as file:
        file.write(content)
    typer.echo(f"{output}: {len(entries)} words", err=True)
