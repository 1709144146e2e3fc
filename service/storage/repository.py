"""Loads and stores the service's own types, with their lifetimes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import TypeVar

from cache.ledger import Ledger
from cache.store import Put, Store
from service.model.article import ArticleRecord, Entry, Owner, Priority
from service.model.errors import Conflict, Unavailable
from service.model.recording import Failure, GivenUp, Plan, State, Status, Timing, Timings
from service.storage.clip_store import Clips
from service.storage.codec import (
    PLAN,
    STATE,
    TIMING,
    TIMINGS,
    Kind,
    all_unpacked,
    is_newer,
    noun,
    packed,
    unpack_state,
    unpacked,
)
from service.storage.integrity import Finished
from service.storage.keys import (
    GIVEN_UP,
    PENDING,
    article_name,
    asked_name,
    audio_name,
    channel,
    growing_timings_name,
    live_name,
    moved_name,
    owner_name,
    place_name,
    plan_name,
    recordings_name,
    seal_name,
    sent_name,
    state_name,
    timings_name,
    wanting_name,
)

_RECORD = noun("article", ArticleRecord, squeezed=True)
_ENTRY = noun("article", Entry, squeezed=True)
"""Reads what ``_RECORD`` writes, without the parts that take longest to read."""
_OWNER = noun("owner", Owner, squeezed=True)
_GIVEN_UP = noun("recording that was given up", GivenUp)
_GIVEN_UP_SECONDS = 7 * 86_400
_BATCH = Priority.BATCH.value.encode()
_T = TypeVar("_T")
_MOVED_SECONDS = 1.0
_RECENT = 4
"""Maximum number of plans that a process caches: those of long articles have megabytes."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Lifetimes of stored values, in seconds."""

    article: int
    audio: int
    clip: int


