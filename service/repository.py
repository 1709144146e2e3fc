"""What is kept in the store, in the service's own nouns, and for how long."""

from __future__ import annotations

import logging
import struct
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from cache.store import Claim, Put, Store
from service.names import (
    PENDING,
    article_name,
    asked_name,
    audio_name,
    channel,
    clip_name,
    growing_timings_name,
    live_name,
    plan_name,
    state_name,
    timings_name,
)
from service.types import ArticleRecord, Clip, Entry, Plan, State, Status, Timing, Timings, WordTiming

log = logging.getLogger(__name__)

_PLAN = TypeAdapter(Plan)
_STATE = TypeAdapter(State)
_TIMING = TypeAdapter(Timing)
_TIMINGS = TypeAdapter(Timings)
_RECORD = TypeAdapter(ArticleRecord)
_ENTRY = TypeAdapter(Entry)
"""Reads what ``_RECORD`` writes, and skips what takes longest to read."""
_WORDS = TypeAdapter(tuple[WordTiming, ...])
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long things are kept, in seconds."""

    article: int
    audio: int
    clip: int


class Repository:
    """The store, in the service's own nouns. Damaged values are logged and count as absent."""

    def __init__(self, store: Store, lifetimes: Lifetimes) -> None:
        self.store = store
        self.lifetimes = lifetimes

    def article(self, article: str) -> ArticleRecord | None:
        """The present version of an article."""
        return self._load(_RECORD, article_name(article))

    def entries(self, articles: Iterable[str]) -> list[Entry | None]:
        """Articles as lists show them, in the order asked for."""
        values = self.store.get_many([article_name(article) for article in articles])
        return [_unpacked(_ENTRY, value) for value in values]

    def keep_article(self, record: ArticleRecord) -> ArticleRecord:
        """Make this the article's present version, unless one that came in later is; the present one."""
        name = article_name(record.id)
        while True:
            value = self.store.get(name)
            known = _unpacked(_RECORD, value)
            if known and known.created > record.created:
                return known
            kept = replace(record, since=known.since) if known else record
            if self.store.swap(name, value, _packed(_RECORD, kept, self.lifetimes.article)):
                return kept

    def forget_article(self, article: str) -> None:
        """Forget the article; its recording stays, for others may share it."""
        self.store.delete(article_name(article))

    def forget_recording(self, key: str) -> None:
        """Forget a recording and what it is made from; its sentences expire by themselves."""
        names = (audio_name, live_name, timings_name, growing_timings_name, asked_name, plan_name, state_name)
        self.store.discard(PENDING, key)
        self.store.delete(*(name(key) for name in names))

    def plan(self, key: str) -> Plan | None:
        """What a recording is made from."""
        return self._load(_PLAN, plan_name(key))

    def state(self, key: str) -> State | None:
        """How far a recording is, as its maker last said; ``None`` when nobody has asked for it."""
        return unpack_state(self.store.get(state_name(key))) or self._rebuilt(key)

    def states(self, keys: Sequence[str]) -> list[State | None]:
        """How far recordings are, in the order asked for."""
        values = self.store.get_many([state_name(key) for key in keys])
        return [unpack_state(value) or self._rebuilt(key) for key, value in zip(keys, values, strict=True)]

    def keep_state(self, key: str, state: State) -> None:
        """Say how far a recording is, and tell whoever listens."""
        put = _packed(_STATE, state, self.lifetimes.article)
        self.store.put(state_name(key), put)
        self.store.publish(channel(key), put.value)

    def keep_plan(self, plan: Plan) -> None:
        """Keep what a recording is made from.

        The first plan stays, with its tags: a recording that is made again is the same bytes.
        """
        name = plan_name(plan.key)
        if not self.store.put_new(name, _packed(_PLAN, plan, self.lifetimes.article)):
            self.store.touch(name, self.lifetimes.article)

    def begin(self, plan: Plan) -> bool:
        """Note that a recording is wanted; whether this is the first to want it since it last failed."""
        # Pending before asked: should this process die between the two, recovery still finds the key.
        self.store.add(PENDING, plan.key)
        first = self.store.put_new(asked_name(plan.key), Put(b"1", self.lifetimes.article))
        if first:
            self.keep_state(plan.key, State(Status.QUEUED, 0, len(plan.sentences), updated=time.time()))
        return first

    def timings(self, key: str) -> Timings:
        """When each sentence sounds: of all when the audio is ready, till then of those spoken."""
        if timings := self._load(_TIMINGS, timings_name(key)):
            return timings
        lines = (self.store.get(growing_timings_name(key)) or b"").splitlines()
        spoken = tuple(_TIMING.validate_json(line) for line in lines)
        return Timings(spoken[-1].end if spoken else 0.0, spoken, complete=False)

    def audio(self, key: str) -> bytes | None:
        """The finished MP3, whole."""
        return self.store.get(audio_name(key))

    def has_audio(self, key: str) -> bool:
        """Whether the finished MP3 is there, and what goes with it."""
        return self.store.size(audio_name(key)) > 0 and self.store.size(timings_name(key)) > 0

    def clip(self, key: str) -> Clip | None:
        """A spoken sentence."""
        value = self.store.get(clip_name(key))
        if value is None:
            return None
        try:
            rate, length = struct.unpack_from("<II", value)
            words = _WORDS.validate_json(value[8 : 8 + length])
            clip = Clip(value[8 + length :], rate, words)
        except (struct.error, ValueError):
            log.warning("damaged clip %s: speaking it again", key)
            return None
        self.store.touch(clip_name(key), self.lifetimes.clip)
        return clip

    def keep_clip(self, key: str, clip: Clip) -> None:
        """Keep a spoken sentence."""
        words = _WORDS.dump_json(clip.words)
        value = struct.pack("<II", clip.sample_rate, len(words)) + words + clip.pcm
        self.store.put(clip_name(key), Put(value, self.lifetimes.clip))

    def making(self, claim: Claim, key: str) -> Making:
        """The side of a recording that only its maker writes."""
        return Making(self.store, self.lifetimes, claim, key)

    def _rebuilt(self, key: str) -> State | None:
        """The state of a recording whose own was evicted or damaged, from what else is kept."""
        plan = self.plan(key)
        if plan is None:
            return None
        total = len(plan.sentences)
        if not self.has_audio(key):
            return State(Status.QUEUED, 0, total)
        size, duration = self.store.size(audio_name(key)), self.timings(key).duration
        return State(Status.READY, total, total, duration=duration, size=size)

    def _load(self, adapter: TypeAdapter[_T], name: str) -> _T | None:
        return _unpacked(adapter, self.store.get(name))


