"""``istami voices``: list voices and their licences, install, check and remove them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from service.audio.frames import Format
from service.audio.mp3 import Wrapping
from service.audio.tag import Tag
from service.cli.output import Json, print_json
from service.cli.progress import bars
from service.config.settings import Settings
from service.model.errors import IstamiError, UnknownVoice
from service.model.recording import Tags
from service.server.container import Container
from service.util.files import whole
from voices import added, installer
from voices.calibration import write_calibration
from voices.card import VoiceCard
from voices.catalogue import Catalogue
from voices.errors import NoSuchVoice, VoiceError

if TYPE_CHECKING:
    from service.cli.audition import Audition

app = typer.Typer(no_args_is_help=True, help="Voices: list, show, install, check, remove, sample, add.")

_SAMPLE_KBPS = 64
Voice = Annotated[str, typer.Argument(metavar="VOICE", help="A voice's id; see `istami voices list`.")]


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List all voices: whether each is installed, and whether commercial use is allowed."""
    catalogue = _catalogue()
    if as_json:
        print_json([_told(catalogue, card) for card in catalogue.list()])
        return
    columns = (Column("id", no_wrap=True), "name", "engine", "Hz", "commercial use", "here")
    table = Table(*columns, box=None, header_style="bold")
    for card in catalogue.list():
        names = f"{card.name.en} · {card.name.ar}"
        here = "yes" if catalogue.installed(card) else "no"
        earns = "yes" if card.commercial_use else "no"
        table.add_row(card.id, names, card.engine, str(card.sample_rate), earns, here)
    Console(soft_wrap=True).print(table)


@app.command()
def show(voice: Voice, *, as_json: Json = False) -> None:
    """Show all details of one voice."""
    catalogue, card = _voice(voice)
    if as_json:
        print_json(_told(catalogue, card))
        return
    lines = {
        "id": card.id,
        "name": f"{card.name.en} · {card.name.ar}",
        "engine": card.engine,
        "speaks": f"{card.language}, {card.dialect}, {card.gender}",
        "sample rate": f"{card.sample_rate} Hz",
        "licence": card.licence,
        "commercial use": "yes" if card.commercial_use else "NO",
        "attribution": card.attribution,
        "homepage": card.homepage or "-",
        "real-time factor": "not measured" if card.measured_rtf is None else f"{card.measured_rtf:g}",
        "gain": f"{card.gain_db:+.1f} dB",
        "installed": "yes" if catalogue.installed(card) else f"no: istami voices install {card.id}",
        "fingerprint": catalogue.fingerprint(card),
    }
    for name, value in lines.items():
        typer.echo(f"{name + ':':18}{value}")
    for file in card.files:
        size = f"{file.size / 1e6:.1f} MB, " if file.size else ""
        typer.echo(f"{'file:':18}{file.path} ({size}{file.sha256 or 'hash recorded at first install'})")
        if file.system:
            typer.echo(f"{'comes from:':18}{file.system} (apt-get install {file.package})")


@app.command()
def install(
    voice: Voice,
    source: Annotated[
        Path | None, typer.Option("--from", exists=True, help="A folder or an archive with the files.")
    ] = None,
    *,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept a licence that forbids commercial use.")
    ] = False,
) -> None:
    """Download a voice, verify it, install it, and synthesise once to measure it."""
    catalogue, card = _voice(voice)
    with _translated(), bars() as progress:
        installer.install(catalogue, card, progress, source=source, accept_licence=accept_licence)
    _measure(catalogue, card)


