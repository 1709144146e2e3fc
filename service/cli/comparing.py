"""``istami voices compare``: one page with the same article in several voices, and a vote."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli import paid, sources
from service.config.settings import Settings
from service.model.article import Submission
from service.model.errors import EngineError, MissingPart, UnknownVoice
from service.server.container import Container
from service.util.files import whole
from voices.card import primary

if TYPE_CHECKING:
    from service.model.document import Article
    from service.model.recording import Clip
    from service.recordings.synthesiser import Voice
    from service.studio.comparison import Candidate
    from service.text.diacritisation.diacritiser import Diacritiser
    from voices.card import VoiceCard

_NAMES_A_FILE = re.compile(r"\S+\.(?:txt|html?|xhtml|ssml|md)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def compare(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT|FILE|URL|-",
            help="The article: its text in quotation marks, a file, an address, or `-` for standard input.",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="HTML file to write.")] = Path(
        "compare.html"
    ),
    voice: Annotated[
        list[str] | None,
        typer.Option(help="A voice's id; may be repeated. Default: all installed Arabic voices."),
    ] = None,
    locale: sources.LocaleOption = None,
    *,
    blind: Annotated[
        bool, typer.Option("--blind", help="Draw the order, and hide the names until the vote.")
    ] = False,
) -> None:
    """Write one page with the same article in several voices, at one loudness, for listeners to vote on.

    The page is one file, and needs no network. Each listener gives every voice a mark and saves the vote as a
    small JSON file; the person who counts adds these files to the page, and sees the means.
    """
    parts = paid.container(Settings())
    request = parts.intake.completed(_request(text, locale=locale))
    article = parts.intake.extract(request)
    candidates = _spoken(parts, article, request, voice)
    from service.studio import comparison

    with whole(output) as file:
        page = comparison.page(article.title or "", article.text, candidates, blind=blind)
        file.write(page.encode())
    typer.echo(f"{output}: {len(candidates)} voices, {output.stat().st_size / 1e6:.1f} MB", err=True)


def _request(text: str, **options: Any) -> Submission:
    """A submission from a source, or from the text itself."""
    names_source = text == "-" or _ADDRESS.match(text) or _NAMES_A_FILE.fullmatch(text)
    if names_source or _is_file(text):
        return sources.request(text, **options)
    return Submission(text=text, listed=False, **options)


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # longer than a name may be
        return False


def _spoken(
    parts: Container, article: Article, request: Submission, named: list[str] | None
) -> list[Candidate]:
    """The article in each voice. A voice that was not named and fails is left out, and named."""
    from service.studio.comparison import Candidate
    from service.text.diacritisation.diacritiser import Diacritiser

    diacritiser, candidates = Diacritiser(), []
    for card in _cards(parts, named):
        typer.echo(card.id, err=True)
        try:
            clip = _recited(parts, article, request, card, diacritiser)
        except (EngineError, MissingPart) as error:
            if named:
                raise
            typer.echo(f"  left out: {error.en}", err=True)
            continue
        candidates.append(Candidate(card, clip))
    if not candidates:
        raise UnknownVoice("No installed voice speaks Arabic.", "لا يوجد صوت عربي مثبّت.", field="voice")
    return candidates


def _cards(parts: Container, named: list[str] | None) -> list[VoiceCard]:
    from service.server.available_voices import ready, speaking

    settings, catalogue = parts.settings, parts.catalogue
    if named:
        return [ready(settings, catalogue, voice) for voice in dict.fromkeys(named)]
    # A voice of a server may cost money: it speaks only if it is named.
    arabic = (card for card in speaking(settings, catalogue) if primary(card.language) == "ar")
    return [card for card in arabic if card.remote is None]


def _recited(
    parts: Container, article: Article, request: Submission, card: VoiceCard, diacritiser: Diacritiser
) -> Clip:
    """The article as this voice has it on air."""
    from service.recordings import plan, validation
    from service.server import voice_profile
    from service.studio.recital import recite

    sound = voice_profile.sound(
        parts.settings, parts.catalogue, card.id, request.speed, case_endings=request.case_endings
    )
    readings = parts.intake.read(article, request.site, sound.longest, request.locale)
    validation.check(readings, sound)
    with ExitStack() as stack:
        voices = cache(lambda voice: stack.enter_context(_loaded(parts, voice)))
        return recite(plan.plan(article, readings, sound), voices, diacritiser)


@contextmanager
def _loaded(parts: Container, voice: str) -> Generator[Voice]:
    from service.engines.engine import Surroundings
    from service.engines.registry import load
    from service.recordings.synthesiser import Voice

    settings, card = parts.settings, parts.card(voice)
    folder = parts.catalogue.folder(card)
    meter = parts.meter if parts.url else None
    around = Surroundings(folder, settings.threads, settings.device, meter=meter)
    with closing(load(card, around)) as engine:
        yield Voice(card.id, card.engine, engine, card.gain)
