import threading
import time

from service.engines.idle_unload import Resting
from service.model.reading import Utterance
from service.model.recording import Clip

SAID = Utterance("نعم", "نَعَمْ", "")


class Engine:
    """A real engine of the smallest kind: it says a little silence, as slowly as it is told to."""

    sample_rate = 16000

    def __init__(self, takes=0.0):
        self.takes = takes
        self.closed = threading.Event()

    def speak(self, utterance, speed):  # noqa: ARG002
        assert not self.closed.is_set(), "spoke after it was closed"
        time.sleep(self.takes)
        assert not self.closed.is_set(), "was closed while it spoke"
        return Clip(bytes(320), self.sample_rate)

    def close(self):
        self.closed.set()


class Stable:
    """Makes engines and remembers them."""

    def __init__(self, takes=0.0):
        self.made = []
        self.takes = takes

    def load(self):
        self.made.append(Engine(self.takes))
        return self.made[-1]


def test_nothing_is_loaded_before_it_is_needed():
    stable = Stable()

    assert Resting(stable.load, 16000, 60).sample_rate == 16000
    assert stable.made == []


def test_one_engine_says_what_follows_closely():
    stable = Stable()
    engine = Resting(stable.load, 16000, 60)

    for _ in range(3):
        engine.speak(SAID, 1.0)

    assert len(stable.made) == 1
    engine.close()
    assert stable.made[0].closed.is_set()


def test_an_idle_engine_is_let_go_and_comes_back_when_needed():
    stable = Stable()
    engine = Resting(stable.load, 16000, 0.02)
    engine.speak(SAID, 1.0)

    assert stable.made[0].closed.wait(120)

    engine.speak(SAID, 1.0)
    assert len(stable.made) == 2
    engine.close()


def test_an_engine_is_never_let_go_while_it_speaks():
    stable = Stable(takes=0.05)
    engine = Resting(stable.load, 16000, 0.01)

    for _ in range(5):
        engine.speak(SAID, 1.0)

    engine.close()
    assert all(made.closed.is_set() for made in stable.made)


def test_closing_twice_does_no_harm():
    engine = Resting(Stable().load, 16000, 60)
    engine.speak(SAID, 1.0)

    engine.close()
    engine.close()
