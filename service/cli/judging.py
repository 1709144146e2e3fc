"""``istami voices judge``: measure a voice, and say whether it is fit for air."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from service.cli import paid
from service.cli.output import Json, print_json
from service.config.settings import Settings
from service.model.errors import IstamiError
from service.server.available_voices import ready
from service.util.files import replace
from voices.card import VoiceCard, primary
from voices.catalogue import Catalogue
from voices.judgement import Judgement, read_judgement, shortcomings, write_judgement

SHEET = "listening.html"
"""Name of the listening sheet within a voice's folder."""


def judge(
    voice: Annotated[str, typer.Argument(metavar="VOICE", help="A voice's id; see `istami voices list`.")],
    sheet: Annotated[
        Path | None,
        typer.Option(help="HTML file for the listening sheet; default: beside the voice's files."),
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Measure a voice, and say whether it is fit for air. Exits with 1 if it is not.

    The voice speaks fixed sentences: speed, loudness and silences are measured. DNSMOS and the recogniser's
    character error rate (CER) need `pip install 'istami[judge]'`. Fit for air: all letters, commercial use
    allowed, CER at most 0.20, DNSMOS at least 3.0, never slower than speech on this machine. What was not
    measured is not passed. The judgement is stored beside the voice, with a sheet for a listener, who tells
    which of two similar words was said.
    """
    from service.engines.engine import Surroundings
    from service.engines.registry import load
    from service.studio import judging
    from service.studio import sheet as sheets

    settings = Settings()
    parts = paid.container(settings)
    catalogue = parts.catalogue
    card = ready(settings, catalogue, voice)
    if primary(card.language) != "ar":
        raise IstamiError(
            f"{card.id} speaks {card.language!r}; only Arabic voices can be judged.",
            f"الصوت {card.id} لغته «{card.language}»، ولا يُقيَّم إلا صوت عربي.",
        )
    folder, fingerprint = catalogue.folder(card), catalogue.fingerprint(card)
    meter = parts.meter if parts.url else None
    around = Surroundings(folder, settings.threads, settings.device, meter=meter)
    bench = judging.Bench(card, fingerprint, around, settings.data_dir / "recognisers")
    with closing(load(card, around)) as engine:
        judgement = judging.judge(bench, engine, lambda doing: typer.echo(f"{doing} …", err=True))
        listening = replace(sheet or folder / SHEET, sheets.page(card, fingerprint, engine))
    write_judgement(folder, card, judgement)
    if as_json:
        print_json(table(card, judgement))
    else:
        for name, value in lines(card, judgement).items():
            typer.echo(f"{name + ':':18}{value}")
        typer.echo(f"{'listen:':18}{listening}")
    if shortcomings(card, judgement):
        raise typer.Exit(1)


def judged(catalogue: Catalogue, card: VoiceCard) -> Judgement | None:
    """The judgement of a voice as it is now; ``None`` if it has none, or was changed since."""
    return read_judgement(catalogue.folder(card), catalogue.fingerprint(card))


def verdict(card: VoiceCard, judgement: Judgement | None) -> str:
    """Whether a voice is fit for air, in a word; ``-``: not judged."""
    if judgement is None:
        return "-"
    return "no" if shortcomings(card, judgement) else "fit"


def table(card: VoiceCard, judgement: Judgement | None) -> dict[str, object] | None:
    """A judgement for programs."""
    from dataclasses import asdict

    if judgement is None:
        return None
    lacks = [{"en": lack.en, "ar": lack.ar} for lack in shortcomings(card, judgement)]
    return asdict(judgement) | {"fit_for_air": not lacks, "shortcomings": lacks}


def lines(card: VoiceCard, judgement: Judgement | None) -> dict[str, str]:
    """A judgement for people: names and values."""
    if judgement is None:
        return {"fit for air": f"not judged: istami voices judge {card.id}"}
    lacks = shortcomings(card, judgement)
    spread, peak = judgement.loudness_spread, judgement.true_peak
    return {
        "fit for air": "no: " + "; ".join(lack.en for lack in lacks) if lacks else "yes",
        "letters": _share(judgement.letter_coverage),
        "CER": f"{_figure(judgement.cer)} ({judgement.recogniser})"
        if judgement.recogniser
        else _figure(None),
        "DNSMOS": _figure(judgement.dnsmos),
        "speed": f"{judgement.real_time_factor:.2g} s of work a second, at most "
        f"{judgement.slowest_factor:.2g} ({judgement.device}, {judgement.threads} threads)",
        "first sound": f"{judgement.first_sound:.2g} s",
        "loudness": f"{judgement.loudness:.1f} LUFS, sentences within {spread:.1f} LU, peak {peak:.1f} dBTP",
        "silence": f"{judgement.silence:.0%} of the sentences, at most {judgement.longest_silence:.2f} s",
        "judged": judgement.date,
    }


def _share(value: float | None) -> str:
    return _figure(value) if value is None else f"{value:.0%}"


def _figure(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.2f}"
