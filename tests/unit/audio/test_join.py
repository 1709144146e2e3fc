"""Pieces, pauses and seams."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.audio.frames import TAIL_SECONDS, Format, paused
from service.audio.join import FADE_MS, faded, silence, stretched
from service.audio.limiter import CEILING_DB, limit
from service.model.recording import Clip, WordTiming

RATE = 22050
LAYOUT = Format(RATE, 64)
FRAME = LAYOUT.samples_a_frame
CEILING = 32768 * 10 ** (CEILING_DB / 20)


def tone(seconds: float, level: int = 20_000, rate: int = RATE) -> Clip:
    """A clip that neither begins nor ends at zero."""
    return Clip(np.full(round(seconds * rate), level, dtype="<i2").tobytes(), rate)


def samples(pcm: bytes) -> np.ndarray:
    return np.frombuffer(pcm, dtype="<i2").astype(np.int32)


@pytest.mark.parametrize("seconds", [0.01, 0.5, 1.234, 7])
def test_a_stretch_is_whole_frames_and_ends_in_the_least_of_silence(seconds: float) -> None:
    stretch = stretched(tone(seconds), 0, LAYOUT)
    assert stretch.sound == len(faded(tone(seconds))) // 2
    assert stretch.samples % FRAME == 0
    assert 0 <= stretch.samples - stretch.sound - round(TAIL_SECONDS * RATE) < FRAME


@pytest.mark.parametrize("pause", [0.2, 0.21, 0.3, 0.55, 1.2, 5])
def test_a_pause_is_as_long_as_asked_for_and_ends_with_a_frame(pause: float) -> None:
    stretch = stretched(tone(0.5), 0, LAYOUT)
    mp3, length = paused(stretch, pause, LAYOUT)
    assert mp3.startswith(stretch.mp3)
    assert length % FRAME == 0
    assert 0 <= length - stretch.sound - round(pause * RATE) < FRAME


def test_words_stay_where_they_sound() -> None:
    words = (WordTiming(0, 0.1, 0.2), WordTiming(1, 0.2, 0.5))
    assert stretched(Clip(tone(0.5).pcm, RATE, words), -6, LAYOUT).words == words


def test_no_sample_jumps_where_a_piece_meets_silence() -> None:
    """The loudest clip there is, cut off in mid-swing."""
    track = samples(b"".join(faded(tone(0.2, level)) + silence(0.2, RATE) for level in (32_000, -32_000)))
    fade = FADE_MS / 1000 * RATE
    assert np.abs(np.diff(track)).max() < 8 * 32_000 / fade
    assert abs(track[0]) < 200


@pytest.mark.parametrize("length", [0, 1, 2, 50, 5000, 11_025])
def test_fades_change_no_length_by_more_than_their_own(length: int) -> None:
    assert abs(len(faded(Clip(b"\x10\x27" * length, RATE))) / 2 - length) <= FADE_MS / 1000 * RATE


def test_rates_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="16000"):
        stretched(tone(0.1, rate=16000), 0, LAYOUT)


def test_silence_is_silence_to_the_sample() -> None:
    assert silence(0.5, RATE) == bytes(2 * 11025)


@given(
    st.lists(st.integers(-32768, 32767), max_size=3000),
    st.floats(-20, 40),
    st.sampled_from([8000, 16000, 22050, 48000]),
)
def test_no_gain_takes_a_sample_over_the_ceiling(levels: list[int], gain: float, rate: int) -> None:
    limited = samples(limit(np.array(levels, dtype="<i2").tobytes(), rate, gain))
    assert len(limited) == len(levels)
    assert np.abs(limited).max(initial=0) <= CEILING + 1


@given(st.lists(st.integers(-10_000, 10_000), max_size=2000), st.floats(-20, 5))
def test_below_the_ceiling_gain_is_gain_and_nothing_else(levels: list[int], gain: float) -> None:
    limited = samples(limit(np.array(levels, dtype="<i2").tobytes(), RATE, gain))
    assert np.abs(limited - np.array(levels) * 10 ** (gain / 20)).max(initial=0) <= 1.5
