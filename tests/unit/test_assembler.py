"""Recordings grow by what is spoken, in order, whoever speaks it and whenever; over a real store."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cache.redis_ledger import RedisLedger
from cache.redis_store import RedisStore
from cache.store import Put
from service.audio.frames import Format, leading_bytes
from service.audio.join import stretched
from service.model.article import Priority
from service.model.document import Role
from service.model.errors import Unavailable
from service.model.recording import (
    Clip,
    EncodedClip,
    Failure,
    Plan,
    PlannedPiece,
    PlannedSentence,
    SourceText,
    Speaker,
    Status,
    Tags,
    WordTiming,
)
from service.recordings import plan as planning
from service.recordings.assembler import RecordingAssembler
from service.storage.keys import audio_name, growing_timings_name, live_name
from service.storage.repository import Lifetimes, Repository

LAYOUT = Format(22050, 64)
WORDS = (WordTiming(0, 0.0, 0.1), WordTiming(1, 0.1, 0.2))


def plan(name: str, *pieces: int) -> Plan:
    """A plan of sentences of so many pieces, each of two words."""
    sentences = tuple(
        PlannedSentence(
            tuple(PlannedPiece(f"{name} {number}.{piece}", 0.3) for piece in range(count)),
            SourceText(f"{number}", None, Role.BODY, (None,) * (2 * count)),
        )
        for number, count in enumerate(pieces)
    )
    key = f"{name:0>64}"
    return Plan(
        key, "voice", "print", Speaker("voice", "print"), 1.0, -16.0, 64, "d-1", sentences, Tags("عنوان")
    )


def stretch(number: int) -> EncodedClip:
    """A stretch that no other number has."""
    noise = np.random.default_rng(number).normal(0, 3000, 4000 + 500 * (number % 5))
    return stretched(Clip(noise.astype("<i2").tobytes(), 22050, WORDS), 0, LAYOUT)


@pytest.fixture
def repository(store: RedisStore, ledger: RedisLedger) -> Repository:
    return Repository(store, ledger, Lifetimes(600, 600, 600))


@pytest.fixture
def assembler(repository: Repository) -> RecordingAssembler:
    return RecordingAssembler(repository, lambda _voice: 22050, None)


def keep(repository: Repository, planned: Plan, sentence: int, piece: int) -> None:
    """Have a piece spoken."""
    name = planning.sentence_key(planned.sentences[sentence], planned)
    claim = repository.clips.claim(name, 10)
    assert claim is not None
    repository.clips.keep(claim, name, piece, stretch(100 * sentence + piece))
    repository.store.release(claim)


def asked(repository: Repository, planned: Plan) -> Plan:
    repository.keep_plan(planned)
    assert repository.begin(planned, Priority.INTERACTIVE)
    return planned


def places(planned: Plan) -> list[tuple[int, int]]:
    return [(at, piece) for at, each in enumerate(planned.sentences) for piece in range(len(each.pieces))]


def made(repository: Repository, assembler: RecordingAssembler, planned: Plan) -> bytes:
    """What becomes of a plan that is spoken in order, and heard after each piece."""
    for sentence, piece in places(asked(repository, planned)):
        keep(repository, planned, sentence, piece)
        assembler.advance(planned.key)
    return repository.audio(planned.key) or b""


def test_nothing_is_heard_before_what_comes_first_is_spoken(
    repository: Repository, assembler: RecordingAssembler
) -> None:
    planned = asked(repository, plan("order", 1, 1, 1))
    for sentence, heard in ((2, 0), (1, 0), (0, 3)):
        keep(repository, planned, sentence, 0)
        assembler.advance(planned.key)
        state = repository.state(planned.key)
        assert state is not None
        assert state.done == heard
    assert state.status is Status.READY
    assert repository.timings(planned.key).complete


def test_a_sentence_is_heard_piece_by_piece_and_marked_when_it_is_whole(
    repository: Repository, assembler: RecordingAssembler
) -> None:
    planned = asked(repository, plan("pieces", 3, 1))
    sizes = []
    for piece in range(3):
        keep(repository, planned, 0, piece)
        assembler.advance(planned.key)
        sizes.append(repository.store.size(live_name(planned.key)))
        assert len(repository.timings(planned.key).sentences) == (piece == 2)
    assert 0 < sizes[0] < sizes[1] < sizes[2]
    (timing,) = repository.timings(planned.key).sentences
    assert len(timing.words) == 6
    assert list(timing.words) == sorted(timing.words)
    assert timing.words[-1][1] < timing.end


@pytest.mark.parametrize("seed", range(5))
def test_whoever_speaks_and_in_whatever_order_it_comes_to_the_same_bytes(
    store: RedisStore, repository: Repository, assembler: RecordingAssembler, seed: int
) -> None:
    """Eight at once, each letting it grow after each piece; no piece is lost, none is in it twice."""
    shape = (2, 1, 3, 1, 1, 2, 1, 4)
    once = made(repository, assembler, plan("same", *shape))
    store._redis.flushall()
    planned = asked(repository, plan("same", *shape))
    order = places(planned)
    random.Random(seed).shuffle(order)  # noqa: S311

    def speak(place: tuple[int, int]) -> None:
        keep(repository, planned, *place)
        assembler.advance(planned.key)

    # Sentences have one speaker at a time.
    sentences = [[place for place in order if place[0] == at] for at in {at for at, _ in order}]
    random.Random(seed).shuffle(sentences)  # noqa: S311
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda some: [speak(place) for place in sorted(some)], sentences))
    assert repository.audio(planned.key) == once


def test_each_moment_has_its_frame_whatever_is_spoken_already(
    repository: Repository, assembler: RecordingAssembler
) -> None:
    """Frames are counted from the recording's first one, over sentences, pieces and pauses of all lengths."""
    planned = asked(repository, plan("moments", 2, 1, 3, 1))
    opening = assembler.opening_size(planned.key)
    for sentence, piece in places(planned):
        keep(repository, planned, sentence, piece)
        assembler.advance(planned.key)
        made = repository.audio(planned.key) or repository.store.get(live_name(planned.key)) or b""
        timed = repository.timings(planned.key).sentences
        for frame in range(len(timed) and 200):
            moment = (frame + 0.5) * LAYOUT.samples_a_frame / LAYOUT.sample_rate
            before = leading_bytes(made[opening:], frame, LAYOUT)
            there = leading_bytes(made[opening:], frame + 1, LAYOUT) is not None
            expected = opening + before if there and before is not None else None
            assert assembler.position(planned.key, moment) == expected
    assert frame == 199
    assert expected is None, "the last ones lie after the end"


