"""``istami doctor``: check this machine and suggest a fix for each problem."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated

import typer

from cache import server
from cache.errors import StoreError
from cache.redis_store import RedisStore
from cache.store import Store
from service.article.trial import reads
from service.audio import trial
from service.cli import paid, reach
from service.cli.doctor_deep import eviction, findings
from service.cli.findings import Finding, told, tried, unsaved
from service.cli.output import Json
from service.cli.webhooks import state
from service.config.settings import Settings
from service.engines.engine import Surroundings
from service.engines.registry import load
from service.model import versions
from service.model.errors import BadSites, IstamiError, Unwritable
from service.server import available_voices, lawful_voices
from service.server.container import Container
from service.text.diacritisation.diacritiser import Diacritiser
from voices.card import VoiceCard
from voices.catalogue import Catalogue

_MOST_GIVEN_UP = 10
_SHORT = 12
"""Letters of a key that are enough to distinguish recordings."""


def doctor(
    *,
    deep: Annotated[
        bool,
        typer.Option(
            "--deep",
            help="Also test the running service: each Arabic voice synthesises a sentence through the queue; "
            "Redis configuration, clocks, versions, disk and voice files are checked.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Check this machine and suggest a fix for each problem.

    Exits with 1 if something is missing that synthesis requires.
    """
    if not told(_findings(Settings(), deep=deep), as_json=as_json):
        raise typer.Exit(1)


def _findings(settings: Settings, *, deep: bool) -> Iterator[Finding]:
    yield Finding("Python", True, platform.python_version())
    yield tried("data folder", partial(_writable, settings.data_dir))
    yield from _redis(settings)
    yield from reach.findings(settings, reach.running(settings))
    yield from _sites(settings)
    yield from _webhooks(settings)
    yield tried("ffmpeg", trial.measures)
    yield tried("pages", reads)
    yield tried("diacritiser", lambda: Diacritiser().diacritise("مرحبا") and versions.UTTERANCE)
    voices = Container(settings).catalogue
    yield from paid.findings(settings, voices)
    if settings.latin_voice is not None:
        yield tried("Latin voice", partial(_latin, settings, voices))
    cards = voices.list()
    if settings.voice not in {card.id for card in cards}:
        yield tried("voice", lambda: available_voices.card(voices, settings.voice).id)
    yield from _lawful(settings, voices)
    wanted = {settings.voice, settings.latin_voice}
    for card in cards:
        if not voices.installed(card):
            cure, needed = card.install_command, card.id in wanted
            yield Finding(card.id, False, "not installed", cure, needed=needed, ar="الصوت غير مثبّت.")
            continue
        if not card.calibrated:
            yield Finding(
                card.id,
                False,
                "not calibrated: its loudness was never measured",
                card.install_command,
                needed=card.id in wanted,
                ar="لم تُقَس جهارة هذا الصوت، فلا يُذاع قبل قياسها.",
            )
            continue
        engine = tried(card.id, partial(_loads, card, Surroundings(voices.folder(card))))
        yield replace(engine, needed=card.id in wanted)
    if deep:
        yield from _deep(settings)


