"""Clips at another sample rate."""

import numpy as np
import pytest

from service.audio.resample import resampled
from service.model.recording import Clip, WordTiming

WORDS = (WordTiming(0, 0.1, 0.4),)


def tone(hertz: float, rate: int, seconds: float = 1.0, level: float = 0.5) -> Clip:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return Clip(np.round(wave * 32767).astype("<i2").tobytes(), rate, WORDS)


def spectrum(clip: Clip) -> np.ndarray:
    """dB of full scale, one value a hertz, of the middle half second."""
    samples = np.frombuffer(clip.pcm, dtype="<i2") / 32768
    half = len(samples) // 2
    middle = samples[half // 2 : half // 2 + half] * np.hanning(half)
    return 20 * np.log10(np.abs(np.fft.rfft(middle, clip.sample_rate)) / (half / 4) + 1e-9)


@pytest.mark.parametrize(("given", "wanted"), [(22050, 16000), (16000, 22050), (22050, 24000), (8000, 48000)])
def test_a_tone_stays_the_same_tone_as_long_as_loud_and_alone(given: int, wanted: int) -> None:
    clip = resampled(tone(1000, given), wanted)
    assert clip.sample_rate == wanted
    assert clip.duration == pytest.approx(1.0, abs=1e-3)
    assert clip.words == WORDS
    heard = spectrum(clip)
    assert int(heard.argmax()) == 1000
    assert heard.max() == pytest.approx(-6, abs=0.1)
    assert np.delete(heard, range(900, 1101)).max() < -70


def test_what_the_lower_rate_cannot_hold_is_left_out_and_not_folded_back() -> None:
    assert spectrum(resampled(tone(10_000, 22050), 16000)).max() < -70


def test_a_clip_at_full_scale_is_not_wrapped_around() -> None:
    square = np.sign(np.sin(2 * np.pi * 100 * np.arange(22050) / 22050)) * 32767
    converted = resampled(Clip(square.astype("<i2").tobytes(), 22050), 16000)
    samples = np.frombuffer(converted.pcm, dtype="<i2").astype(int)
    # A wrapped overshoot would be a sample of the other sign within a half-wave.
    middles = samples[40::80][:180]
    assert (np.abs(middles) > 30_000).all()
    assert (np.sign(middles) == np.tile([1, -1], 90)).all()


def test_at_its_own_rate_a_clip_is_left_alone() -> None:
    clip = tone(1000, 22050)
    assert resampled(clip, 22050) is clip


def test_nothing_stays_nothing() -> None:
    assert resampled(Clip(b"", 22050), 16000).pcm == b""
