"""``istami doctor --deep``: end-to-end checks of a running service, from queue to audio."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace

from cache.redis_store import RedisStore
from cache.store import Condition
from service.audio import trial
from service.cli.findings import Finding, tried
from service.config.settings import Settings
from service.jobs.worker_registry import WorkerRegistry
from service.model.article import Submission
from service.model.errors import EngineError, IstamiError, Unavailable
from service.model.recording import State, Status
from service.server.container import Container
from service.util.release import release
from voices.card import VoiceCard
from voices.catalogue import Catalogue
from voices.installer import check

_LEAST_FREE = 500_000_000
_MOST_APART = 2.0
"""Seconds between two clocks."""
_BEAT_SECONDS = 4.0
"""Maximum age of a worker's report of its clock."""
_PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.1
_SAFE = "room on Redis's disk, and appendonly yes"
_KEEPS_WORK = ("volatile-", "noeviction")


def findings(settings: Settings, url: str) -> Iterator[Finding]:
    """What is found with a Redis that answers.

    Raises:
        StoreUnavailable: it does so no more.
    """
    parts = Container(settings, url)
    yield from in_store(parts.store)
    if settings.broker_url:
        yield eviction("broker", RedisStore(settings.broker_url).condition())
    yield from _workers(parts.store, parts.registry)
    yield _disk(settings)
    yield replace(tried("formats", trial.converts), needed=False)
    voices = parts.catalogue
    for card in filter(voices.installed, voices.list()):
        yield _files(voices, card)
        if card.remote and card.remote.price:
            cost = "not asked to speak, since that costs money"
            yield Finding(card.id, True, f"{cost}: istami voices sample {card.id}")
        elif card.language.startswith("ar"):
            yield _heard(parts, card)


def eviction(part: str, now: Condition) -> Finding:
    """Whether a Redis evicts only data that can be made again.

    Args:
        part: its name in the report.
        now: how it is.
    """
    return Finding(
        part,
        now.policy.startswith(_KEEPS_WORK),
        f"{now.policy}, {now.memory >> 20} of {now.max_memory >> 20 or 'unlimited'} MB used",
        "maxmemory-policy volatile-ttl: the current policy may evict queued work, API keys, claims, limits",
        ar="اضبط maxmemory-policy على volatile-ttl: قد تحذف السياسة الحالية مهامّ تنتظر ومفاتيح وحدودًا.",
    )


def in_store(store: RedisStore) -> Iterator[Finding]:
    """The configuration and health of Redis."""
    now = store.condition()
    apart = abs(now.time - time.time())
    yield eviction("eviction", now)
    yield Finding(
        "memory limit",
        now.max_memory > 0,
        f"{now.max_memory >> 20} MB" if now.max_memory else "none: Redis grows until the system kills it",
        "set maxmemory in Redis",
        needed=False,
        ar="حدّد لـRedis ذاكرة قصوى بالإعداد maxmemory.",
    )
    yield Finding(
        "persistence",
        now.persistent is not False and now.saved is not False,
        "not written to disk when Redis last tried"
        if now.saved is False
        else {True: "written to disk", False: "nothing is written to disk", None: "Redis does not report it"}[
            now.persistent
        ],
        f"{_SAFE}: otherwise a restart loses articles, API keys and queued work",
        needed=False,
        ar="أفرغ مساحة على قرص Redis واضبط appendonly على yes، وإلا ضاعت المقالات والمفاتيح والمهامّ المنتظرة "
        "عند إعادة التشغيل.",
    )
    yield Finding(
        "clock",
        apart < _MOST_APART,
        f"{apart:.1f} s from that of Redis",
        "synchronise both machines with a time server (chrony, systemd-timesyncd)",
        needed=False,
        ar="ساعتا هذا الجهاز وRedis مختلفتان: اضبطهما على خادم وقت.",
    )


def _workers(store: RedisStore, registry: WorkerRegistry) -> Iterator[Finding]:
    ours, reports, now = release(), registry.alive(), store.condition().time
    others = sorted({report.version or "an older one" for report in reports} - {ours})
    yield Finding(
        "versions",
        not others,
        f"{ours} everywhere" if not others else f"{ours} here, workers of {', '.join(others)} too",
        "finish the upgrade: restart those workers with the new version",
        needed=False,
        ar="تعمل نسخ مختلفة معًا: أكمل الترقية بإعادة تشغيل عمليات المعالجة القديمة.",
    )
    fast = [
        report.name
        for report in reports
        if not -_MOST_APART < now - report.clock < _BEAT_SECONDS + _MOST_APART
    ]
    yield Finding(
        "their clocks",
        not fast,
        f"{len(reports)} like that of Redis" if not fast else f"a different time on {', '.join(fast)}",
        "synchronise their machines with a time server (chrony, systemd-timesyncd)",
        needed=False,
        ar="ساعات بعض أجهزة المعالجة مختلفة: اضبطها على خادم وقت.",
    )


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data_dir).free
    return Finding(
        "disk",
        free > _LEAST_FREE,
        f"{free / 1e9:.1f} GB free under {settings.data_dir}",
        "free disk space: voices, lexicons and the private Redis are stored there",
        ar="المساحة الحرّة قليلة في مجلّد البيانات.",
    )


def _files(voices: Catalogue, card: VoiceCard) -> Finding:
    damaged = check(voices, card)
    return Finding(
        card.id,
        not damaged,
        "files match their hashes" if card.files else "has no files of its own",
        f"istami voices install {card.id}   ({', '.join(damaged)})",
        ar=f"ملفّات الصوت {card.id} ناقصة أو تالفة: ثبّته من جديد.",
    )


def _heard(parts: Container, card: VoiceCard) -> Finding:
    """Synthesise a new sentence with the voice like an article: through the queue, by a worker."""
    try:
        began = time.monotonic()
        state = _spoken(parts, card)
    except IstamiError as error:
        return Finding(card.id, False, error.en, needed=card.id == parts.settings.voice, ar=error.ar)
    took = time.monotonic() - began
    return Finding(
        card.id, True, f"synthesised {state.duration:.1f} s of audio in {took:.1f} s, through the queue"
    )


def _spoken(parts: Container, card: VoiceCard) -> State:
    article_service = parts.article_service
    text = f"هذا فحص رقم {secrets.randbelow(900_000) + 100_000}."
    record = article_service.submit(Submission(text=text, voice=card.id, listed=False))
    try:
        patience = time.monotonic() + _PATIENCE_SECONDS
        while (state := parts.playback.state(record.key)).status not in {Status.READY, Status.FAILED}:
            if time.monotonic() > patience:
                raise Unavailable(
                    f"No worker has synthesised it for {_PATIENCE_SECONDS:.0f} s: see the workers' log.",
                    "لم يُنطق شيء في دقيقة: راجع سجلّ عمليات المعالجة.",
                )
            time.sleep(_POLL_SECONDS)
        if state.failure:
            raise EngineError(state.failure.en, state.failure.ar)
        return state
    finally:
        article_service.delete(record.id)
        parts.repository.forget_recording(record.key)
