from dataclasses import replace

import numpy as np
import pytest

from service.engines.clip_validation import Checked
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.model.recording import Clip, WordTiming

RATE = 16000
SENTENCE = Utterance("قالت الوزيرة إن العمل بدأ", "قَالَتِ الْوَزِيرَةُ إِنَّ الْعَمَلَ بَدَأَ", "")


class Engine:
    """A third party's engine that says the given clips, one after the other."""

    def __init__(self, *clips):
        self.clips = list(clips)
        self.closed = False

    sample_rate = RATE

    def speak(self, utterance, speed):  # noqa: ARG002
        clip = self.clips.pop(0)
        if isinstance(clip, Exception):
            raise clip
        return clip

    def close(self):
        self.closed = True


def clip(seconds, level=0.3, rate=RATE):
    wave = level * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)
    return Clip(np.clip(wave * 32767, -32767, 32767).astype("<i2").tobytes(), rate)


def worded(*times):
    """A clip that tells of each word when it sounds."""
    return replace(clip(2.0), words=tuple(WordTiming(at, *time) for at, time in enumerate(times)))


GOOD = worded((0.0, 0.5), (0.5, 2.0))
FAULTS = {
    "empty": clip(0),
    "silent": clip(2, level=0),
    "too quiet": clip(2, level=0.005),
    "clipped": clip(2, level=3),
    "half a sample": replace(GOOD, pcm=GOOD.pcm[:-1]),
    "words beyond it": worded((0.0, 0.5), (0.5, 2.1)),
    "words out of order": worded((0.5, 1.0), (0.0, 0.5)),
    "words that end before they begin": worded((0.5, 0.4)),
    "words at no time": worded((0.0, float("nan"))),
    "run away": clip(30),
    "swallowed": clip(0.2),
    "at another rate": clip(2, rate=8000),
    "refused": EngineError("out of memory", "نفدت الذاكرة"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_that_passes_is_not_heard(fault):
    assert Checked(Engine(fault, GOOD)).speak(SENTENCE, 1.0) == GOOD


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_that_stays_is_an_error_that_names_the_sentence(fault):
    with pytest.raises(EngineError) as caught:
        Checked(Engine(fault, fault)).speak(SENTENCE, 1.0)

    assert "قالت الوزيرة" in caught.value.en
    assert "قالت الوزيرة" in caught.value.ar


def test_the_bounds_follow_the_speed():
    assert Checked(Engine(clip(9))).speak(SENTENCE, 0.5).duration == 9
    with pytest.raises(EngineError, match="too long"):
        Checked(Engine(clip(9), clip(9))).speak(SENTENCE, 1.0)


def test_closing_reaches_the_engine():
    engine = Engine()

    Checked(engine).close()

    assert engine.closed
