"""``istami voices connect``: a voice that a server speaks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from service.cli import paid
from service.config.settings import Settings
from service.engines.remote.names import ADAPTERS, FORMATS, TEXTS
from service.model.errors import IstamiError
from voices import licence as licences
from voices.card import Option, read_card
from voices.connected import About, describe
from voices.connected import connect as put_in_place
from voices.errors import VoiceError
from voices.licence import CommercialUse, Evidence

_ADDRESSES = {
    "openai": "https://api.openai.com/v1",
    "google": "https://texttospeech.googleapis.com",
    "elevenlabs": "https://api.elevenlabs.io",
}
_RATES = {"polly": 16_000}
_OTHERS_RATE = 24_000
_MODELLESS = {"azure", "google"}
"""Adapters whose voices have no model."""
_WITH_FORMAT = {"openai"}


def connect(  # noqa: PLR0913  # each is one line of the card
    voice_id: Annotated[str, typer.Argument(metavar="ID", help="Id for the new voice.")],
    *,
    voice: Annotated[str, typer.Option(help="The server's own name of the voice.")],
    licence: Annotated[str, typer.Option(help="The vendor's terms, or the licence of the model.")],
    commercial_use: Annotated[
        bool | None,
        typer.Option(
            "--commercial-use/--no-commercial-use",
            help="Whether the terms allow a site that earns money to use it; unknown if absent.",
        ),
    ] = None,
    evidence: Annotated[str, typer.Option(help="What that rests on.")] = "",
    adapter: Annotated[str, typer.Option(help=f"The server's format: {', '.join(ADAPTERS)}.")] = "openai",
    url: Annotated[
        str | None, typer.Option(help="Where the server's addresses begin, such as https://host/v1.")
    ] = None,
    model: Annotated[str, typer.Option(help="The server's model; for Polly, its engine.")] = "",
    key_env: Annotated[str, typer.Option(help="Environment variable with the key.")] = "",
    key_file: Annotated[str, typer.Option(help="File with the key, readable by its owner only.")] = "",
    private: Annotated[
        bool, typer.Option("--private", help="Permit http:// to this machine or a private network.")
    ] = False,
    text: Annotated[str, typer.Option(help=f"What the server receives: {', '.join(TEXTS)}.")] = "diacritised",
    response_format: Annotated[str, typer.Option(help=f"With openai: {', '.join(FORMATS)}.")] = "wav",
    sample_rate: Annotated[int | None, typer.Option(help="Hertz; 24000, with Polly 16000.")] = None,
    characters: Annotated[int, typer.Option(min=50, help="Longest text of one call.")] = 600,
    revision: Annotated[str, typer.Option(help="Any text; another one makes all recordings new.")] = "1",
    extra: Annotated[
        list[str] | None, typer.Option(help="FIELD=VALUE for the request's JSON; may be repeated.")
    ] = None,
    price: Annotated[float, typer.Option(min=0, help="Of a million characters.")] = 0.0,
    currency: Annotated[str, typer.Option(help="Of the price, as in ISO 4217.")] = "USD",
    budget: Annotated[float | None, typer.Option(min=0, help="Most to spend in a month.")] = None,
    fallback: Annotated[
        str, typer.Option(help="Voice of new articles while this one is stopped or out of budget.")
    ] = "",
    at_once: Annotated[int, typer.Option(min=1, max=256, help="Most calls at the same time.")] = 4,
    cache: Annotated[str, typer.Option(help="The vendor's terms on stored audio, and where they are.")] = "",
    language: Annotated[str, typer.Option(help="Its language: ar, en, fr (BCP 47).")] = "ar",
    name_ar: Annotated[str, typer.Option(help="Its name in Arabic; its id if absent.")] = "",
    name_en: Annotated[str, typer.Option(help="Its name in English; its id if absent.")] = "",
    attribution: Annotated[str, typer.Option(help="Credit that the vendor asks for.")] = "",
) -> None:
    """Use a voice of a server: OpenAI's format, Azure, Google, Amazon Polly, ElevenLabs, another istami.

    `istami voices connect sara --url http://10.0.0.5:8880/v1 --private --model kokoro --voice sara
    --licence Apache-2.0 --commercial-use`

    A few sentences are synthesised first, to measure the loudness; the voice is registered if that succeeds.
    The key itself is never stored: name its variable or its file.
    """
    settings = Settings()
    address = url or _ADDRESSES.get(adapter)
    if address is None:
        raise typer.BadParameter(f"needed with {adapter}", param_hint="--url")
    options: dict[str, Option] = {"adapter": adapter, "voice": voice, "text": text, "revision": revision}
    if adapter not in _MODELLESS and model:
        options["model"] = model
    if adapter in _WITH_FORMAT:
        options["response_format"] = response_format
    options |= dict(map(_field, extra or ()))
    terms: dict[str, Option] = {
        "base_url": address,
        "key_env": key_env,
        "key_file": key_file and str(Path(key_file).absolute()),
        "private": private,
        "at_once": at_once,
        "price": price,
        "currency": currency,
        "fallback": fallback,
        "cache": cache,
    }
    if budget is not None:
        terms["budget"] = budget
    about = About(
        voice_id,
        name_ar or voice_id,
        name_en or voice_id,
        licence,
        attribution or licence,
        CommercialUse.UNKNOWN if commercial_use is None else licences.commercial_use(commercial_use),
        Evidence(evidence, "istami voices connect", datetime.now(UTC).date()) if evidence else None,
        sample_rate or _RATES.get(adapter, _OTHERS_RATE),
        language,
        characters,
    )
    try:
        card = read_card(told := describe(about, options, terms), voice_id)
        heard = paid.audition(settings, card)
        put_in_place(settings.data_dir / "voices", told, heard.calibration)
    except VoiceError as error:
        raise IstamiError(error.en, error.ar) from error
    typer.echo(f"{card.id} is registered: {heard.measured}.")


def _field(pair: str) -> tuple[str, Option]:
    """An extra field of the request; numbers and truth values as in JSON, all else as text."""
    name, equals, value = pair.partition("=")
    if not (name and equals):
        raise typer.BadParameter("must be FIELD=VALUE", param_hint="--extra")
    try:
        known = json.loads(value)
    except ValueError:
        known = value
    return f"extra.{name}", known if isinstance(known, str | int | float | bool) else value
