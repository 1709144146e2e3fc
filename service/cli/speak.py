"""``istami speak`` and ``istami explain``: the whole path on this machine, with no service running."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cache.errors import StoreError
from service.api.schemas.explain import explained
from service.cli import local_workers, sources
from service.cli import uncertain as unsure
from service.config.settings import Settings
from service.model.errors import EngineError, Unavailable
from service.model.reading import CaseEndings, SpokenText, Utterance
from service.model.recording import State
from service.recordings import plan, validation
from service.recordings.plan import Utter
from service.server import lawful_voices, voice_profile
from service.server.container import Container, redis_address
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.utterance import explain_all
from service.util.files import whole

_POLL_SECONDS = 0.1

Ssml = Annotated[bool, typer.Option("--ssml", help="Read the input as SSML, whatever its name.")]
IgnoreUnknown = Annotated[
    bool, typer.Option("--ignore-unknown", help="Ignore unsupported SSML elements and read their text.")
]
Site = Annotated[str | None, typer.Option(help="Host name of the site whose lexicon to use.")]


def speak(  # noqa: PLR0913, PLR0917  # each is an option
    source: sources.Source,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="MP3 file to write; by default beside FILE, or here."),
    ] = None,
    voice: Annotated[str | None, typer.Option(help="A voice's id; see `istami voices list`.")] = None,
    speed: Annotated[
        float | None, typer.Option(min=0.5, max=2.0, help="Speaking rate; 1.0 is the voice's own.")
    ] = None,
    case_endings: sources.CaseEndingsOption = None,
    locale: sources.LocaleOption = None,
    title: Annotated[str | None, typer.Option(help="Title, read before the text.")] = None,
    site: Site = None,
    *,
    ssml: Ssml = False,
    ignore_unknown: IgnoreUnknown = False,
) -> None:
    """Synthesise an article to an MP3 file.

    Finished sentences are stored: after an interruption, the same command continues where it stopped.
    """
    target = output or sources.beside(source)
    options = {"voice": voice, "speed": speed, "case_endings": case_endings, "locale": locale}
    options |= {"title": title, "site": site, "ssml_unknown": _unknown(ignore=ignore_unknown)}
    request = sources.request(source, ssml=ssml, **options)
    settings = Settings()
    with redis_address(settings) as url:
        # The same planner and synthesis as in the service, connected without a queue.
        parts = Container(settings, url, local_workers.unsent)
        article_service = parts.article_service
        planned = article_service.submit(replace(request, announced=False))
        told = partial(parts.playback.state, planned.key)
        with _progress(told):
            state = local_workers.make(settings, url, planned.key, told)
        mp3 = parts.repository.audio(planned.key)
    if state.failure:
        raise EngineError(state.failure.en, state.failure.ar)
    if mp3 is None:
        raise Unavailable("Redis has evicted the recording already.", "أزاح Redis التسجيل قبل حفظه.")
    _write(target, mp3)
    typer.echo(f"{target}: {_clock(state.duration or 0)}, {len(mp3) / 1e6:.1f} MB, {planned.voice}", err=True)


def explain(  # noqa: PLR0913  # options of a command
    source: sources.Source,
    site: Site = None,
    case_endings: sources.CaseEndingsOption = None,
    locale: sources.LocaleOption = None,
    *,
    uncertain: Annotated[
        bool,
        typer.Option(
            "--uncertain", help="Only the words to look at: unsure vowels, unknown names, Latin, homographs."
        ),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="One JSON document: a list with one object per sentence; with --uncertain, one object.",
        ),
    ] = False,
    ssml: Ssml = False,
    ignore_unknown: IgnoreUnknown = False,
) -> None:
    """Show how an article will be read: each sentence as spoken, diacritised, and in phonemes (IPA)."""
    parts = Container(Settings())
    intake = parts.intake
    unknown = _unknown(ignore=ignore_unknown)
    options = {"case_endings": case_endings, "locale": locale, "site": site}
    request = intake.completed(sources.request(source, ssml=ssml, ssml_unknown=unknown, **options))
    article = intake.extract(request)
    request = parts.casting.cast(request, article)
    settings, voices, endings = parts.settings_of(request), parts.catalogue, request.case_endings
    sound = voice_profile.sound(settings, voices, request.voice, None, case_endings=endings)
    if settings.commercial or parts.sites.is_commercial(site, request.url):
        lawful_voices.check(settings, voices, (sound.voice, sound.latin.voice))
    readings = intake.read(article, site, sound.longest, locale, parts.reading(request))
    validation.check(readings, sound)
    sentences = plan.explain(readings, sound, _utterer(Diacritiser()))
    if as_json:
        told = (
            unsure.document(sentences, site) if uncertain else explained(sentences).model_dump()["sentences"]
        )
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    if uncertain:
        for line in unsure.lines(sentences, site):
            typer.echo(line)
        return
    for sentence in sentences:
        typer.echo(
            f"{sentence.text}\n  ← {sentence.spoken}\n  ← {sentence.diacritised}\n  ← /{sentence.phonemes}/"
        )
        for piece in sentence.pieces:
            if piece.voice != sound.voice:
                typer.echo(f"     {piece.voice}: {piece.spoken}")
        for step in sentence.steps:
            typer.echo(f"     {step.rule}: {step.written} ← {step.spoken or '∅'}")
        typer.echo()


def _unknown(*, ignore: bool) -> str:
    return "ignore" if ignore else "refuse"


def _utterer(diacritiser: Diacritiser) -> Utter:
    def utter(sentences: Sequence[Sequence[SpokenText]], endings: CaseEndings) -> list[list[Utterance]]:
        return [explain_all(pieces, diacritiser, endings) for pieces in sentences]

    return utter


def _write(target: Path, content: bytes) -> None:
    if str(target) == "-":
        sys.stdout.buffer.write(content)
        return
    with whole(target) as file:
        file.write(content)


@contextmanager
def _progress(state: Callable[[], State]) -> Generator[None]:
    """Show a recording's progress on a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("sentences"),
        TimeElapsedColumn(),
    )
    done = threading.Event()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("speaking", total=None)

        def show() -> None:
            with suppress(StoreError):  # Redis may be unavailable for a while
                seen = state()
                bar.update(task, completed=seen.done, total=seen.total)

        def watch() -> None:
            while not done.wait(_POLL_SECONDS):
                show()

        watcher = threading.Thread(target=watch, name="progress", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()
            show()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
