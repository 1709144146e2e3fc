"""What is kept in the store, in the service's own nouns, and for how long."""

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
"""Reads what ``_RECORD`` writes, and skips what takes longest to read."""
_OWNER = noun("owner", Owner, squeezed=True)
_GIVEN_UP = noun("recording that was given up", GivenUp)
_GIVEN_UP_SECONDS = 7 * 86_400
_BATCH = Priority.BATCH.value.encode()
_T = TypeVar("_T")
_MOVED_SECONDS = 1.0
_RECENT = 4
"""Plans that a process remembers: those of long articles have megabytes."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long things are kept, in seconds."""

    article: int
    audio: int
    clip: int


class Repository:
    """The store, in the service's own nouns. Damaged values are logged, count as absent and make room."""

    def __init__(self, store: Store, ledger: Ledger, lifetimes: Lifetimes) -> None:
        self.store = store
        self.ledger = ledger
        self.lifetimes = lifetimes
        self.clips = Clips(store, ledger, lifetimes.clip)
        self.finished = Finished(store)
        self._moved: dict[str, float] = {}
        self.recent_plan = lru_cache(maxsize=_RECENT)(self.needed_plan)
        """As ``needed_plan``, for those who need the same one again and again."""

    def article(self, article: str) -> ArticleRecord | None:
        """The present version of an article."""
        return self._load(_RECORD, article_name(article))

    def owner(self, article: str) -> Owner | None:
        """Whose an article is: so small that to look for it takes as long whether it is there or not."""
        return unpacked(_OWNER, self.store.get(owner_name(article)))

    def entry(self, article: str) -> Entry | None:
        """The present version of an article without its sentences: much the smaller part of it."""
        return self._load(_ENTRY, article_name(article))

    def entries(self, articles: Iterable[str]) -> list[Entry | None]:
        """Articles as lists show them, in the order asked for."""
        values = self.store.get_many([article_name(article) for article in articles])
        return [unpacked(_ENTRY, value) for value in values]

    def replace_article(
        self, record: ArticleRecord, *, bound: bool = False
    ) -> tuple[ArticleRecord, ArticleRecord | None]:
        """Make this the article's present version, unless one that came in later is.

        Args:
            record: the version.
            bound: whoever sends it may change articles of its site alone. That is looked at in the same step.

        Returns:
            The present version, and the one that it took the place of.

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
        """Make this the article's first version; ``False``: an article of that id exists."""
        put = packed(_RECORD, record, self.lifetimes.article)
        accepted = self.store.put_new(article_name(record.id), put)
        if accepted:
            self._note_owner(record.id, put.value, record.owner)
        return accepted

    def complete_article(self, record: ArticleRecord) -> bool:
        """Make this the version of an article that was accepted unread.

        Returns:
            ``False``: the article was deleted meanwhile, or has another version. Nothing has changed.
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
        """Forget an article; its recording stays, for others may share it.

        Args:
            article: its id.
            may: whether one of such an owner may be forgotten. That is looked at in the same step.

        Returns:
            What was forgotten; ``None`` when there is nothing that may be.
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
        """Note beside an article whose it is, or that there is none.

        Looked at again afterwards: of several who change the article at once, each notes the version that it
        then finds, so the last note is of the last version.
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
        """Forget a recording and what it is made from; its sentences expire by themselves.

        Which articles want it stays known: one that asks in this moment is not overlooked.
        """
        made = (audio_name, seal_name, live_name, timings_name, growing_timings_name)
        names = (*made, asked_name, sent_name, place_name, plan_name, state_name)
        self.store.discard(PENDING, key)
        self.store.delete(*(name(key) for name in names))

    def plan(self, key: str) -> Plan | None:
        """What a recording is made from."""
        return self._remade(PLAN, plan_name(key))

    def needed_plan(self, key: str) -> Plan:
        """What a recording is made from.

        Raises:
            Unavailable: it was evicted.
        """
        plan = self.plan(key)
        if plan is None:
            raise Unavailable("The plan of the recording is gone.", "لم تعد خطّة التسجيل موجودة.")
        return plan

    def state(self, key: str) -> State | None:
        """How far a recording is, as its maker last said; ``None`` when nobody has asked for it."""
        value = self.store.get(state_name(key))
        if state := unpack_state(value):
            return state
        rebuilt = self._rebuilt(key)
        if rebuilt and rebuilt.status is Status.READY:
            self.store.swap(state_name(key), value, packed(STATE, rebuilt, self.lifetimes.article))
        return rebuilt

    def states(self, keys: Sequence[str]) -> list[State | None]:
        """How far recordings are, in the order asked for."""
        values = self.store.get_many([state_name(key) for key in keys])
        return [unpack_state(value) or self._rebuilt(key) for key, value in zip(keys, values, strict=True)]

    def keep_state(self, key: str, state: State) -> None:
        """Say how far a recording is, and tell whoever listens."""
        self.store.put(state_name(key), packed(STATE, state, self.lifetimes.article), channel(key))

    def begun(self, key: str) -> None:
        """Say that a queued recording is being spoken, though nothing of it can be heard yet."""
        value = self.store.get(state_name(key))
        state = unpack_state(value)
        if state is None or state.status is not Status.QUEUED:
            return
        put = packed(
            STATE, replace(state, status=Status.SPEAKING, updated=time.time()), self.lifetimes.article
        )
        # Whoever has let it grow meanwhile knows more.
        self.store.swap(state_name(key), value, put, channel(key))

    def keep_plan(self, plan: Plan) -> None:
        """Keep what a recording is made from.

        The first plan stays, with its tags: a recording that is made again is the same bytes.
        """
        name = plan_name(plan.key)
        if self.plan(plan.key):
            self.store.touch(self.lifetimes.article, name)
        else:
            self.store.put_new(name, packed(PLAN, plan, self.lifetimes.article))

    def begin(self, plan: Plan, priority: Priority) -> bool:
        """Note that a recording is wanted; whether this is the first to want it since it last failed.

        While it is wanted, nothing that only its publisher could send again has a time to live.
        """
        # Pending before asked: should this process die between the two, recovery still finds the key.
        self.pend(plan.key)
        first = self.store.put_new(asked_name(plan.key), Put(priority.value.encode()))
        if first:
            now = time.time()
            self.keep_state(
                plan.key, State(Status.QUEUED, 0, len(plan.sentences), updated=now, progressed=now)
            )
            if self.store.add(PENDING, plan.key):  # ``settle`` has seen it before it was asked for
                self.pend(plan.key)
        return first

    def pend(self, key: str) -> None:
        """Have a recording looked after until it is made or has failed."""
        self.store.touch(None, plan_name(key), wanting_name(key))
        self.store.add(PENDING, key)

    def settle(self, key: str) -> None:
        """Look after a recording no more that nobody asks for: what belongs to it may expire."""
        self.store.touch(self.lifetimes.article, plan_name(key), wanting_name(key))
        self.store.discard(PENDING, key)
        if self.asked(key):
            self.pend(key)

    def ask_again(self, key: str) -> None:
        """Note once more that a recording is wanted of which the store has lost that."""
        self.store.put_new(asked_name(key), Put(Priority.INTERACTIVE.value.encode()))

    def unask(self, key: str) -> None:
        """Note that nobody need ask for a recording any more."""
        self.store.delete(asked_name(key))

    def grown(self, key: str) -> int:
        """Bytes of a recording that grows."""
        return self.store.size(live_name(key))

    def move(self, voice: str) -> None:
        """Note that somebody has taken up a sentence of a voice; once a second is enough."""
        now = time.time()
        if not 0 <= now - self._moved.get(voice, 0.0) < _MOVED_SECONDS:
            self.store.put(moved_name(voice), Put(f"{now:.3f}".encode()))
            self._moved[voice] = now

    def moved(self, voice: str) -> float:
        """When somebody last did, in seconds since 1970, UTC; 0 where nobody has."""
        with suppress(ValueError):  # damaged: as if nobody had
            return float(self.store.get(moved_name(voice)) or 0)
        return 0.0

    def asked(self, key: str) -> Priority | None:
        """How urgently a recording is wanted; ``None`` when nobody wants it, or it is made."""
        return _priority(self.store.get(asked_name(key)))

    def wanted(self, key: str) -> tuple[Priority | None, State | None]:
        """As ``asked``, and the recording's state where that is kept."""
        asked, state = self.store.get_many([asked_name(key), state_name(key)])
        return _priority(asked), unpack_state(state)

    def hurry(self, key: str) -> bool:
        """Make a recording that is wanted urgent; whether it was not so before."""
        urgent = Put(Priority.INTERACTIVE.value.encode())
        return self.store.swap(asked_name(key), _BATCH, urgent)

    def give_up(self, key: str, failure: Failure) -> None:
        """Note, for people, that a recording came to nothing."""
        given_up = GivenUp(key, failure, time.time())
        self.ledger.note(GIVEN_UP, key, _GIVEN_UP.encode(given_up), _GIVEN_UP_SECONDS)

    def given_up(self) -> list[GivenUp]:
        """The recordings that lately came to nothing, the latest first."""
        noted = all_unpacked(_GIVEN_UP, self.ledger.every(GIVEN_UP).values())
        return sorted(noted, key=lambda each: each.when, reverse=True)

    def want(self, key: str, article: str) -> None:
        """Note that an article wants a recording."""
        self.store.add(wanting_name(key), article, self.lifetimes.article)
        self.store.add(recordings_name(article), key, self.lifetimes.article)

    def wanting(self, key: str) -> set[str]:
        """Ids of the articles that want a recording."""
        return self.store.members(wanting_name(key))

    def recordings(self, article: str) -> set[str]:
        """Keys of the recordings that an article has and had: of its present and of earlier versions."""
        return self.store.members(recordings_name(article))

    def forsake(self, key: str, article: str) -> bool:
        """Note that an article wants a recording no more; whether no other does.

        Where it was not known to want it, the store may have lost others too.
        """
        known = self.store.discard(wanting_name(key), article)
        entry = self.entry(article)
        if entry and entry.key == key:  # another version of the same sound has come in meanwhile
            self.want(key, article)
        return known and not self.wanting(key)

    def timings(self, key: str) -> Timings:
        """When each sentence sounds: of all when the audio is ready, till then of those spoken."""
        if timings := self._remade(TIMINGS, timings_name(key)):
            return timings
        spoken = self.growing_timings(key)
        return Timings(spoken[-1].end if spoken else 0.0, spoken, complete=False)

    def growing_timings(self, key: str) -> tuple[Timing, ...]:
        """When each sentence sounds that has been spoken since the recording was begun."""
        return tuple(_undamaged((self.store.get(growing_timings_name(key)) or b"").splitlines()))

    def audio(self, key: str) -> bytes | None:
        """The finished MP3, whole."""
        return self.store.get(audio_name(key))

    def has_audio(self, key: str) -> bool:
        """Whether the finished MP3 is there, undamaged, and what goes with it."""
        return self.finished.there(key)

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

    def _load(self, kind: Kind[_T], name: str) -> _T | None:
        return unpacked(kind, self.store.get(name))

    def _remade(self, kind: Kind[_T], name: str) -> _T | None:
        """What is made again when it is gone: where it is damaged, it goes."""
        value = self.store.get(name)
        found = unpacked(kind, value)
        if found is None and value is not None and not is_newer(kind, value):
            self.store.delete(name)
        return found


def taken(article: str) -> Conflict:
    """An id is another site's. Nothing is told of what has it."""
    return Conflict(
        f"The id “{article}” is taken by another site. Let yours begin with a prefix of your own.",
        f"المعرّف «{article}» مستعمل في موقع آخر. ابدأ معرّفاتك ببادئة خاصة بموقعك.",
        field="id",
    )


def _priority(asked: bytes | None) -> Priority | None:
    if asked is None:
        return None
    return Priority.BATCH if asked == _BATCH else Priority.INTERACTIVE


def _undamaged(lines: Iterable[bytes]) -> Iterator[Timing]:
    """Timings from the first up to one that is damaged."""
    yield from takewhile(bool, (unpacked(TIMING, line) for line in lines))
