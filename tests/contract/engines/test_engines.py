"""What every engine must do, with every voice that can be made here."""

import gc
import hashlib
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from service.engines import pcm
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.text.phonetics.phonemes import phonemise

ROOT = Path(__file__).parents[3]
LETTERS = [chr(code) for code in (*range(0x621, 0x63B), *range(0x641, 0x64B), 0x671)]
MARKS = [chr(code) for code in (*range(0x64B, 0x653), 0x670)]
SENTENCE = "أَعْلَنَتِ الْحُكُومَةُ صَبَاحَ الْيَوْمِ عَنْ خُطَّةٍ جَدِيدَةٍ، وَبَدَأَ الْعَمَلُ فِي الْمَدَارِسْ."
BREATH = 0.001
"""What a mean of all samples may be: -60 dB, far below hearing."""


def utterance(text):
    return Utterance(text, text, phonemise(text))


def samples(clip):
    return np.frombuffer(clip.pcm, "<i2").astype(np.float64) / 32768


@pytest.fixture(scope="module")
def engine(voice):
    engine = voice.load()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def quick_engine(quick):
    engine = quick.load()
    yield engine
    engine.close()


def test_a_clip_has_the_sample_rate_of_the_card_and_whole_samples(engine, voice):
    clip = engine.speak(utterance(SENTENCE), 1.0)

    assert clip.sample_rate == engine.sample_rate == voice.card.sample_rate
    assert len(clip.pcm) % 2 == 0
    assert 1 < clip.duration < 20


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_can_be_said(quick_engine, letter):
    assert quick_engine.speak(utterance(f"قَالَ {letter}َ{letter}ْ نَعَمْ"), 1.0).duration > 0.1


@pytest.mark.parametrize("mark", MARKS)
def test_every_mark_can_be_said(quick_engine, mark):
    assert quick_engine.speak(utterance(f"كَتَب{mark} نَعَمْ"), 1.0).duration > 0.1


@pytest.mark.parametrize("text", ["", " ", "؟", "…"])
def test_nothing_to_say_is_an_error_and_not_an_empty_clip(engine, text):
    with pytest.raises(EngineError):
        engine.speak(utterance(text), 1.0)


def test_the_longest_utterance_of_the_card_is_said_to_its_end(quick_engine, quick):
    count = quick.card.limits.characters // (len(SENTENCE) + 1)
    long = " ".join([SENTENCE] * count)

    once, many = (quick_engine.speak(utterance(text), 1.0) for text in (SENTENCE, long))

    assert many.duration > 0.8 * count * once.duration
    assert many.words[-1].word == len(long.split()) - 1


def test_a_word_of_four_hundred_letters_does_no_harm(quick_engine):
    assert quick_engine.speak(utterance("بَلَدُ" * 80), 1.0).duration > 5
    assert quick_engine.speak(utterance(SENTENCE), 1.0).duration > 1


def test_the_same_sentence_is_the_same_audio_whatever_came_before(engine, voice):
    if not voice.deterministic:
        pytest.skip("this voice draws lots")
    first = engine.speak(utterance(SENTENCE), 1.0)

    engine.speak(utterance("قَالَ نَعَمْ ثُمَّ ذَهَبْ"), 1.5)

    assert engine.speak(utterance(SENTENCE), 1.0) == first


def test_a_faster_speed_is_shorter_and_a_slower_one_longer(engine):
    slow, plain, fast = (engine.speak(utterance(SENTENCE), speed).duration for speed in (0.5, 1.0, 2.0))

    assert 1.6 * plain < slow < 2.4 * plain
    assert plain / 2.4 < fast < plain / 1.6


def test_nothing_is_clipped_and_nothing_is_offset(engine):
    sound = samples(engine.speak(utterance(SENTENCE), 1.0))

    assert np.abs(sound).max() < pcm.FULL_SCALE
    assert abs(sound.mean()) < BREATH


def test_no_more_than_ten_milliseconds_of_silence_stay_at_either_end(engine):
    clip = engine.speak(utterance(SENTENCE), 1.0)

    loud = np.flatnonzero(np.abs(samples(clip)) > pcm.SILENCE)

    assert loud[0] / clip.sample_rate <= pcm.EDGE_SECONDS + 0.001
    assert (len(clip.pcm) / 2 - loud[-1]) / clip.sample_rate <= pcm.EDGE_SECONDS + 0.001


def test_word_timings_follow_one_another_within_the_clip(engine, voice):
    clip = engine.speak(utterance(SENTENCE), 1.0)

    if not voice.times_words:
        assert clip.words == ()
        return
    assert [word.word for word in clip.words] == list(range(len(SENTENCE.split())))
    edges = [edge for word in clip.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= clip.duration
    assert all(word.end - word.start > 0.02 for word in clip.words)


def test_two_hundred_sentences_leave_memory_flat(quick_engine):
    process = psutil.Process()

    def resident():
        gc.collect()
        return process.memory_info().rss

    for number in range(50):
        quick_engine.speak(utterance(f"قَالَ نَعَمْ {LETTERS[number % 30]}َ"), 1.0)
    before = resident()
    for number in range(200):
        quick_engine.speak(utterance(f"قَالَ نَعَمْ {LETTERS[number % 30]}َ"), 1.0)

    assert resident() - before < 8_000_000


def test_all_letters_and_marks_can_be_said_in_one_utterance(engine):
    words = [*(f"قَالَ{letter}َ" for letter in LETTERS), *(f"كَتَب{mark}" for mark in MARKS)]

    assert engine.speak(utterance(" ".join(words)), 1.0).duration > 3


SPEAKER = """
import pickle, sys, hashlib
from service.engines.registry import load
card, surroundings, utterance, rounds = pickle.load(sys.stdin.buffer)
engine = load(card, surroundings)
print("loaded", flush=True)
print(*(hashlib.sha256(engine.speak(utterance, 1.0).pcm).hexdigest() for _ in range(rounds)))
"""


def speaking(voice, said, rounds):
    """A process that loads the voice, tells so, and speaks."""
    process = subprocess.Popen(
        [sys.executable, "-c", SPEAKER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    process.stdin.write(pickle.dumps((voice.card, voice.surroundings, said, rounds)))
    process.stdin.flush()
    assert process.stdout.readline() == b"loaded\n"
    return process


def test_two_processes_at_once_speak_as_one_does(quick_engine, quick):
    said = utterance(SENTENCE)
    processes = [speaking(quick, said, 5) for _ in range(2)]

    heard = [process.communicate()[0].decode().split() for process in processes]

    alone = hashlib.sha256(quick_engine.speak(said, 1.0).pcm).hexdigest()
    assert heard == [[alone] * 5] * 2


def test_a_process_that_is_killed_mid_sentence_harms_neither_files_nor_the_next(engine, voice):
    said = utterance(SENTENCE)
    alone = engine.speak(said, 1.0)
    files = contents(voice.surroundings.folder)
    killed = speaking(voice, utterance(" ".join([SENTENCE] * 3)), 10_000)
    time.sleep(0.5)

    killed.kill()

    assert killed.wait() == -signal.SIGKILL
    killed.communicate()
    assert contents(voice.surroundings.folder) == files
    [heard] = speaking(voice, said, 1).communicate()[0].decode().split()
    if voice.deterministic:
        assert heard == hashlib.sha256(alone.pcm).hexdigest()
        assert engine.speak(said, 1.0) == alone


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
