"""Speech at another speed, in its own pitch."""

import numpy as np
import pytest

from service.engines.pacing import paced

RATE = 22050


def tone(hertz, seconds):
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.25, 2.0])
@pytest.mark.parametrize("hertz", [110, 440])
def test_a_tone_lasts_longer_or_shorter_at_its_pitch_and_loudness(hertz, speed):
    given = tone(hertz, 1.0)
    made = paced(given, RATE, speed)

    assert made.size / RATE == pytest.approx(1 / speed, abs=0.04)
    inner = made[2000:-2000]
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(inner.size)))
    assert np.argmax(spectrum) * RATE / inner.size == pytest.approx(hertz, rel=0.03)
    assert np.sqrt(np.mean(np.square(inner))) == pytest.approx(0.3 / np.sqrt(2), rel=0.05)


def test_at_its_own_speed_nothing_changes():
    given = tone(200, 0.5)
    assert paced(given, RATE, 1.0) is given


def test_sound_and_silence_stay_where_they_were():
    given = np.concatenate([tone(200, 0.5), np.zeros(RATE // 2, np.float32), tone(200, 0.5)])
    made = paced(given, RATE, 2.0)
    level = [np.abs(made[int(at * RATE) :][:400]).max() for at in (0.1, 0.37, 0.6)]
    assert level[0] > 0.2
    assert level[1] < 0.01
    assert level[2] > 0.2


def test_a_blink_of_sound_is_left_alone():
    assert paced(tone(200, 0.01), RATE, 2.0).size == 220
