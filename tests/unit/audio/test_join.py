"""Clips, pauses and seams."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.audio.join import FADE_MS, Joiner, Said, concatenate, silence
from service.audio.limiter import CEILING_DB, limit
from service.types import Clip, WordTiming

RATE = 22050
CEILING = 32768 * 10 ** (CEILING_DB / 20)


def tone(seconds: float, level: int = 20_000, rate: int = RATE) -> Clip:
    """A clip that neither begins nor ends at zero."""
    return Clip(np.full(round(seconds * rate), level, dtype="<i2").tobytes(), rate)


def samples(pcm: bytes) -> np.ndarray:
    return np.frombuffer(pcm, dtype="<i2").astype(np.int32)


@pytest.mark.parametrize("pause", [0, 0.3, 0.55, 1.2, 0.00001])
def test_pauses_are_true_to_the_sample(pause: float) -> None:
    joiner = Joiner(RATE, 0)
    pcm = samples(joiner.add(tone(0.5), pause))
    assert len(pcm) == round(0.5 * RATE) + round(pause * RATE)
    assert not pcm[round(0.5 * RATE) :].any()
    assert joiner.position == len(pcm) / RATE


def test_positions_add_up_over_a_long_track() -> None:
    joiner, length = Joiner(RATE, 0), 0
    for _ in range(500):
        length += len(joiner.add(tone(0.0123), 0.3)) // 2
    assert joiner.position == length / RATE


def test_no_sample_jumps_at_a_seam_between_or_within_sentences() -> None:
    """The loudest clip there is, cut off in mid-swing, meets silence without a step."""
    joiner = Joiner(RATE, 0)
    sentence = [Said(tone(0.2, 32_000), 0.1, 1), Said(tone(0.2, -32_000), 0.1, 1)]
    track = samples(joiner.add(concatenate(sentence), 0.2) + joiner.add(concatenate(sentence), 0.2))
    fade = FADE_MS / 1000 * RATE
    assert np.abs(np.diff(track)).max() < 8 * 32_000 / fade
    assert abs(track[0]) < 200


@pytest.mark.parametrize("length", [0, 1, 2, 50, 5000, 11_025])
def test_fades_change_no_length_by_more_than_their_own(length: int) -> None:
    clip = Clip(b"\x10\x27" * length, RATE)
    faded = concatenate([Said(clip, 0, 0)])
    assert abs(faded.duration - clip.duration) <= FADE_MS / 1000


def test_pieces_keep_their_words_in_place() -> None:
    said = Clip(tone(0.5).pcm, RATE, (WordTiming(0, 0.1, 0.2), WordTiming(1, 0.2, 0.5)))
    joined = concatenate([Said(said, 0.25, 2), Said(said, 9.0, 2)])
    assert joined.duration == pytest.approx(1.25, abs=0.002)
    assert [word.word for word in joined.words] == [0, 1, 2, 3]
    assert [word.start for word in joined.words] == pytest.approx([0.1, 0.2, 0.85, 0.95], abs=0.001)


def test_rates_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="16000"):
        Joiner(RATE, 0).add(tone(0.1, rate=16000), 0)
    with pytest.raises(ValueError, match="16000"):
        concatenate([Said(tone(0.1), 0, 1), Said(tone(0.1, rate=16000), 0, 1)])


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
