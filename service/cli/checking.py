"""``istami doctor``: what was found, and what to do about what was not."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import typer
from rich.console import Console

from cache import server
from cache.errors import StoreError
from service import sounding, wiring
from service.audio.ffmpeg import find_ffmpeg
from service.cli.webhooks import state
from service.engines.engine import Surroundings
from service.engines.registry import load
from service.errors import IstamiError
from service.roster import Roster
from service.settings import Settings
from service.text.diacritise import Diacritiser
from voices.card import VoiceCard
from voices.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    part: str
    fine: bool
    found: str
    cure: str = ""
    needed: bool = True
    """Whether articles cannot be read aloud without it."""


def doctor() -> None:
    """Say what was found on this machine and what to do about what was not.

    Ends with 1 if something is missing that articles cannot be read aloud without.
    """
    settings = Settings()
    console = Console(highlight=False, soft_wrap=True)
    well = True
    for finding in _findings(settings):
        sign, style = ("✓", "green") if finding.fine else ("✗", "red") if finding.needed else ("–", "yellow")
        console.print(f"[{style}]{sign}[/] {finding.part:<12} ", end="")
        console.print(finding.found, markup=False)
        if finding.cure and not finding.fine:
            console.print(f"  → {finding.cure}", style="bold", markup=False)
        well = well and (finding.fine or not finding.needed)
    if not well:
        raise typer.Exit(1)


def _findings(settings: Settings) -> Iterator[Finding]:
    yield Finding("Python", True, platform.python_version())
    yield Finding("data folder", True, str(settings.data_dir))
    yield from _redis(settings)
    yield from _sites(settings)
    yield from _webhooks(settings)
    yield _tried("ffmpeg", find_ffmpeg)
    yield _tried("diacritiser", lambda: Diacritiser().diacritise("مرحبا") and Diacritiser.version)
    voices = wiring.catalogue(settings)
    if settings.latin_voice is not None:
        yield _tried("Latin voice", partial(_latin, settings, voices))
    wanted = {settings.voice, settings.latin_voice}
    for card in voices.list():
        if not voices.installed(card):
            cure = f"istami voices install {card.id}"
            yield Finding(card.id, False, "not installed", cure, needed=card.id in wanted)
            continue
        engine = _tried(card.id, partial(_loads, card, Surroundings(voices.folder(card))))
        yield replace(engine, needed=card.id in wanted)


def _running(settings: Settings) -> str | None:
    """The address of the Redis that is set, or of the private one while it runs."""
    folder = settings.data_dir / "redis"
    return settings.redis_url or (server.url(folder) if server.answers(folder) else None)


def _redis(settings: Settings) -> Iterator[Finding]:
    url = _running(settings)
    if url is None:
        program = server.find_program()
        yield Finding(
            "Redis",
            program is not None,
            f"{program}, started when needed" if program else "no address set and no server program found",
            "install redis-server or valkey-server, or set REDIS_URL",
        )
        yield Finding("workers", False, "none: nothing is running", "istami serve", needed=False)
        return
    kept = wiring.repository(settings, url)
    try:
        alive, parked = Roster(kept.store).alive(), kept.clips.parked()
    except StoreError as error:
        yield Finding("Redis", False, f"does not answer: {error}", "start it, or correct REDIS_URL")
        return
    yield Finding("Redis", True, "answers")
    yield Finding(
        "workers", bool(alive), f"{len(alive)} alive", "istami serve, or istami worker", needed=False
    )
    for each in parked:
        when = datetime.fromtimestamp(each.when, UTC).astimezone()
        found = f"{when:%Y-%m-%d %H:%M} {each.voice}: {each.reason}"
        yield Finding("parked", False, found, "send the article again to try once more", needed=False)


def _sites(settings: Settings) -> Iterator[Finding]:
    def counted() -> str:
        sites = wiring.sites(settings).all().values()
        if not sites:
            return "none: no page is fetched (istami sites add)"
        open_ = [site.name for site in sites if site.page_mode]
        return f"{len(sites)}, page mode for {', '.join(open_) or 'none'}"

    yield _tried("sites", counted)
    if hosts := settings.fetch_private_hosts:
        cure = "unset ISTAMI_FETCH_PRIVATE_HOSTS unless it is meant"
        told = f"may be fetched on a private network: {', '.join(sorted(hosts))}"
        yield Finding("pages", False, told, cure, needed=False)


def _webhooks(settings: Settings) -> Iterator[Finding]:
    try:
        endpoints, url = wiring.endpoints(settings).all().values(), _running(settings)
        told = [(each.name, wiring.outbox(settings, url).health(each.name)) for each in endpoints if url]
    except IstamiError as error:
        yield Finding("webhooks", False, error.en, error.ar)
        return
    except StoreError:
        return  # said of Redis already
    if endpoints:
        yield Finding("webhooks", True, ", ".join(each.name for each in endpoints))
    if endpoints and not settings.public_url:
        found = "events tell paths, not addresses"
        yield Finding("webhooks", False, found, "set ISTAMI_PUBLIC_URL", needed=False)
    for name, health in told:
        if health.failing_since:
            cure = f"istami webhooks test {name}" + (f", then enable {name}" if health.disabled else "")
            yield Finding("webhook", False, f"{name} {state(health)}", cure, needed=False)
    if hosts := settings.webhook_private_hosts:
        cure = "unset ISTAMI_WEBHOOK_PRIVATE_HOSTS unless it is meant"
        found = f"may go to a private network: {', '.join(sorted(hosts))}"
        yield Finding("webhooks", False, found, cure, needed=False)


def _tried(part: str, attempt: Callable[[], str]) -> Finding:
    try:
        return Finding(part, True, attempt())
    except IstamiError as error:
        return Finding(part, False, error.en, error.ar)


def _latin(settings: Settings, voices: Catalogue) -> str:
    voice = sounding.latin_voice(settings, voices)
    return voice.id if voice else ""


def _loads(card: VoiceCard, surroundings: Surroundings) -> str:
    load(card, surroundings).close()
    return "loads"
