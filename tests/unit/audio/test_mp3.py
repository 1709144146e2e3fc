"""MP3: right in its length, the same growing and grown, seamless, and telling what it is."""

import io
import subprocess
import tempfile
from collections.abc import Sequence

import lameenc
import mutagen
import numpy as np
import pytest
from mutagen.id3 import ID3

from service.audio.ffmpeg import find_ffmpeg
from service.audio.frames import SAMPLE_RATES, TAIL_SECONDS, Format, _ends, _self_contained, encode, silence
from service.audio.mp3 import Wrapping
from service.audio.tag import Tag
from service.model.recording import Tags

RATES = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160)
NO_TAGS = Tags()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(500)


def lengthened(pcm: np.ndarray, layout: Format) -> np.ndarray:
    """The PCM of a stretch: with its silence, in whole frames."""
    least = len(pcm) + round(TAIL_SECONDS * layout.sample_rate)
    return np.pad(pcm, (0, layout.frames_for(least) * layout.samples_a_frame - len(pcm)))


def noise(samples: int) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 3000, samples).astype("<i2")


def made(stretches: Sequence[np.ndarray], layout: Format, tags: Tags = NO_TAGS, cover: bytes | None = None):
    """The growing file, the finished one, and the samples that it holds."""
    wrapping = Wrapping(layout, Tag(tags, cover))
    mp3 = b"".join(encode(pcm.tobytes(), layout) for pcm in stretches)
    samples = sum(map(len, stretches))
    return wrapping.opening + mp3, wrapping.around(mp3, samples), samples


def of_noise(samples: int, rate: int = 22050, kbps: int = 64, **about):
    layout = Format(rate, kbps)
    return made([lengthened(noise(samples), layout)], layout, **about)


def decoded(mp3: bytes, rate: int) -> np.ndarray:
    """Samples. From a file: of a pipe ffmpeg does not cut off the padding at the end."""
    with tempfile.NamedTemporaryFile(suffix=".mp3") as file:
        file.write(mp3)
        file.flush()
        options = ["-v", "error", "-i", file.name, "-f", "s16le", "-ac", "1", "-ar", str(rate), "-"]
        done = subprocess.run([find_ffmpeg(), *options], capture_output=True, check=True)
    assert not done.stderr, done.stderr
    return np.frombuffer(done.stdout, "<i2").astype(float)


def speech(rate: int) -> list[np.ndarray]:
    """Pieces of different lengths, loud up to their ends: the worst that a seam may meet."""
    pieces = []
    for number in range(6):
        at = np.arange(round(rate * (0.4 + 0.13 * number))) / rate
        sound = 8000 * np.sin(2 * np.pi * 300 * at) + np.random.default_rng(number).normal(0, 300, len(at))
        pieces.append(sound.astype("<i2"))
    return pieces


@pytest.mark.parametrize("rate", SAMPLE_RATES)
@pytest.mark.parametrize("kbps", [32, 64, 160])
def test_stretches_sound_as_one_continuous_encoding_does(rate: int, kbps: int) -> None:
    layout = Format(rate, min(kbps, 64) if rate < 16000 else kbps)
    stretches = [lengthened(piece, layout) for piece in speech(rate)]
    source = np.concatenate(stretches).astype(float)
    _, mp3, samples = made(stretches, layout)
    heard = decoded(mp3, rate)
    assert len(heard) == samples == len(source)

    lame = lameenc.Encoder()
    lame.silence()
    lame.set_channels(1)
    lame.set_in_sample_rate(rate)
    lame.set_out_sample_rate(rate)
    lame.set_bit_rate(layout.kbps)
    lame.set_quality(7)
    frames = bytes(lame.encode(source.astype("<i2").tobytes())) + bytes(lame.flush())
    once = decoded(Wrapping(layout, Tag(NO_TAGS)).around(frames, samples), rate)[:samples]

    def error(track: np.ndarray) -> float:
        return float(np.abs(track - source[: len(track)]).mean())

    assert error(heard) < 1.03 * error(once)
    # No click at a seam: around it the two differ no more than the codec errs elsewhere.
    worst = np.abs(once - source[: len(once)]).max()
    for seam in np.cumsum([len(stretch) for stretch in stretches])[:-1]:
        around = slice(seam - layout.samples_a_frame, seam + layout.samples_a_frame)
        assert np.abs(heard[around] - source[around]).max() < 1.1 * worst


