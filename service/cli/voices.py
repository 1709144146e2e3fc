"""``istami voices``: list voices and their licences, install, check and remove them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.audio.frames import Format
from service.audio.mp3 import Wrapping
from service.audio.tag import Tag
from service.cli import paid
from service.cli.comparing import compare
from service.cli.connect import connect
from service.cli.judging import judge, judged, lines, table, verdict
from service.cli.output import Json, print_json
from service.cli.progress import bars
from service.cli.recording import record
from service.config.settings import Settings
from service.engines import parts
from service.engines.engine import Surroundings
from service.engines.registry import coverage
from service.model.errors import EngineError, IstamiError, MissingPart, UnknownVoice
from service.model.recording import Tags
from service.server.container import Container
from service.util.files import whole
from voices import added, calibration, installer, package
from voices import licence as licences
from voices.card import VoiceCard
from voices.catalogue import Catalogue
from voices.errors import InstallFailed, NoSuchVoice, VoiceError
from voices.licence import CommercialUse, Evidence

if TYPE_CHECKING:
    from service.cli.audition import Audition

app = typer.Typer(
    no_args_is_help=True,
    help="Voices: list, show, install, add, connect, record, check, sample, compare, judge, export, remove.",
)

_SAMPLE_KBPS = 64
_COLUMNS = 80
_USES = {
    CommercialUse.YES: "yes",
    CommercialUse.NO: "NO: its licence forbids it",
    CommercialUse.UNKNOWN: "UNKNOWN: no licence that allows it was found; ask its authors",
}
Voice = Annotated[str, typer.Argument(metavar="VOICE", help="A voice's id; see `istami voices list`.")]


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List all voices: whether each is installed, fit for air, and whether commercial use is allowed.

    In the column air, `-` is a voice that was not judged: see `istami voices judge`.
    """
    catalogue = _catalogue()
    if as_json:
        print_json([_told(catalogue, card) for card in catalogue.list()])
        return
    rows = [("id", "commercial", "air", "here", "lang", "engine", "name")]
    for card in catalogue.list():
        fit = verdict(card, judged(catalogue, card))
        facts = (card.commercial_use, fit, _here(catalogue, card), card.language, card.engine, card.name.en)
        rows.append((card.id, *facts))
    for line in _table(rows):
        typer.echo(line)


@app.command()
def show(voice: Voice, *, as_json: Json = False) -> None:
    """Show all details of one voice."""
    catalogue, card = _voice(voice)
    if as_json:
        print_json(_told(catalogue, card) | {"months": paid.months(Settings(), card)})
        return
    told = {
        "id": card.id,
        "name": f"{card.name.en} · {card.name.ar}",
        "commercial use": _USES[card.commercial_use],
        "engine": card.engine,
        "speaks": f"{card.language}, {card.dialect}, {card.gender}",
        "sample rate": f"{card.sample_rate} Hz",
        "licence": card.licence,
        "data licence": card.data_licence or "not stated",
        "evidence": card.evidence or "none: its card does not tell",
        "consent": _consent(card),
        "attribution": card.attribution,
        "homepage": card.homepage or "-",
        "real-time factor": "not measured" if card.measured_rtf is None else f"{card.measured_rtf:g}",
        "gain": "not measured" if card.gain_db is None else f"{card.gain_db:+.1f} dB",
        "installed": _here(catalogue, card, f": {card.install_command}"),
        "fingerprint": catalogue.fingerprint(card),
        **lines(card, judged(catalogue, card)),
    } | paid.facts(Settings(), card)
    for name, value in told.items():
        typer.echo(f"{name + ':':18}{value}")
    for name, value in _covered(catalogue, card):
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
        bool,
        typer.Option(
            "--accept-licence",
            help="Install a voice whose commercial use is forbidden (no) or in doubt (unknown).",
        ),
    ] = False,
) -> None:
    """Download a voice, verify it, let it speak to measure it, and put it in place.

    A voice that cannot speak is not installed. To repair a voice, install it once more: files that are right
    are not fetched again.
    """
    catalogue = _catalogue()
    with _translated():
        card = _chosen(catalogue, voice, source)
    if not card.files and card.remote is None:
        typer.echo(f"{card.id} comes with istami.")
        return
    if (card.measured_rtf or 0) > 1:
        typer.echo(
            f"{card.id} is slower than speech on a CPU: about {card.measured_rtf:.3g} s of work per second. "
            "Its audition takes minutes; on air it needs a GPU, or articles that are synthesised ahead.",
            err=True,
        )
    with _translated():
        installer.permit(card, accept_licence=accept_licence)
    if card.remote is not None:
        calibration.write_calibration(catalogue.folder(card), paid.audition(Settings(), card).calibration)
        _tell_installed(card.id)
        return
    by_hand = nullcontext() if source else _files_named(card)
    with by_hand, _put_off(card.id, card.install_command), _translated():
        if source is None:
            _check_before_download(catalogue, card)
        with bars() as shown:
            hear = _audition(card, shown.say)
            installer.install(
                catalogue,
                card,
                shown.progress,
                hear=hear,
                source=source,
                accept_licence=accept_licence,
                say=shown.say,
            )
    _tell_installed(card.id)


