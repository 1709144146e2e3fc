"""Tests that every engine passes, with each of its voices.

A package that brings an engine tests it as istami tests its own (docs/engines.md has a whole example)::

    class TestBeeps(EngineContract, QuickEngineContract):
        @pytest.fixture(scope="class")
        @classmethod
        def voice(cls):
            catalogue = Catalogue(VOICES)
            card = catalogue.get("beeps")
            return Voice(card, Surroundings(catalogue.folder(card)))
"""

from __future__ import annotations

import gc
import hashlib
import pickle  # between our own processes alone
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from service.engines import pcm
from service.engines.engine import Engine, Surroundings
from service.engines.registry import load
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.model.recording import Clip
from service.text.phonetics.phonemes import phonemise
from voices.card import VoiceCard

LETTERS = [chr(code) for code in (*range(0x621, 0x63B), *range(0x641, 0x64B), 0x671)]
MARKS = [chr(code) for code in (*range(0x64B, 0x653), 0x670)]
SENTENCE = "أَعْلَنَتِ الْحُكُومَةُ صَبَاحَ الْيَوْمِ عَنْ خُطَّةٍ جَدِيدَةٍ، وَبَدَأَ الْعَمَلُ فِي الْمَدَارِسْ."
_OFFSET = 0.001
"""Largest mean of all samples: -60 dB relative to full scale, far below hearing."""
_LEAK = 8_000_000
"""Bytes by which a process may grow within 200 sentences."""
_SPEAKER = """
import pickle, sys, hashlib
from service.engines.registry import load
card, surroundings, utterance, rounds = pickle.load(sys.stdin.buffer)
engine = load(card, surroundings)
print("loaded", flush=True)
print(*(hashlib.sha256(engine.speak(utterance, 1.0).pcm).hexdigest() for _ in range(rounds)))
"""


@dataclass(frozen=True)
class Voice:
    """A voice to test an engine with."""

    card: VoiceCard
    surroundings: Surroundings
    deterministic: bool = True
    """Whether it says the same utterance in the same samples each time."""
    times_words: bool = True
    """Whether its clips have word timings."""

    def load(self) -> Engine:
        """Return its engine, checked as in a worker."""
        return load(self.card, self.surroundings)


class _Contract:
    """What both contracts need. A subclass has a fixture ``voice`` that returns a ``Voice``."""

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, voice: Voice) -> Iterator[Engine]:
        """The voice's engine."""
        engine = voice.load()
        yield engine
        engine.close()


class EngineContract(_Contract):
    """Tests of any engine; each takes at most a few sentences."""

    def test_a_clip_has_the_sample_rate_of_the_card_and_whole_samples(
        self, engine: Engine, voice: Voice
    ) -> None:
        clip = engine.speak(_utterance(SENTENCE), 1.0)
        assert clip.sample_rate == engine.sample_rate == voice.card.sample_rate
        assert len(clip.pcm) % 2 == 0
        assert 1 < clip.duration < 20

    @pytest.mark.parametrize("text", ["", " ", "؟", "…"])
    def test_nothing_to_say_is_an_error_and_not_an_empty_clip(self, engine: Engine, text: str) -> None:
        with pytest.raises(EngineError):
            engine.speak(_utterance(text), 1.0)

    def test_the_same_sentence_is_the_same_audio_whatever_came_before(
        self, engine: Engine, voice: Voice
    ) -> None:
        if not voice.deterministic:
            pytest.skip("this voice draws lots")
        first = engine.speak(_utterance(SENTENCE), 1.0)
        engine.speak(_utterance("قَالَ نَعَمْ ثُمَّ ذَهَبْ"), 1.5)
        assert engine.speak(_utterance(SENTENCE), 1.0) == first

    def test_a_faster_speed_is_shorter_and_a_slower_one_longer(self, engine: Engine) -> None:
        slow, plain, fast = (engine.speak(_utterance(SENTENCE), speed).duration for speed in (0.5, 1.0, 2.0))
        assert 1.6 * plain < slow < 2.4 * plain
        assert plain / 2.4 < fast < plain / 1.6

    def test_nothing_is_clipped_and_nothing_is_offset(self, engine: Engine) -> None:
        sound = _samples(engine.speak(_utterance(SENTENCE), 1.0))
        assert np.abs(sound).max() < pcm.FULL_SCALE
        assert abs(sound.mean()) < _OFFSET

    def test_no_more_than_ten_milliseconds_of_silence_stay_at_either_end(self, engine: Engine) -> None:
        clip = engine.speak(_utterance(SENTENCE), 1.0)
        loud = np.flatnonzero(np.abs(_samples(clip)) > pcm.SILENCE)
        assert loud[0] / clip.sample_rate <= pcm.EDGE_SECONDS + 0.001
        assert (len(clip.pcm) / 2 - loud[-1]) / clip.sample_rate <= pcm.EDGE_SECONDS + 0.001

    def test_word_timings_follow_one_another_within_the_clip(self, engine: Engine, voice: Voice) -> None:
        clip = engine.speak(_utterance(SENTENCE), 1.0)
        if not voice.times_words:
            assert clip.words == ()
            return
        assert [word.word for word in clip.words] == list(range(len(SENTENCE.split())))
        edges = [edge for word in clip.words for edge in (word.start, word.end)]
        assert edges == sorted(edges)
        assert edges[0] >= 0
        assert edges[-1] <= clip.duration
        assert all(word.end - word.start > 0.02 for word in clip.words)

    def test_all_letters_and_marks_can_be_said_in_one_utterance(self, engine: Engine) -> None:
        words = [*(f"قَالَ{letter}َ" for letter in LETTERS), *(f"كَتَب{mark}" for mark in MARKS)]
        assert engine.speak(_utterance(" ".join(words)), 1.0).duration > 3

    def test_a_process_that_is_killed_mid_sentence_harms_neither_files_nor_the_next(
        self, engine: Engine, voice: Voice
    ) -> None:
        said = _utterance(SENTENCE)
        alone = engine.speak(said, 1.0)
        files = _contents(voice.surroundings.folder)
        with _speaking(voice, _utterance(" ".join([SENTENCE] * 3)), 10_000) as killed:
            time.sleep(0.5)
            killed.kill()
        assert killed.returncode == -signal.SIGKILL
        assert _contents(voice.surroundings.folder) == files
        [heard] = _heard(voice, said, 1)
        if voice.deterministic:
            assert heard == hashlib.sha256(alone.pcm).hexdigest()
            assert engine.speak(said, 1.0) == alone


