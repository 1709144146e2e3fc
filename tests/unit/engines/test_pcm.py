import numpy as np

from service.engines import pcm

RATE = 16000


def tone(seconds, level=0.3):
    return (level * np.sin(2 * np.pi * 440 * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def silence(seconds):
    return np.zeros(int(seconds * RATE), dtype=np.float32)


def test_silence_at_both_ends_is_cut_to_the_stated_length():
    sound = np.concatenate([silence(0.5), tone(1), silence(0.7)])

    samples, lead = pcm.trim(sound, RATE)

    assert abs(len(samples) / RATE - (1 + 2 * pcm.EDGE_SECONDS)) < 0.001
    assert abs(lead / RATE - (0.5 - pcm.EDGE_SECONDS)) < 0.001


def test_a_silence_within_stays():
    sound = np.concatenate([tone(0.3), silence(1), tone(0.3)])

    assert abs(len(pcm.trim(sound, RATE).samples) - len(sound)) <= 2


def test_a_constant_offset_is_taken_away():
    samples, _ = pcm.trim(tone(1) + np.float32(0.05), RATE)

    assert abs(float(samples.mean())) < 0.001


def test_silence_throughout_comes_back_empty():
    assert pcm.trim(silence(1), RATE).samples.size == 0
    assert pcm.trim(silence(0), RATE).samples.size == 0


def test_samples_beyond_full_scale_are_held_there():
    sound = np.array([-2.0, -1.0, 0.0, 1.0, 2.0], dtype=np.float32)

    assert np.frombuffer(pcm.to_int16(sound), "<i2").tolist() == [-32767, -32767, 0, 32767, 32767]