@app.command()
def export(
    voice: Voice, output: Annotated[Path, typer.Option("--output", "-o", help="The tar file to write.")]
) -> None:
    """Write an installed voice to an archive, for `istami voices install VOICE --from FILE` elsewhere.

    A Coqui VITS is written without its checkpoint: the other machine needs neither torch nor Coqui TTS. The
    loudness that was measured here goes along, so that both machines agree on every recording. The licence
    holds there as well.
    """
    catalogue, card = _voice(voice)
    paths = installer.check(catalogue, card)
    if not card.files or paths or not card.calibrated:
        found = _verdict(card, paths) if card.files else "it comes with istami"
        raise IstamiError(
            f"{card.id} cannot be exported: {found}.",
            f"تعذّر تصدير الصوت {card.id}. للسبب: istami voices check {card.id}.",
        )
    with whole(output) as file:
        package.pack(catalogue, card, file)
    typer.echo(f"{output}: {output.stat().st_size / 1e6:.1f} MB. {card.licence}; credit: {card.attribution}")


@app.command()
def check(
    voice: Annotated[
        str | None, typer.Argument(metavar="[VOICE]", help="Default: all installed voices.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Verify installed voices; exits with 1 if a file differs from what was installed, or a gain is missing.

    What repairs a voice is `istami voices install VOICE`.
    """
    catalogue = _catalogue()
    cards = (
        [_voice(voice)[1]]
        if voice
        else [card for card in catalogue.list() if catalogue.folder(card).is_dir()]
    )
    found = [(card, installer.check(catalogue, card)) for card in cards]
    if as_json:
        print_json([{"id": card.id, "wrong": paths, "calibrated": card.calibrated} for card, paths in found])
    else:
        for card, paths in found:
            typer.echo(f"{card.id}: {_verdict(card, paths)}")
    if any(paths or not card.calibrated for card, paths in found):
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
    engine: Annotated[
        str, typer.Argument(help="coqui, kokoro, magpie, piper, or one from an installed package.")
    ],
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder with its files.")],
    *,
    name_ar: Annotated[str, typer.Option(help="Its name in Arabic.")],
    name_en: Annotated[str, typer.Option(help="Its name in English.")],
    licence: Annotated[str, typer.Option(help="SPDX expression, or plain words.")],
    attribution: Annotated[str, typer.Option(help="Credit to the voice's owner.")],
    commercial_use: Annotated[
        bool | None,
        typer.Option(
            "--commercial-use/--no-commercial-use",
            help="Whether a site that earns money may use it; left out: unknown.",
        ),
    ] = None,
    data_licence: Annotated[str, typer.Option(help="Licence of the recordings behind it.")] = "",
    evidence: Annotated[
        str, typer.Option(help="What the licence was read in, for example a contract and its date.")
    ] = "",
    consent: Annotated[
        Path | None, typer.Option(help="Folder of `istami voices record`, with its reader's consent.")
    ] = None,
    language: Annotated[str, typer.Option(help="Its language: ar, en, fr (BCP 47).")] = "ar",
    option: Annotated[
        list[str] | None, typer.Option(help="KEY=VALUE for the engine; may be repeated.")
    ] = None,
) -> None:
    """Add a voice of your own: its files are copied to the data folder, and it speaks once to be measured.

    A voice that cannot speak is not added.
    """
    about = added.Description(
        voice,
        name_ar,
        name_en,
        licence,
        attribution,
        CommercialUse.UNKNOWN if commercial_use is None else licences.commercial_use(commercial_use),
        data_licence=data_licence,
        evidence=Evidence(evidence, "istami voices add", datetime.now(UTC).date()) if evidence else None,
        consent=_agreed(consent) if consent else None,
        language=language,
        options=_options(engine, option or ()),
    )
    with _put_off(voice), _translated(), bars() as shown:
        folders = Settings().data_dir / "voices"
        added.add(folders, engine, folder, about, hear=lambda card: _audition(card, shown.say))
    _tell_installed(voice)


app.command()(connect)


app.command()(compare)
app.command()(judge)
app.command()(record)


def _told(catalogue: Catalogue, card: VoiceCard) -> dict[str, Any]:
    """A voice as JSON: its card, whether it is installed, its fingerprint and its judgement."""
    return asdict(card) | {
        "installed": catalogue.installed(card),
        "calibrated": card.calibrated,
        "fingerprint": catalogue.fingerprint(card),
        "judgement": table(card, judged(catalogue, card)),
    }


def _catalogue() -> Catalogue:
    with _translated():
        return Container(Settings()).catalogue


def _voice(id_: str) -> tuple[Catalogue, VoiceCard]:
    catalogue = _catalogue()
    with _translated():
        return catalogue, catalogue.get(id_)


def _chosen(catalogue: Catalogue, id_: str, source: Path | None) -> VoiceCard:
    """The card of a voice; of one that is not known, the card in the archive that has it.

    Raises:
        NoSuchVoice: neither has it.
    """
    try:
        return catalogue.get(id_)
    except NoSuchVoice:
        found = package.packed_card(source, id_) if source else None
        if found is None:
            raise
        return found


def _heard(catalogue: Catalogue, card: VoiceCard) -> Audition:
    from service.cli.audition import hear

    if card.remote is not None:
        return paid.audition(Settings(), card)
    return hear(card, catalogue.folder(card), Settings().threads)


def _audition(card: VoiceCard, tell: Callable[[str], None]) -> calibration.Audition:
    """Measures a voice: it is loaded (a Coqui one is also exported), and speaks."""
    from service.cli.audition import measured

    def hear(folder: Path) -> calibration.Calibration:
        return measured(card, folder, Settings().threads, tell).calibration

    return hear


def _check_before_download(catalogue: Catalogue, card: VoiceCard) -> None:
    """Check what the audition needs: nothing is downloaded for a voice that could not be heard.

    Raises:
        MissingPart, EngineError: its engine is not installed, or no ffmpeg that measures.
    """
    from service.audio import trial

    parts.check(card, Surroundings(catalogue.folder(card)))
    trial.measures()


def _tell_installed(id_: str) -> None:
    card = _voice(id_)[1]
    heard = f"gain {card.gain:+.1f} dB, real-time factor {card.measured_rtf:.3g}"
    typer.echo(f"{card.id} is installed: {heard}.")
    for name, value in _covered(_catalogue(), card):
        typer.echo(f"{name + ':':18}{value}")
    if card.unverified:
        typer.echo("Its hashes were unknown; they are recorded, and verified from now on.")


def _agreed(folder: Path) -> licences.Consent:
    """The consent of the reader who was recorded in a folder.

    Raises:
        IstamiError: there is none, or it was changed.
    """
    from service.studio import consent

    agreed = consent.read(folder)
    if agreed is None:
        raise IstamiError(f"There is no consent in {folder}.", f"لا توجد موافقة في {folder}.")
    return licences.Consent(agreed.reader, agreed.signed.date(), agreed.purpose, agreed.until)


def _options(engine: str, pairs: Sequence[str]) -> dict[str, str]:
    """Options of a card.

    Raises:
        typer.BadParameter: one is not KEY=VALUE, or the engine has no such option.
    """
    known = parts.ENGINES[engine].options if engine in parts.ENGINES else None
    options = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise typer.BadParameter(f"{pair!r} is not KEY=VALUE.", param_hint="--option")
        if known is not None and key not in known:
            raise typer.BadParameter(
                f"{engine} has no option {key!r}; it has {', '.join(sorted(known)) or 'none'}.",
                param_hint="--option",
            )
        options[key] = value
    return options


def _here(catalogue: Catalogue, card: VoiceCard, cure: str = "") -> str:
    """Whether a voice is on this machine and may go on air; what cures that is appended if it may not."""
    if not catalogue.installed(card):
        return f"no{cure}"
    return "yes" if card.calibrated else f"not calibrated{cure}"


def _verdict(card: VoiceCard, paths: Sequence[str]) -> str:
    """What was found of a voice's files and of its calibration."""
    wrong = [f"missing or changed: {', '.join(paths)}"] if paths else []
    if not card.calibrated:
        wrong.append("not calibrated: its loudness was never measured")
    return f"{'; '.join(wrong)}. Fix: {card.install_command}" if wrong else "fine"


@contextmanager
def _files_named(card: VoiceCard) -> Generator[None]:
    """Name the files to bring to a machine without a network, if they cannot be downloaded."""
    try:
        yield
    except IstamiError as error:
        needed = [file for file in card.files if file.url]
        if needed and isinstance(error.__cause__, InstallFailed):
            command = f"{card.install_command} --from FOLDER"
            typer.echo(f"Without a network, bring these files in one folder: {command}", err=True)
            for file in needed:
                typer.echo(f"  {file.path.rpartition('/')[2]}  {file.url}", err=True)
        raise


@contextmanager
def _put_off(id_: str, again: str = "") -> Generator[None]:
    """Report that nothing was installed, and what to do next, when a voice cannot be heard."""
    try:
        yield
    except (EngineError, MissingPart) as error:
        en, ar = (f" Then: {again}", f" ثم: {again}") if again else ("", "")
        raise type(error)(
            f"{id_} was not installed, because it could not be heard: {error.en.rstrip('.')}.{en}",
            f"لم يُثبَّت الصوت {id_} لتعذّر سماعه: {error.ar.rstrip('.')}.{ar}",
        ) from error


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Lines of equal columns; the last column is cut so that a line fits a terminal of 80."""
    *widths, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    for row in rows:
        line = "  ".join(f"{value:{width}}" for value, width in zip(row, widths, strict=False))
        room = _COLUMNS - len(line) - 2
        name = row[-1] if len(row[-1]) <= room else f"{row[-1][: room - 1]}…"
        yield f"{line}  {name}".rstrip()


def _consent(card: VoiceCard) -> str:
    agreed = card.consent
    if agreed is None:
        return "-"
    until = "until withdrawn" if agreed.until is None else f"until {agreed.until}"
    return f"{agreed.who}, {agreed.on}, {until}: {agreed.purpose}"


def _covered(catalogue: Catalogue, card: VoiceCard) -> list[tuple[str, str]]:
    """Which letters and sounds the voice can say, in lines of a name and a value."""
    try:
        told = coverage(card, Surroundings(catalogue.folder(card)))
    except IstamiError:
        return [("letters", "not known before the voice and its engine are installed")]
    if told is None:
        return [("letters", "its engine does not tell")]
    every = len(told.known) + len(told.instead) + len(told.lacks)
    lines = [("letters", f"{round(100 * told.share)} % ({len(told.known) + len(told.instead)} of {every})")]
    spelt = ", ".join(f"{sign} → {other}" for sign, other in told.instead.items() if other)
    unsaid = " ".join(f"◌{sign}" for sign, other in told.instead.items() if not other)
    named = (("said by another", spelt), ("left out", unsaid), ("not said", " ".join(told.lacks)))
    return lines + [(name, value) for name, value in named if value]


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except NoSuchVoice as error:
        raise UnknownVoice(error.en, error.ar, field="voice") from error
    except VoiceError as error:
        raise IstamiError(error.en, error.ar) from error