class QuickEngineContract(_Contract):
    """Tests that say hundreds of sentences, for engines that are faster than speech."""

    @pytest.mark.parametrize("letter", LETTERS)
    def test_every_letter_can_be_said(self, engine: Engine, letter: str) -> None:
        assert engine.speak(_utterance(f"قَالَ {letter}َ{letter}ْ نَعَمْ"), 1.0).duration > 0.1

    @pytest.mark.parametrize("mark", MARKS)
    def test_every_mark_can_be_said(self, engine: Engine, mark: str) -> None:
        assert engine.speak(_utterance(f"كَتَب{mark} نَعَمْ"), 1.0).duration > 0.1

    def test_the_longest_utterance_of_the_card_is_said_to_its_end(self, engine: Engine, voice: Voice) -> None:
        count = voice.card.limits.characters // (len(SENTENCE) + 1)
        long = " ".join([SENTENCE] * count)
        once, many = (engine.speak(_utterance(text), 1.0) for text in (SENTENCE, long))
        assert many.duration > 0.8 * count * once.duration
        if voice.times_words:
            assert many.words[-1].word == len(long.split()) - 1

    def test_a_word_of_four_hundred_letters_does_no_harm(self, engine: Engine) -> None:
        assert engine.speak(_utterance("بَلَدُ" * 80), 1.0).duration > 5
        assert engine.speak(_utterance(SENTENCE), 1.0).duration > 1

    def test_two_hundred_sentences_leave_memory_flat(self, engine: Engine) -> None:
        process = psutil.Process()

        def resident(sentences: int) -> int:
            for number in range(sentences):
                engine.speak(_utterance(f"قَالَ نَعَمْ {LETTERS[number % 30]}َ"), 1.0)
            gc.collect()
            return int(process.memory_info().rss)

        before = resident(50)
        assert resident(200) - before < _LEAK

    def test_two_processes_at_once_speak_as_one_does(self, engine: Engine, voice: Voice) -> None:
        said = _utterance(SENTENCE)
        with _speaking(voice, said, 5) as first, _speaking(voice, said, 5) as second:
            heard = [process.communicate()[0].decode().split() for process in (first, second)]
        alone = hashlib.sha256(engine.speak(said, 1.0).pcm).hexdigest()
        assert heard == [[alone] * 5] * 2


def _utterance(text: str) -> Utterance:
    return Utterance(text, text, phonemise(text))


def _samples(clip: Clip) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Samples from -1 to 1."""
    return np.frombuffer(clip.pcm, "<i2").astype(np.float64) / 32768


def _speaking(voice: Voice, said: Utterance, rounds: int) -> subprocess.Popen[bytes]:
    """A process that has loaded the voice and says an utterance so often; it prints a hash for each clip."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SPEAKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(pickle.dumps((voice.card, voice.surroundings, said, rounds)))
    process.stdin.flush()
    assert process.stdout.readline() == b"loaded\n"
    return process


def _heard(voice: Voice, said: Utterance, rounds: int) -> list[str]:
    """The hashes of what such a process says."""
    with _speaking(voice, said, rounds) as process:
        assert process.stdout
        # ``communicate`` would miss what was read ahead with the first line.
        return process.stdout.read().decode().split()


def _contents(folder: Path) -> dict[Path, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
