"""What remote voices cost, for commands: their use of this month, and of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from cache.errors import StoreError
from service.cli import reach
from service.cli.findings import Finding
from service.config.settings import Settings
from service.server.container import Container
from voices.calibration import rounded
from voices.card import VoiceCard
from voices.catalogue import Catalogue
from voices.terms import Terms

if TYPE_CHECKING:
    from service.cli.audition import Audition


def container(settings: Settings) -> Container:
    """The parts of the running service; without one, parts that can store nothing, and have no ``url``."""
    return Container(settings, reach.running(settings) or "")


def findings(settings: Settings, voices: Catalogue) -> Iterator[Finding]:
    """Report remote voices that are stopped or out of budget, and what the others have cost."""
    parts = container(settings)
    for card in voices.list():
        if card.remote is None or not parts.url:
            continue
        with suppress(StoreError):  # reported for Redis
            usage = parts.paid_usage
            needed = card.id in {settings.voice, settings.latin_voice} and not card.remote.fallback
            if fault := usage.closed(card):
                yield Finding(card.id, False, fault.en, needed=needed, ar=fault.ar)
            elif warning := usage.warning(card):
                cure = "raise remote.budget in its card in time"
                yield Finding(card.id, False, warning.en, cure, needed=False, ar=warning.ar)
            else:
                yield Finding(card.id, True, f"this month {used(card.remote, usage.characters(card.id))}")
            yield from _idle_calls(parts, card, card.remote)


def _idle_calls(parts: Container, card: VoiceCard, terms: Terms) -> Iterator[Finding]:
    """Report a voice whose workers are fewer than the calls that it may be sent at the same time."""
    workers = sum(card.id in report.voices for report in parts.registry.alive())
    if 0 < workers < terms.at_once:
        found = f"{workers} worker processes for {terms.at_once} calls at the same time: each makes one"
        cure = f"istami worker --voices {card.id} --processes {terms.at_once}, or a smaller remote.at_once"
        ar = "عمليات النطق أقلّ من الطلبات المتزامنة المسموح بها، وكلّ عملية تنتظر طلبًا واحدًا."
        yield Finding(card.id, False, found, cure, needed=False, ar=ar)


def facts(settings: Settings, card: VoiceCard) -> dict[str, str]:
    """Lines of ``istami voices show`` about a remote voice; none about any other."""
    terms = card.remote
    if terms is None:
        return {}
    return {
        "server": f"{terms.base_url} ({card.options.get('adapter', 'openai')})",
        "calls at once": str(terms.at_once),
        "price": f"{terms.price:g} {terms.currency} a million characters" if terms.price else "free",
        "this month": _this_month(settings, card, terms),
        "fallback": terms.fallback or "none",
        "stored audio": terms.cache or "terms not stated",
    }


def months(settings: Settings, card: VoiceCard) -> list[dict[str, object]]:
    """A remote voice's use in the last twelve months, the latest first; empty if nothing is running."""
    parts, terms = container(settings), card.remote
    if terms is None or not parts.url:
        return []
    try:
        used_ = [each for each in parts.paid_usage.all() if each.voice == card.id]
    except StoreError:
        return []
    return [
        {"month": each.month, "characters": each.characters, "cost": round(terms.cost(each.characters), 4)}
        for each in used_
    ]


def audition(settings: Settings, card: VoiceCard) -> Audition:
    """Let a remote voice say a few sentences, after telling what that costs.

    Raises:
        EngineError, Unavailable: it could not say one of them.
        MissingPart: its key is not there, or no ffmpeg to measure with.
    """
    from service.cli.audition import hear, sentences

    parts = container(settings)
    if card.remote and card.remote.price:
        characters = sum(len(each.diacritised) for each in sentences(card.language))
        counted = "" if parts.url else ", which no budget counts, since nothing is running"
        typer.echo(f"Its server is sent about {used(card.remote, characters)}{counted}.", err=True)
    folder, meter = parts.catalogue.folder(card), parts.meter if parts.url else None
    heard = hear(card, folder, settings.threads, meter=meter)
    measured = heard.calibration
    return replace(heard, calibration=replace(measured, gain_db=rounded(measured.gain_db)))


def usage(settings: Settings) -> dict[str, int]:
    """Characters of this month by voice; empty if nothing is running."""
    with suppress(StoreError):
        parts = container(settings)
        if parts.url:
            remote = [card for card in parts.catalogue.list() if card.remote]
            return {card.id: parts.paid_usage.characters(card.id) for card in remote}
    return {}


def costs(settings: Settings, before: dict[str, int]) -> dict[str, str]:
    """What the service has sent each remote voice since a moment, in words.

    Args:
        settings: of the service.
        before: ``usage`` at that moment.
    """
    catalogue = Container(settings).catalogue
    told = {}
    for voice, characters in usage(settings).items():
        terms, new = catalogue.get(voice).remote, characters - before.get(voice, 0)
        if terms and new > 0:
            price = f", {terms.cost(new):.2f} {terms.currency}" if terms.price else ""
            told[voice] = f"{new:,} characters{price}"
    return told


def used(terms: Terms, characters: int) -> str:
    """Characters and their price in words: ``12,345 characters, 0.19 of 20 USD``."""
    told = f"{characters:,} characters"
    if not terms.price:
        return told
    budget = "" if terms.budget is None else f" of {terms.budget:g}"
    return f"{told}, {terms.cost(characters):.2f}{budget} {terms.currency}"


def _this_month(settings: Settings, card: VoiceCard, terms: Terms) -> str:
    parts = container(settings)
    if not parts.url:
        return "not known: nothing is running"
    try:
        closed = parts.paid_usage.closed(card)
        return f"{used(terms, parts.paid_usage.characters(card.id))}{f'. {closed.en}' if closed else ''}"
    except StoreError as error:
        return f"not known: {error}"