def _writable(folder: Path) -> str:
    """Write a file into the data folder and remove it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(b"istami")
    except OSError as error:
        raise Unwritable(
            f"{folder} cannot be written to: {error.strerror}: set ISTAMI_DATA_DIR, or its permissions.",
            f"تتعذّر الكتابة في {folder}. اضبط ISTAMI_DATA_DIR أو غيّر صلاحيات المجلّد.",
        ) from error
    return str(folder)


def _deep(settings: Settings) -> Iterator[Finding]:
    url = reach.running(settings)
    try:
        if url is not None:
            yield from findings(settings, url)
            return
        found = "nothing is running that could be tested"
    except StoreError as error:
        found = f"Redis does not answer: {error}"
    yield Finding("deep", False, found, "istami serve", ar="لا تعمل الخدمة الآن، فلا يمكن تجريبها.")


def _redis(settings: Settings) -> Iterator[Finding]:
    url = reach.running(settings)
    if url is None:
        program = server.find_program()
        yield Finding(
            "Redis",
            program is not None,
            f"{program}, started when needed" if program else "no address set and no server program found",
            "install redis-server or valkey-server, or set REDIS_URL",
            ar="ثبّت redis-server أو valkey-server، أو اضبط REDIS_URL.",
        )
        yield Finding(
            "workers", False, "none: nothing is running", "istami serve", needed=False, ar="لا شيء يعمل الآن."
        )
        return
    parts = Container(settings, url)
    kept = parts.repository
    try:
        alive, parked, given_up = parts.registry.alive(), kept.clips.parked(), kept.given_up()
    except StoreError as error:
        yield Finding(
            "Redis",
            False,
            f"does not answer: {error}",
            "start it, or correct REDIS_URL",
            ar="لا يجيب Redis: شغّله، أو صحّح REDIS_URL.",
        )
        return
    yield Finding("Redis", True, "answers")
    yield from unsaved(kept.store)
    yield from _evictions(settings, kept.store)
    yield Finding(
        "workers",
        bool(alive),
        f"{len(alive)} alive",
        "istami serve, or istami worker",
        needed=False,
        ar="لا تعمل أيّ عملية معالجة الآن.",
    )
    for each in parked:
        found = f"{_local(each.when)} {each.voice}: {each.reason}"
        yield Finding(
            "parked",
            False,
            found,
            "send the article again to retry",
            needed=False,
            ar="أرسل المقال من جديد لتجربة أخرى.",
        )
    for lost in given_up[:_MOST_GIVEN_UP]:
        yield Finding(
            "given up",
            False,
            f"{_local(lost.when)} recording {lost.key[:_SHORT]}…: {lost.failure.en}",
            "send the article again once this is fixed",
            needed=False,
            ar=f"{lost.failure.ar} أرسل المقال من جديد بعد إصلاح السبب.",
        )


def _evictions(settings: Settings, store: Store) -> Iterator[Finding]:
    """Report a server that may evict irreplaceable data; nothing if it does not describe its settings."""
    stores = {"eviction": store}
    if settings.broker_url:
        stores["broker"] = RedisStore(settings.broker_url)
    for part, each in stores.items():
        with suppress(StoreError):
            found = eviction(part, each.condition())
            if not found.fine:
                yield found


def _local(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC).astimezone():%Y-%m-%d %H:%M}"


def _sites(settings: Settings) -> Iterator[Finding]:
    def counted() -> str:
        sites = Container(settings).sites.all().values()
        if not sites:
            return "none: no page is fetched (istami sites add)"
        open_ = [site.name for site in sites if site.page_mode]
        return f"{len(sites)}, page mode for {', '.join(open_) or 'none'}"

    yield tried("sites", counted)
    if hosts := settings.fetch_private_hosts:
        cure = "unset ISTAMI_FETCH_PRIVATE_HOSTS unless this is intended"
        meant = f"may be fetched on a private network: {', '.join(sorted(hosts))}"
        yield Finding("pages", False, meant, cure, needed=False, ar="يُسمح بجلب صفحات من شبكة خاصّة.")


def _webhooks(settings: Settings) -> Iterator[Finding]:
    try:
        url = reach.running(settings)
        parts = Container(settings, url or "")
        endpoints = parts.endpoints.all().values()
        known = [(each.name, parts.outbox.health(each.name)) for each in endpoints if url]
    except IstamiError as error:
        yield Finding("webhooks", False, error.en, ar=error.ar)
        return
    except StoreError:
        return  # already reported for Redis
    if endpoints:
        yield Finding("webhooks", True, ", ".join(each.name for each in endpoints))
    if endpoints and not settings.public_url:
        found = "events contain paths, not URLs"
        yield Finding(
            "webhooks", False, found, "set ISTAMI_PUBLIC_URL", needed=False, ar="اضبط ISTAMI_PUBLIC_URL."
        )
    for name, health in known:
        if health.failing_since:
            cure = f"istami webhooks test {name}" + (f", then enable {name}" if health.disabled else "")
            yield Finding(
                "webhook",
                False,
                f"{name} {state(health)}",
                cure,
                needed=False,
                ar="لا يستلم هذا الخادم الإشعارات.",
            )
    if hosts := settings.webhook_private_hosts:
        cure = "unset ISTAMI_WEBHOOK_PRIVATE_HOSTS unless this is intended"
        found = f"may go to a private network: {', '.join(sorted(hosts))}"
        yield Finding("webhooks", False, found, cure, needed=False, ar="يُسمح بالإرسال إلى شبكة خاصّة.")


def _latin(settings: Settings, voices: Catalogue) -> str:
    voice = available_voices.latin_voice(settings, voices)
    return voice.id if voice else ""


def _lawful(settings: Settings, voices: Catalogue) -> Iterator[Finding]:
    """Whether commercial sites may use the voices that they would use."""
    try:
        sites = [site for site in Container(settings).sites.all().values() if site.commercial]
    except BadSites:
        sites = []  # a finding of its own
    wanted = {f"{site.name} is commercial": (site.voice, *site.voices.named) for site in sites}
    if settings.commercial:
        wanted["all sites are commercial"] = (None,)
    for name, (voice, *ruled) in wanted.items():
        used = [id_ for id_ in (voice or settings.voice, *ruled, settings.latin_voice) if id_]
        yield tried(name, partial(_allowed, settings, voices, used))


def _allowed(settings: Settings, voices: Catalogue, used: list[str]) -> str:
    lawful_voices.check(settings, voices, used)
    return f"may use {', '.join(used)}"


def _loads(card: VoiceCard, surroundings: Surroundings) -> str:
    load(card, surroundings).close()
    return "loads"
