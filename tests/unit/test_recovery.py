"""Whatever the store loses of an unfinished recording, and whenever, it ends ready; over a real store."""

from __future__ import annotations

import inspect
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cache.redis_ledger import RedisLedger
from cache.redis_store import RedisStore
from cache.store import Put
from service.config.settings import Settings
from service.model.article import Priority
from service.model.document import Role
from service.model.errors import UnknownVoice
from service.model.reading import Utterance
from service.model.recording import (
    Clip,
    Plan,
    PlannedPiece,
    PlannedSentence,
    SourceText,
    Speaker,
    State,
    Status,
    Tags,
)
from service.recordings import plan as planning
from service.recordings import recovery
from service.recordings.assembler import RecordingAssembler
from service.recordings.recovery import Recovery
from service.recordings.scheduler import SentenceScheduler
from service.recordings.synthesiser import TRANSIENT, Synthesiser, Voice
from service.server.web_container import WebContainer
from service.storage import keys
from service.storage.keys import ATTEMPTS, OVERRUNS, PENDING, RESENT
from service.storage.lease import TimeLimit
from service.storage.repository import Lifetimes, Repository
from service.text.diacritisation.diacritiser import Diacritiser

SHAPE = (2, 1, 3, 1)
"""Pieces of each sentence."""
WORDS = ("قمر", "بحر", "جبل", "نهر", "شجر")


def planned(shape: tuple[int, ...] = SHAPE) -> Plan:
    sentences = tuple(
        PlannedSentence(
            tuple(PlannedPiece(f"{word} {piece}", 0.3) for piece in range(count)),
            SourceText(word, None, Role.BODY, (None,) * (2 * count)),
        )
        for word, count in zip(WORDS, shape, strict=False)
    )
    speaker = Speaker("voice", "print")
    return Plan("e" * 64, "voice", "print", speaker, 1.0, -16.0, 64, "d-1", sentences, Tags("عنوان"))


PLAN = planned()
SENTENCES = {planning.sentence_key(each, PLAN): len(each.pieces) for each in PLAN.sentences}
OF_A_KEY = (
    "live_name", "state_name", "plan_name", "growing_timings_name", "sent_name", "asked_name", "wanting_name",
    "claim_name", "timings_name", "seal_name", "audio_name", "place_name", "channel",
)  # fmt: skip
OF_A_SENTENCE = ("sentence_claim_name", "waiting_name", "clip_name", "holders_name")
VALUES = (*OF_A_KEY[:-1], *OF_A_SENTENCE, "pending", "moved", ATTEMPTS, OVERRUNS, RESENT)


class Noise:
    """Says each text in a noise of its own; lets something happen before."""

    sample_rate = 22050

    def __init__(self) -> None:
        self.before: Callable[[], object] = lambda: None
        self.said: list[str] = []

    def speak(self, utterance: Utterance, _speed: float) -> Clip:
        self.before()
        self.said.append(utterance.spoken)
        noise = np.random.default_rng(zlib.crc32(utterance.spoken.encode())).normal(0, 3000, 4000)
        return Clip(noise.astype("<i2").tobytes(), self.sample_rate)


@dataclass(frozen=True)
class Task:
    """A sentence that waits for a maker."""

    key: str
    index: int
    sent: float
    tried: int = 0


@dataclass
class House:
    """All that makes a recording, over a real store; the queue is a list."""

    store: RedisStore
    repository: Repository
    assembler: RecordingAssembler
    scheduler: SentenceScheduler
    recovery: Recovery
    maker: Synthesiser
    engine: Noise
    tasks: deque[Task] = field(default_factory=deque)

    def ask(self, plan: Plan = PLAN) -> None:
        self.repository.want(plan.key, "article")
        self.scheduler.ask(plan, Priority.INTERACTIVE)

    def work(self) -> None:
        """Do the task that is next; one that may go well another time comes back, as in a worker."""
        if self.tasks:
            task = self.tasks.popleft()
            try:
                self.maker.speak(task.key, task.index)
            except TRANSIENT as error:
                if task.tried < 6:
                    self.tasks.append(replace(task, tried=task.tried + 1))
                else:
                    self.maker.fail(task.key, error)

    def round(self) -> None:
        self.recovery.recover(idle=not self.tasks)

    def settle(self, steps: int = 60) -> State | None:
        """Work and look after what is pending, until there is nothing to do."""
        for _ in range(steps):
            while self.tasks:
                self.work()
            if not self.store.members(PENDING):
                break
            time.sleep(0.002)
            self.round()
        return self.repository.state(PLAN.key)

    def lose(self, lost: frozenset[str], among: int = 0) -> None:
        """Have the store lose values; of each sentence's every, or each second one's."""
        key, store = PLAN.key, self.store
        sentences = list(SENTENCES)[:: among + 1]
        for each in lost & set(OF_A_KEY):
            store.delete(getattr(keys, each)(key))
        for sentence in sentences:
            if "clip_name" in lost:
                store.delete(*(keys.clip_name(sentence, piece) for piece in range(SENTENCES[sentence])))
            for each in lost & {"sentence_claim_name", "waiting_name", "holders_name"}:
                store.delete(getattr(keys, each)(sentence))
            for table in lost & {ATTEMPTS, OVERRUNS}:
                self.repository.ledger.forget(table, sentence)
        if "pending" in lost:
            store.discard(PENDING, key)
        if "moved" in lost:
            store.delete(keys.moved_name("voice"))
        if RESENT in lost:
            for entry in self.repository.ledger.every(RESENT):
                self.repository.ledger.forget(RESENT, entry)