class Repository:
    """The store in terms of the service's own types. Damaged values are logged and replaced as if absent."""

    def __init__(self, store: Store, ledger: Ledger, lifetimes: Lifetimes) -> None:
        self.store = store
        self.ledger = ledger
        self.lifetimes = lifetimes
        self.clips = Clips(store, ledger, lifetimes.clip)
        self.finished = Finished(store)
        self._moved: dict[str, float] = {}
        self.recent_plan = lru_cache(maxsize=_RECENT)(self.needed_plan)
        """As ``needed_plan``, cached for callers that need the same one repeatedly."""

    def article(self, article: str) -> ArticleRecord | None:
        """Return the present version of an article."""
        return self._load(_RECORD, article_name(article))

    def owner(self, article: str) -> Owner | None:
        """Return an article's owner: so small that the lookup takes as long whether it exists or not."""
        return unpacked(_OWNER, self.store.get(owner_name(article)))

    def entry(self, article: str) -> Entry | None:
        """Return the present version of an article without its sentences, which are most of its size."""
        return self._load(_ENTRY, article_name(article))

    def entries(self, articles: Iterable[str]) -> list[Entry | None]:
        """Return articles without their sentences, in the requested order."""
        values = self.store.get_many([article_name(article) for article in articles])
        return [unpacked(_ENTRY, value) for value in values]

    def replace_article(
        self, record: ArticleRecord, *, bound: bool = False
    ) -> tuple[ArticleRecord, ArticleRecord | None]:
        """Make this the article's present version, unless a later version is stored.

        Args:
            record: the version.
            bound: the publisher may change only articles of its own site. This is checked in the same step.

        Returns:
            The present version, and the one that it replaced.

        Raises:
            Conflict: another site has an article of that id.
        """
        name = article_name(record.id)
        while True:
            value = self.store.get(name)
            known = unpacked(_RECORD, value)
            if bound and known and known.site != record.site:
                raise taken(record.id)
            if known and known.created > record.created:
                return known, None
            kept = replace(record, since=known.since) if known else record
            put = packed(_RECORD, kept, self.lifetimes.article)
            if self.store.swap(name, value, put):
                self._note_owner(kept.id, put.value, kept.owner)
                return kept, known

    def accept_article(self, record: ArticleRecord) -> bool:
        """Store the article's first version; returns ``False`` if an article of that id exists."""
        put = packed(_RECORD, record, self.lifetimes.article)
        accepted = self.store.put_new(article_name(record.id), put)
        if accepted:
            self._note_owner(record.id, put.value, record.owner)
        return accepted

    def complete_article(self, record: ArticleRecord) -> bool:
        """Store the complete version of an article that was accepted unread.

        Returns:
            ``False``: the article was deleted meanwhile, or has another version. Nothing was changed.
        """
        name = article_name(record.id)
        while True:
            value = self.store.get(name)
            known = unpacked(_ENTRY, value)
            if known is None or known.is_read or known.created != record.created:
                return False
            put = packed(_RECORD, record, self.lifetimes.article)
            if self.store.swap(name, value, put):
                self._note_owner(record.id, put.value, record.owner)
                return True

    def forget_article(
        self, article: str, may: Callable[[Owner], bool] = lambda _owner: True
    ) -> Entry | None:
        """Delete an article; its recording stays, because others may share it.

        Args:
            article: its id.
            may: whether an article of this owner may be deleted. This is checked in the same step.

        Returns:
            The deleted article; ``None`` if there is none that may be deleted.
        """
        name = article_name(article)
        while True:
            value = self.store.get(name)
            known = unpacked(_ENTRY, value)
            if value is None or known is None or not may(known.owner):
                return None
            if self.store.remove(name, value):
                self._note_owner(article, None, None)
                return known

    def _note_owner(self, article: str, value: bytes | None, owner: Owner | None) -> None:
        """Store or delete the owner of an article, beside the article.

        The article is read again afterwards: of several concurrent writers, each stores the owner of the
        version that it then finds, so the last write belongs to the last version.
        """
        while True:
            if owner is None:
                self.store.delete(owner_name(article))
            else:
                self.store.put(owner_name(article), packed(_OWNER, owner, self.lifetimes.article))
            present = self.store.get(article_name(article))
            if present == value:
                return
            entry = unpacked(_ENTRY, present)
            value, owner = present, entry.owner if entry else None

    def forget_recording(self, key: str) -> None:
        """Delete a recording and its plan; its sentences expire by themselves.

        The set of articles that want it stays, so that a concurrent request is not lost.
        """
        made = (audio_name, seal_name, live_name, timings_name, growing_timings_name)
        names = (*made, asked_name, sent_name, place_name, plan_name, state_name)
        self.store.discard(PENDING, key)
        self.store.delete(*(name(key) for name in names))

    def plan(self, key: str) -> Plan | None:
        """Return a recording's plan."""
        return self._remade(PLAN, plan_name(key))

    def needed_plan(self, key: str) -> Plan:
        """Return a recording's plan.

        Raises:
            Unavailable: it was evicted.
        """
        plan = self.plan(key)
        if plan is None:
            raise Unavailable("The plan of the recording is gone.", "لم تعد خطّة التسجيل موجودة.")
        return plan

    def state(self, key: str) -> State | None:
        """Return a recording's last stored state; ``None`` if it was never requested."""
        value = self.store.get(state_name(key))
        if state := unpack_state(value):
            return state
        rebuilt = self._rebuilt(key)
        if rebuilt and rebuilt.status is Status.READY:
            self.store.swap(state_name(key), value, packed(STATE, rebuilt, self.lifetimes.article))
        return rebuilt

    def states(self, keys: Sequence[str]) -> list[State | None]:
        """Return the states of recordings, in the requested order."""
        values = self.store.get_many([state_name(key) for key in keys])
        return [unpack_state(value) or self._rebuilt(key) for key, value in zip(keys, values, strict=True)]

    def keep_state(self, key: str, state: State) -> None:
        """Store a recording's state and publish it to its listeners."""
        self.store.put(state_name(key), packed(STATE, state, self.lifetimes.article), channel(key))

    def begun(self, key: str) -> None:
        """Mark a queued recording as being spoken, although no audio exists yet."""
        value = self.store.get(state_name(key))
        state = unpack_state(value)
        if state is None or state.status is not Status.QUEUED:
            return
        put = packed(
            STATE, replace(state, status=Status.SPEAKING, updated=time.time()), self.lifetimes.article
        )
        # If another process has extended it meanwhile, its state is newer and stays.
        self.store.swap(state_name(key), value, put, channel(key))

    def keep_plan(self, plan: Plan) -> None:
        """Store a recording's plan.

        The first plan stays, with its tags, so that a recording made again has the same bytes.
        """
        name, put = plan_name(plan.key), packed(PLAN, plan, self.lifetimes.article)
        if self.store.put_new(name, put):
            return
        if self.plan(plan.key):
            self.store.touch(self.lifetimes.article, name)
        else:
            self.store.put_new(name, put)  # what was there was damaged

    def begin(self, plan: Plan, priority: Priority) -> bool:
        """Record that a recording is wanted; returns whether this is the first request since it last failed.

        While it is wanted, data that only its publisher could send again has no TTL.
        """
        # Pending before asked: if this process dies between the two, recovery still finds the key.
        self.pend(plan.key)
        first = self.store.put_new(asked_name(plan.key), Put(priority.value.encode()))
        if first:
            now = time.time()
            self.keep_state(
                plan.key, State(Status.QUEUED, 0, len(plan.sentences), updated=now, progressed=now)
            )
            if self.store.add(PENDING, plan.key):  # ``settle`` removed it before it was asked for
                self.pend(plan.key)
        return first

    def pend(self, key: str) -> None:
        """Monitor a recording until it is ready or has failed."""
        self.store.touch(None, plan_name(key), wanting_name(key))
        self.store.add(PENDING, key)

    def settle(self, key: str) -> None:
        """Stop monitoring a recording unless it is requested: its data may expire."""
        self.store.touch(self.lifetimes.article, plan_name(key), wanting_name(key))
        self.store.discard(PENDING, key)
        if self.asked(key):
            self.pend(key)

    def ask_again(self, key: str) -> None:
        """Restore the request for a recording after the store has lost it."""
        self.store.put_new(asked_name(key), Put(Priority.INTERACTIVE.value.encode()))

    def unask(self, key: str) -> None:
        """Delete the request for a recording."""
        self.store.delete(asked_name(key))

    def grown(self, key: str) -> int:
        """Return the bytes of a growing recording."""
        return self.store.size(live_name(key))

    def move(self, voice: str) -> None:
        """Store that a worker has started a sentence of a voice, at most once a second."""
        now = time.time()
        if not 0 <= now - self._moved.get(voice, 0.0) < _MOVED_SECONDS:
            self.store.put(moved_name(voice), Put(f"{now:.3f}".encode()))
            self._moved[voice] = now

    def moved(self, voice: str) -> float:
        """Return the time of the last start, in seconds since 1970, UTC; 0 if there was none."""
        with suppress(ValueError):  # damaged: counts as absent
            return float(self.store.get(moved_name(voice)) or 0)
        return 0.0

    def asked(self, key: str) -> Priority | None:
        """Return the priority of a requested recording; ``None`` if it is not requested, or ready."""
        return _priority(self.store.get(asked_name(key)))

    def wanted(self, key: str) -> tuple[Priority | None, State | None]:
        """Return the result of ``asked``, and the recording's state if it is stored."""
        asked, state = self.store.get_many([asked_name(key), state_name(key)])
        return _priority(asked), unpack_state(state)

    def hurry(self, key: str) -> bool:
        """Make a requested recording urgent; returns whether it was not urgent before."""
        urgent = Put(Priority.INTERACTIVE.value.encode())
        return self.store.swap(asked_name(key), _BATCH, urgent)

    def give_up(self, key: str, failure: Failure) -> None:
        """Record, for operators, that a recording failed."""
        given_up = GivenUp(key, failure, time.time())
        self.ledger.note(GIVEN_UP, key, _GIVEN_UP.encode(given_up), _GIVEN_UP_SECONDS)

    def given_up(self) -> list[GivenUp]:
        """Return the recordings that failed recently, the latest first."""
        noted = all_unpacked(_GIVEN_UP, self.ledger.every(GIVEN_UP).values())
        return sorted(noted, key=lambda each: each.when, reverse=True)

    def want(self, key: str, article: str) -> None:
        """Store that an article wants a recording."""
        self.store.add(wanting_name(key), article, self.lifetimes.article)
        self.store.add(recordings_name(article), key, self.lifetimes.article)

    def wanting(self, key: str) -> set[str]:
        """Return the ids of the articles that want a recording."""
        return self.store.members(wanting_name(key))

    def recordings(self, article: str) -> set[str]:
        """Return the keys of all recordings of an article's present and earlier versions."""
        return self.store.members(recordings_name(article))

    def forsake(self, key: str, article: str) -> bool:
        """Store that an article no longer wants a recording; returns whether no other article does.

        If the article was not in the set, the store may have lost others too, so this returns ``False``.
        """
        known = self.store.discard(wanting_name(key), article)
        entry = self.entry(article)
        if entry and entry.key == key:  # another version of the same sound has arrived meanwhile
            self.want(key, article)
        return known and not self.wanting(key)

    def timings(self, key: str) -> Timings:
        """Return the timings of all sentences if the audio is ready, else of those spoken so far."""
        if timings := self._remade(TIMINGS, timings_name(key)):
            return timings
        spoken = self.growing_timings(key)
        return Timings(spoken[-1].end if spoken else 0.0, spoken, complete=False)

    def growing_timings(self, key: str) -> tuple[Timing, ...]:
        """Return the timings of the sentences spoken so far in the growing recording."""
        return tuple(_undamaged((self.store.get(growing_timings_name(key)) or b"").splitlines()))

    def audio(self, key: str) -> bytes | None:
        """Return the whole finished MP3."""
        return self.store.get(audio_name(key))

    def has_audio(self, key: str) -> bool:
        """Whether the finished MP3 exists, undamaged and with its timings."""
        return self.finished.there(key)

    def _rebuilt(self, key: str) -> State | None:
        """Rebuild an evicted or damaged state from the recording's other data."""
        plan = self.plan(key)
        if plan is None:
            return None
        total = len(plan.sentences)
        if not self.has_audio(key):
            return State(Status.QUEUED, 0, total)
        size, duration = self.store.size(audio_name(key)), self.timings(key).duration
        return State(Status.READY, total, total, duration=duration, size=size)

    def _load(self, kind: Kind[_T], name: str) -> _T | None:
        return unpacked(kind, self.store.get(name))

    def _remade(self, kind: Kind[_T], name: str) -> _T | None:
        """Load a value that is made again when missing; deletes a damaged one."""
        value = self.store.get(name)
        found = unpacked(kind, value)
        if found is None and value is not None and not is_newer(kind, value):
            self.store.delete(name)
        return found


def taken(article: str) -> Conflict:
    """Return the error for an id of another site, without details of that site's article."""
    return Conflict(
        f"The id “{article}” is taken by another site. Use a prefix of your own.",
        f"المعرّف «{article}» مستعمل في موقع آخر. ابدأ معرّفاتك ببادئة خاصة بموقعك.",
        field="id",
    )


def _priority(asked: bytes | None) -> Priority | None:
    if asked is None:
        return None
    return Priority.BATCH if asked == _BATCH else Priority.INTERACTIVE


def _undamaged(lines: Iterable[bytes]) -> Iterator[Timing]:
    """Yield timings from the first up to the first damaged one."""
    yield from takewhile(bool, (unpacked(TIMING, line) for line in lines))