@app.command()
def check(
    voice: Annotated[
        str | None, typer.Argument(metavar="[VOICE]", help="Default: all installed voices.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Verify the files of installed voices; exits with 1 if one differs from what was installed."""
    catalogue = _catalogue()
    cards = (
        [_voice(voice)[1]]
        if voice
        else [card for card in catalogue.list() if catalogue.folder(card).is_dir()]
    )
    wrong = {card.id: installer.check(catalogue, card) for card in cards}
    if as_json:
        print_json([{"id": id_, "wrong": paths} for id_, paths in wrong.items()])
    else:
        for id_, paths in wrong.items():
            typer.echo(f"{id_}: {'missing or changed: ' + ', '.join(paths) if paths else 'fine'}")
    if any(wrong.values()):
        raise typer.Exit(1)


@app.command()
def remove(voice: Voice) -> None:
    """Delete a voice's files."""
    catalogue, card = _voice(voice)
    with _translated():
        installer.remove(catalogue, card)


@app.command()
def sample(
    voice: Voice, output: Annotated[Path, typer.Option("--output", "-o", help="MP3 file to write.")]
) -> None:
    """Synthesise a few sentences with a voice to an MP3 file."""
    from service.audio.join import stretched

    catalogue, card = _voice(voice)
    heard = _heard(catalogue, card)
    layout = Format(card.sample_rate, _SAMPLE_KBPS)
    stretch = stretched(heard.clip, heard.calibration.gain_db, layout)
    with whole(output) as file:
        file.write(Wrapping(layout, Tag(Tags(title=card.name.ar))).around(stretch.mp3, stretch.samples))
    typer.echo(f"{output}: {heard.clip.duration:.1f} s, {heard.measured}", err=True)


@app.command()
def add(  # noqa: PLR0913  # each is one line of the card
    voice: Annotated[str, typer.Argument(metavar="ID", help="Id for the new voice.")],
    engine: Annotated[str, typer.Argument(help="coqui, piper, or an engine from an installed package.")],
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder with its files.")],
    *,
    name_ar: Annotated[str, typer.Option(help="Its name in Arabic.")],
    name_en: Annotated[str, typer.Option(help="Its name in English.")],
    licence: Annotated[str, typer.Option(help="SPDX expression, or plain words.")],
    attribution: Annotated[str, typer.Option(help="Credit to the voice's owner.")],
    commercial_use: Annotated[bool, typer.Option("--commercial-use/--no-commercial-use")],
    language: Annotated[str, typer.Option(help="Its language: ar, en, fr (BCP 47).")] = "ar",
    option: Annotated[
        list[str] | None, typer.Option(help="KEY=VALUE for the engine; may be repeated.")
    ] = None,
) -> None:
    """Add a voice of your own: its files are copied to the data folder."""
    options = dict(pair.split("=", 1) for pair in option or () if "=" in pair)
    about = added.Description(
        voice, name_ar, name_en, licence, attribution, commercial_use, language=language, options=options
    )
    with _translated():
        card = added.add(Settings().data_dir / "voices", engine, folder, about)
    _measure(_catalogue(), card)


def _told(catalogue: Catalogue, card: VoiceCard) -> dict[str, Any]:
    """A voice as JSON: its card, whether it is installed, and its fingerprint."""
    return asdict(card) | {
        "installed": catalogue.installed(card),
        "fingerprint": catalogue.fingerprint(card),
    }


def _catalogue() -> Catalogue:
    with _translated():
        return Container(Settings()).catalogue


def _voice(id_: str) -> tuple[Catalogue, VoiceCard]:
    catalogue = _catalogue()
    with _translated():
        return catalogue, catalogue.get(id_)


def _heard(catalogue: Catalogue, card: VoiceCard) -> Audition:
    from service.cli.audition import hear

    return hear(catalogue, card, Settings().threads)


def _measure(catalogue: Catalogue, card: VoiceCard) -> None:
    """Load the voice (a Coqui one is also exported), and store its loudness and speed beside its files."""
    if not card.files:
        typer.echo(f"{card.id} comes with istami.")
        return
    heard = _heard(catalogue, card)
    write_calibration(catalogue.folder(card), heard.calibration)
    typer.echo(f"{card.id} is installed: {heard.measured}.")
    if card.unverified:
        typer.echo("Its hashes were unknown; they are recorded, and verified from now on.")


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except NoSuchVoice as error:
        raise UnknownVoice(error.en, error.ar, field="voice") from error
    except VoiceError as error:
        raise IstamiError(error.en, error.ar) from error