@pytest.fixture(scope="module")
def diacritiser() -> Diacritiser:
    return Diacritiser()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for that is waited for only lest it is done too often."""
    monkeypatch.setattr(recovery, "_RESTED_SECONDS", -1.0)
    monkeypatch.setattr(recovery, "_STUCK_SECONDS", 0.001)
    monkeypatch.setattr(recovery, "_DEATH_SECONDS", 0.001)


def furnished(url: str, diacritiser: Diacritiser, patience: float = 3600) -> House:
    store = RedisStore(url)
    store._redis.flushall()
    repository = Repository(store, RedisLedger(url), Lifetimes(600, 600, 600))
    assembler = RecordingAssembler(repository, lambda _voice: 22050, None)
    tasks: deque[Task] = deque()

    def send(_voice: str, key: str, index: int, _priority: Priority) -> None:
        tasks.append(Task(key, index, time.time()))

    scheduler = SentenceScheduler(repository, send, lambda: 3)
    engine = Noise()
    voice = Voice("voice", "noise", engine, 0.0)
    maker = Synthesiser(
        repository, assembler, scheduler, lambda _: voice, diacritiser, TimeLimit(60, lambda: None)
    )

    def since(_voice: str, _priority: Priority) -> float:
        return min((task.sent for task in tasks), default=time.time())

    looks = Recovery(repository, scheduler, assembler, since, patience)
    return House(store, repository, assembler, scheduler, looks, maker, engine, tasks)


@pytest.fixture(scope="module")
def whole(redis_url: str, diacritiser: Diacritiser) -> bytes:
    """What becomes of the recording where nothing is lost."""
    house = furnished(redis_url, diacritiser)
    house.ask()
    state = house.settle()
    assert state
    assert state.status is Status.READY
    return house.repository.audio(PLAN.key) or b""


def test_every_value_of_a_recording_and_of_a_sentence_is_among_those_that_are_lost() -> None:
    """A value that is added to ``service/storage/keys.py`` must be lost here as well."""
    functions = dict(inspect.getmembers(keys, inspect.isfunction))
    of_keys = {
        name for name, each in functions.items() if next(iter(inspect.signature(each).parameters)) == "key"
    }
    of_sentences = {
        name for name, each in functions.items() if "sentence" in inspect.signature(each).parameters
    }
    assert of_keys - {"key_name", "key_used_name"} == set(OF_A_KEY)
    assert of_sentences == set(OF_A_SENTENCE)


lost = st.tuples(st.frozensets(st.sampled_from(VALUES)), st.integers(0, 1))
steps = st.lists(
    st.one_of(
        st.just("work"), st.just("work"), st.just("round"), st.just("task lost"), st.just("asked again"), lost
    ),
    max_size=20,
)


class Trial:
    """What happens to one recording, in order, and what is lost in the middle of a sentence."""

    def __init__(self, house: House, whole: bytes) -> None:
        self.house, self._whole = house, whole
        self._gone: set[str] = set()

    def go(self, steps: list[Any], amid: dict[int, Any]) -> None:
        """Let it all happen.

        Args:
            steps: what happens between sentences.
            amid: what is lost just before the so manieth piece is spoken.
        """
        house = self.house
        house.engine.before = lambda: self._lose(amid.pop(len(house.engine.said), None))
        house.ask()
        for step in steps:
            if step == "work":
                house.work()
            elif step == "round":
                house.round()
            elif step == "task lost":
                if house.tasks:
                    house.tasks.popleft()
            elif step == "asked again":
                house.ask()
            else:
                self._lose(step)
        state = house.settle()
        if not (state and state.status is Status.READY):
            self._check_excused(state)
            house.engine.before = lambda: None
            house.ask()
            state = house.settle()
        assert state, self._gone
        assert state.status is Status.READY, (state, self._gone)
        self._check()

    def _lose(self, what: tuple[frozenset[str], int] | None) -> None:
        if what:
            self._gone.update(what[0])
            self.house.lose(*what)

    def _check_excused(self, state: State | None) -> None:
        """It ends by itself, but for what nobody here knows any more."""
        plan, pending = "plan_name" in self._gone, "pending" in self._gone
        assert plan or pending, (state, self._gone)
        assert pending or state is None or state.failure, "without its plan it fails, and says so"

    def _check(self) -> None:
        house = self.house
        if "audio_name" in self._gone:  # it may have been ready before that was lost
            house.ask()
            house.settle()
        assert house.repository.audio(PLAN.key) == self._whole
        assert house.repository.timings(PLAN.key).complete
        assert not house.repository.asked(PLAN.key)
        assert not house.store.members(PENDING)


@pytest.fixture
def trial(redis_url: str, diacritiser: Diacritiser, whole: bytes) -> Callable[[], Trial]:
    return lambda: Trial(furnished(redis_url, diacritiser), whole)


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("hurried")
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[*HealthCheck],
    phases=[Phase.generate, Phase.shrink],
)
@given(steps=steps, amid=st.dictionaries(st.integers(0, 8), lost, max_size=3))
def test_whatever_is_lost_and_whenever_it_ends_ready(
    trial: Callable[[], Trial], steps: list[Any], amid: dict[int, Any]
) -> None:
    """By itself while it is known to be pending and what it is made from is there; else when asked for."""
    trial().go(steps, amid)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("heal", ["rounds", "asked again", "heard"])
def test_what_was_heard_is_evicted_with_its_pieces_and_heals(
    redis_url: str, diacritiser: Diacritiser, whole: bytes, heal: str
) -> None:
    house = furnished(redis_url, diacritiser)
    house.ask()
    for _ in range(3):
        house.work()
    house.tasks.clear()
    state = house.repository.state(PLAN.key)
    assert state
    assert state.done >= 3
    house.lose(frozenset({"live_name", "clip_name"} | ({"pending"} if heal != "rounds" else set())))
    if heal == "asked again":
        house.ask()
    if heal == "heard":
        house.repository.pend(PLAN.key)
    assert house.settle()
    assert house.repository.audio(PLAN.key) == whole


@pytest.mark.usefixtures("hurried")
def test_a_first_piece_that_is_evicted_while_the_second_is_spoken_is_spoken_again(
    redis_url: str, diacritiser: Diacritiser, whole: bytes
) -> None:
    house = furnished(redis_url, diacritiser)
    house.ask()
    first = keys.clip_name(next(iter(SENTENCES)), 0)
    house.engine.before = lambda: len(house.engine.said) == 1 and house.store.delete(first)
    working = threading.Thread(target=house.work, daemon=True)
    working.start()
    working.join(60)
    assert not working.is_alive(), "it goes round and round"
    assert house.engine.said.count("قمر 0") == 2
    assert house.settle()
    assert house.repository.audio(PLAN.key) == whole


@pytest.mark.usefixtures("hurried")
def test_a_store_that_keeps_no_two_pieces_is_not_spoken_to_for_ever(
    redis_url: str, diacritiser: Diacritiser
) -> None:
    house = furnished(redis_url, diacritiser, patience=4)
    house.ask()
    house.engine.before = lambda: house.lose(frozenset({"clip_name", "live_name"}))
    deadline = time.monotonic() + 90
    while (state := house.repository.state(PLAN.key)) and not state.ended:
        house.work()
        house.round()
        assert time.monotonic() < deadline, "it goes on for ever"
    assert state
    assert state.failure
    assert state.failure.code == "NoRoom"
    assert state.failure.en in {each.failure.en for each in house.repository.given_up()}


@pytest.mark.usefixtures("hurried")
class TestGivingUp:
    """What is wanted and gets nowhere fails for a reason that is told; what only waits does not."""

    @pytest.fixture
    def house(self, redis_url: str, diacritiser: Diacritiser) -> House:
        return furnished(redis_url, diacritiser, patience=100)

    def old(self, house: House, seconds: float) -> None:
        """Have nothing come of the recording for so long."""
        state = house.repository.state(PLAN.key)
        assert state
        past = time.time() - seconds
        house.repository.keep_state(PLAN.key, replace(state, updated=past, progressed=past))

    def failure(self, house: House) -> str | None:
        state = house.repository.state(PLAN.key)
        assert state
        return state.failure.code if state.failure else None

    @pytest.mark.parametrize(("seconds", "code"), [(90, None), (110, "Stuck")])
    def test_tasks_that_were_taken_and_came_to_nothing(
        self, house: House, seconds: float, code: str | None
    ) -> None:
        house.ask()
        house.tasks.clear()
        house.repository.move("voice")
        self.old(house, seconds)
        house.round()
        assert self.failure(house) == code
        assert [each.key for each in house.repository.given_up()] == [PLAN.key] * (code is not None)
        assert house.store.members(PENDING) == (set() if code else {PLAN.key}) or code

    def test_one_that_stands_in_a_long_queue_waits(self, house: House) -> None:
        house.ask()
        house.recovery._waiting_since = lambda *_: time.time() - 5000
        house.repository.move("voice")
        self.old(house, 5000)
        house.round()
        assert self.failure(house) is None

    def test_one_that_nobody_takes_up_fails(self, house: House) -> None:
        house.ask()
        house.recovery._waiting_since = lambda *_: time.time() - 5000
        house.store.put(keys.moved_name("voice"), Put(f"{time.time() - 110:.0f}".encode()))
        self.old(house, 5000)
        house.round()
        assert self.failure(house) == "NoWorker"

    def test_one_that_somebody_is_at_is_waited_for(self, house: House) -> None:
        house.ask()
        house.tasks.clear()
        self.old(house, 5000)
        claim = house.repository.clips.claim(next(iter(SENTENCES)), 60)
        house.round()
        assert self.failure(house) is None
        assert claim
        house.store.release(claim)
        house.round()
        assert self.failure(house)

    def test_one_whose_plan_is_lost_fails_at_once_and_is_made_when_it_is_sent_again(
        self, house: House, whole: bytes
    ) -> None:
        house.ask()
        house.work()
        house.store.delete(keys.plan_name(PLAN.key))
        house.round()
        assert self.failure(house) == "PlanLost"
        house.ask()
        assert house.settle()
        assert house.repository.audio(PLAN.key) == whole

    @pytest.mark.parametrize("error", [UnknownVoice("Gone.", "لا يوجد."), ZeroDivisionError()])
    def test_one_that_cannot_be_looked_after_fails_and_keeps_nobody_else_waiting(
        self, house: House, whole: bytes, error: Exception
    ) -> None:
        other = replace(PLAN, key="0" * 64, voice="gone")
        house.ask(other)
        house.ask()
        house.tasks.clear()
        house.store.delete(keys.state_name(other.key))

        def sample_rate(voice: str) -> int:
            if voice == "gone":
                raise error
            return 22050

        house.assembler._sample_rate = sample_rate
        assert house.settle()
        state = house.repository.state(other.key)
        assert state
        assert state.status is Status.FAILED
        assert house.repository.audio(PLAN.key) == whole

    @pytest.mark.parametrize("seconds", [60.0, 600.0])
    def test_the_setting_says_how_long(self, redis_url: str, tmp_path, seconds: float) -> None:
        own = Settings(stuck_seconds=seconds, data_dir=tmp_path)
        assert WebContainer(own, redis_url).recovery._patience == seconds


@pytest.mark.usefixtures("hurried")
class TestKept:
    """While a recording is wanted, what only its publisher could send again has no time to live."""

    LASTING = ("plan_name", "asked_name", "wanting_name")

    def test_what_is_wanted_is_never_evicted_and_what_is_made_expires(
        self, redis_url: str, diacritiser: Diacritiser
    ) -> None:
        house = furnished(redis_url, diacritiser)
        house.ask()
        house.work()
        house.ask()

        def lives() -> list[int]:
            return [house.store._redis.ttl(getattr(keys, each)(PLAN.key)) for each in self.LASTING]

        assert lives() == [-1, -1, -1]
        house.settle()
        plan, asked, wanting = lives()
        assert asked == -2
        assert 0 < plan <= 600
        assert 0 < wanting <= 600
        lasting = {
            key.decode() for key in house.store._redis.scan_iter() if house.store._redis.ttl(key) == -1
        }
        assert {key for key in lasting if "{ledger:" not in key} <= {keys.WORKING, keys.moved_name("voice")}

    def test_what_grows_outlives_what_is_ready(self, redis_url: str, diacritiser: Diacritiser) -> None:
        house = furnished(redis_url, diacritiser)
        house.ask()
        house.work()
        early = house.store._redis.ttl(keys.live_name(PLAN.key))
        house.work()
        assert 600 < early < house.store._redis.ttl(keys.live_name(PLAN.key))
        house.settle()
        assert 0 < house.store._redis.ttl(keys.audio_name(PLAN.key)) <= 600
        assert all(
            0 < house.store._redis.ttl(keys.clip_name(sentence, 0)) <= 600 for sentence in SENTENCES
        ), "kept for reuse alone"

    def test_who_is_not_known_to_want_a_recording_does_not_withdraw_it(
        self, redis_url: str, diacritiser: Diacritiser
    ) -> None:
        house = furnished(redis_url, diacritiser)
        house.ask()
        house.store.delete(keys.wanting_name(PLAN.key))
        assert not house.repository.forsake(PLAN.key, "article")
        house.repository.want(PLAN.key, "article")
        assert house.repository.forsake(PLAN.key, "article")