class Making:
    """A recording while it is made. Nothing is written by a maker that has lost its claim.

    Every method raises ``ClaimLost`` then, and has changed nothing.
    """

    def __init__(self, store: Store, lifetimes: Lifetimes, claim: Claim, key: str) -> None:
        self._store = store
        self._lifetimes = lifetimes
        self._claim = claim
        self._key = key

    def begin(self, state: State) -> None:
        """Begin the growing MP3, anew if another maker began it."""
        self._commit(state, delete=self._growing)

    def grow(self, state: State, mp3: bytes, timing: Timing) -> None:
        """Add a sentence to what listeners hear while it is being made, and tell when it sounds."""
        live, timings = self._growing
        line = _TIMING.dump_json(timing) + b"\n"
        lifetime = self._lifetimes.audio
        self._commit(state, append={live: Put(mp3, lifetime), timings: Put(line, lifetime)})

    def finish(self, state: State, mp3: bytes, timings: Timings) -> None:
        """Put the finished recording in place, whole."""
        lifetime = self._lifetimes.audio
        puts = {
            audio_name(self._key): Put(mp3, lifetime),
            timings_name(self._key): _packed(_TIMINGS, timings, lifetime),
        }
        self._commit(state, puts, delete=[*self._growing, asked_name(self._key)])

    def fail(self, state: State) -> None:
        """Say why it could not be made; whoever asks from now on asks anew."""
        self._commit(state, delete=[*self._growing, asked_name(self._key)])

    @property
    def _growing(self) -> tuple[str, str]:
        return live_name(self._key), growing_timings_name(self._key)

    def _commit(
        self,
        state: State,
        puts: Mapping[str, Put] | None = None,
        *,
        append: Mapping[str, Put] | None = None,
        delete: Iterable[str] = (),
    ) -> None:
        """Change everything at once, and tell whoever listens."""
        told = _packed(_STATE, state, self._lifetimes.article)
        self._store.commit(
            self._claim, {**(puts or {}), state_name(self._key): told}, append=append, delete=delete
        )
        self._store.publish(channel(self._key), told.value)


def unpack_state(value: bytes | None) -> State | None:
    """A state as it is kept and published."""
    return _unpacked(_STATE, value)


def _packed(adapter: TypeAdapter[Any], value: object, ttl: int) -> Put:
    return Put(zlib.compress(adapter.dump_json(value)), ttl)


def _unpacked(adapter: TypeAdapter[_T], value: bytes | None) -> _T | None:
    if value is None:
        return None
    try:
        return adapter.validate_json(zlib.decompress(value))
    except (zlib.error, ValidationError) as error:
        log.warning("a damaged value counts as absent: %s", error)
        return None