@pytest.mark.parametrize("rate", SAMPLE_RATES)
def test_a_stretch_has_as_many_frames_as_its_samples_fill_and_refers_to_none_before_it(rate: int) -> None:
    layout = Format(rate, 64)
    mp3 = encode(lengthened(noise(rate), layout).tobytes(), layout)
    side_info = mp3[4:6] if layout.version == 1 else mp3[4:5]
    assert int.from_bytes(side_info, "big") >> (7 if layout.version == 1 else 0) == 0
    frames = layout.frames_for(rate + round(TAIL_SECONDS * rate))
    assert abs(len(mp3) - frames * layout.samples_a_frame * 8000 / rate) < 2
    assert silence(0, layout) == b""


@pytest.mark.parametrize("rate", [16000, 44100])
def test_frames_are_counted_up_to_one_that_is_not_whole_or_no_frame_of_the_file(rate: int) -> None:
    layout = Format(rate, 64)
    mp3 = encode(lengthened(noise(rate), layout).tobytes(), layout)
    ends = list(_ends(mp3, layout))
    assert ends[-1] == len(mp3)
    assert len(list(_ends(mp3[:-1], layout))) == len(ends) - 1
    assert list(_ends(mp3[: ends[2]] + b"\0" + mp3[ends[2] + 1 :], layout)) == ends[:3]
    assert list(_ends(mp3, Format(rate, 32))) != ends
    assert _self_contained(mp3, layout)
    assert not _self_contained(mp3[:4] + b"\1" + mp3[5:], layout)


@pytest.mark.parametrize("rate", SAMPLE_RATES)
@pytest.mark.parametrize("kbps", [32, 64, 160])
def test_what_is_decoded_is_what_was_encoded_to_the_sample(rate: int, kbps: int) -> None:
    kbps = min(kbps, 64) if rate < 16000 else kbps
    _, mp3, samples = of_noise(rate + 12_345, rate, kbps)
    assert len(decoded(mp3, rate)) == samples


@pytest.mark.parametrize("kbps", RATES)
def test_the_bit_rate_is_constant_and_the_one_asked_for(kbps: int) -> None:
    _, mp3, _ = of_noise(22050 * 20, kbps=kbps)
    assert len(mp3) * 8 / 20 / 1000 == pytest.approx(kbps, rel=0.02)
    assert mutagen.File(io.BytesIO(mp3)).info.bitrate == pytest.approx(kbps * 1000, rel=0.02)


@pytest.mark.parametrize("samples", [1, 575, 576, 577, 1152, 22050, 22050 * 7 + 3])
def test_the_header_tells_the_duration(samples: int) -> None:
    _, mp3, samples = of_noise(samples)
    assert len(decoded(mp3, 22050)) == samples
    assert mutagen.File(io.BytesIO(mp3)).info.length == pytest.approx(samples / 22050, abs=0.06)


@pytest.mark.parametrize("rate", SAMPLE_RATES)
def test_the_growing_file_is_the_finished_one_behind_the_header(rate: int) -> None:
    growing, whole, _ = of_noise(rate * 3, rate, tags=Tags("عنوان", "موقع", "https://example.com/1"))
    differing = [at for at, (one, other) in enumerate(zip(growing, whole, strict=False)) if one != other]
    tag = len(whole) - len(whole[whole.index(b"Info") :]) - 40
    assert differing
    assert min(differing) > tag
    assert max(differing) < whole.index(b"Info") + 160
    assert len(growing) <= len(whole)


def test_the_growing_file_can_be_played_from_the_start() -> None:
    growing, _, _ = of_noise(22050 * 3)
    assert len(decoded(growing, 22050)) > 2 * 22050


def test_it_says_what_it_is() -> None:
    tags = Tags("قطار الكتب يعود", "صحيفة الوادي", "https://example.com/أخبار?a=1&b=٢")
    _, mp3, _ = of_noise(1000, tags=tags, cover=PNG)
    told = ID3(io.BytesIO(mp3))
    assert told.version == (2, 3, 0)
    assert str(told["TIT2"]) == "قطار الكتب يعود"
    assert str(told["TPE1"]) == "صحيفة الوادي"
    assert str(told["TLAN"]) == "ara"
    assert told["WOAS"].url == "https://example.com/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1?a=1&b=%D9%A2"
    assert told.getall("APIC")[0].mime == "image/png"
    assert told.getall("APIC")[0].data == PNG


def test_what_is_not_known_is_not_said() -> None:
    _, mp3, _ = of_noise(1000)
    assert set(ID3(io.BytesIO(mp3))) == {"TLAN", "TSSE"}


@pytest.mark.parametrize(("rate", "kbps"), [(22051, 64), (22050, 65), (44100, 144), (22050, 320), (8000, 80)])
def test_rates_that_mp3_does_not_know_are_refused(rate: int, kbps: int) -> None:
    with pytest.raises(ValueError, match=str(kbps)):
        Format(rate, kbps)