def test_what_was_heard_and_is_gone_grows_anew(repository: Repository, assembler: RecordingAssembler) -> None:
    whole = made(repository, assembler, plan("twice", 1, 1, 1))
    repository.store.delete(audio_name(plan("twice").key))
    planned = asked(repository, plan("twice", 1, 1, 1))
    repository.store.delete(audio_name(planned.key))
    assembler.advance(planned.key)
    assert repository.audio(planned.key) == whole

    planned = asked(repository, plan("gone", 1, 1))
    keep(repository, planned, 0, 0)
    assembler.advance(planned.key)
    repository.store.put(live_name(planned.key), Put(b"shorter than was said", 60))
    keep(repository, planned, 1, 0)
    assembler.advance(planned.key)
    audio = repository.audio(planned.key)
    assert audio is not None
    assert audio.startswith(b"ID3")


def flip(store: RedisStore, name: str, at: int) -> None:
    """Have a bit of a value be another."""
    value = bytearray(store.get(name) or b"")
    value[at] ^= 0x10
    store.put(name, Put(bytes(value), 60))


@pytest.mark.parametrize("name", [live_name, growing_timings_name])
def test_what_is_damaged_while_it_grows_is_never_ready_and_grows_anew(
    repository: Repository, assembler: RecordingAssembler, name: Callable[[str], str]
) -> None:
    whole = made(repository, assembler, plan("spoilt", 1, 2, 1))
    repository.store._redis.flushall()
    planned = asked(repository, plan("spoilt", 1, 2, 1))
    for sentence, piece in places(planned)[:-1]:
        keep(repository, planned, sentence, piece)
        assembler.advance(planned.key)
    flip(repository.store, name(planned.key), repository.store.size(name(planned.key)) // 2)
    keep(repository, planned, 2, 0)
    with pytest.raises(Unavailable):
        assembler.advance(planned.key)
    assert repository.audio(planned.key) is None
    assembler.advance(planned.key)
    assert repository.audio(planned.key) == whole
    assert len(repository.timings(planned.key).sentences) == 3


def test_a_finished_recording_is_looked_through_by_each_process_before_it_is_told_to_be_there(
    repository: Repository, assembler: RecordingAssembler
) -> None:
    key = plan("sealed").key
    audio = made(repository, assembler, plan("sealed", 1, 1))
    assert repository.has_audio(key)
    assert repository.finished.known(key, len(audio))
    assert not repository.finished.known(key, len(audio) - 1)
    flip(repository.store, audio_name(key), len(audio) // 2)
    another = Repository(repository.store, repository.ledger, repository.lifetimes)
    assert not another.has_audio(key)
    assert repository.audio(key) is None
    assert not repository.has_audio(key)


def test_a_recording_that_nobody_wants_does_not_grow(
    repository: Repository, assembler: RecordingAssembler
) -> None:
    planned = asked(repository, plan("unwanted", 1, 1))
    keep(repository, planned, 0, 0)
    assembler.advance(planned.key)
    assembler.fail(planned.key, Failure("Withdrawn", "nobody", "لا أحد"))
    keep(repository, planned, 1, 0)
    assembler.advance(planned.key)
    state = repository.state(planned.key)
    assert state is not None
    assert state.status is Status.FAILED
    assert repository.audio(planned.key) is None
    assert repository.store.size(live_name(planned.key)) == 0
    assert repository.begin(planned, Priority.INTERACTIVE), "asked for again it is asked for anew"


def test_one_that_is_made_cannot_fail(repository: Repository, assembler: RecordingAssembler) -> None:
    planned = plan("made", 1)
    audio = made(repository, assembler, planned)
    assembler.fail(planned.key, Failure("Late", "late", "متأخّر"))
    state = repository.state(planned.key)
    assert state is not None
    assert state.status is Status.READY
    assert repository.audio(planned.key) == audio
