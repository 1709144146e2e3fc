"""MP3: right in its length, the same growing and grown, and telling what it is."""

import io
import subprocess
import tempfile

import mutagen
import numpy as np
import pytest
from mutagen.id3 import ID3

from service.audio.ffmpeg import find_ffmpeg
from service.audio.mp3 import SAMPLE_RATES, Encoder
from service.types import Tags

RATES = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160)
NO_TAGS = Tags()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(500)


def noise(samples: int) -> bytes:
    return (np.random.default_rng(1).normal(0, 3000, samples)).astype("<i2").tobytes()


def encode(pcm: bytes, rate: int, kbps: int = 64, tags: Tags = NO_TAGS, cover: bytes | None = None):
    """The growing file, but for its last frames, and the finished one."""
    encoder = Encoder(rate, kbps, tags, cover)
    growing = b"".join(encoder.encode(pcm[at : at + 10_000]) for at in range(0, len(pcm), 10_000))
    return growing, encoder.finish()


def decoded(mp3: bytes, rate: int) -> int:
    """Samples. From a file: of a pipe ffmpeg does not cut off the padding at the end."""
    with tempfile.NamedTemporaryFile(suffix=".mp3") as file:
        file.write(mp3)
        file.flush()
        options = ["-v", "error", "-i", file.name, "-f", "s16le", "-ac", "1", "-ar", str(rate), "-"]
        done = subprocess.run([find_ffmpeg(), *options], capture_output=True, check=True)
    assert not done.stderr, done.stderr
    return len(done.stdout) // 2


@pytest.mark.parametrize("rate", SAMPLE_RATES)
@pytest.mark.parametrize("kbps", [32, 64, 160])
def test_what_is_decoded_is_what_was_encoded_to_the_sample(rate: int, kbps: int) -> None:
    kbps = min(kbps, 64) if rate < 16000 else kbps
    samples = rate + 12_345
    assert decoded(encode(noise(samples), rate, kbps)[1], rate) == samples


@pytest.mark.parametrize("kbps", RATES)
def test_the_bit_rate_is_constant_and_the_one_asked_for(kbps: int) -> None:
    _, mp3 = encode(noise(22050 * 20), 22050, kbps)
    assert len(mp3) * 8 / 20 / 1000 == pytest.approx(kbps, rel=0.02)
    assert mutagen.File(io.BytesIO(mp3)).info.bitrate == pytest.approx(kbps * 1000, rel=0.02)


@pytest.mark.parametrize("samples", [1, 575, 576, 577, 1152, 22050, 22050 * 7 + 3])
def test_the_header_tells_the_duration(samples: int) -> None:
    _, mp3 = encode(noise(samples), 22050)
    assert decoded(mp3, 22050) == samples
    assert mutagen.File(io.BytesIO(mp3)).info.length == pytest.approx(samples / 22050, abs=0.06)


@pytest.mark.parametrize("rate", SAMPLE_RATES)
def test_the_growing_file_is_the_finished_one_behind_the_header(rate: int) -> None:
    growing, whole = encode(noise(rate * 3), rate, 64, Tags("عنوان", "موقع", "https://example.com/1"))
    differing = [at for at, (one, other) in enumerate(zip(growing, whole, strict=False)) if one != other]
    tag = len(whole) - len(whole[whole.index(b"Info") :]) - 40
    assert differing
    assert min(differing) > tag
    assert max(differing) < whole.index(b"Info") + 160
    assert len(growing) <= len(whole)


def test_the_growing_file_can_be_played_from_the_start() -> None:
    growing, _ = encode(noise(22050 * 3), 22050)
    assert decoded(growing, 22050) > 2 * 22050


def test_it_says_what_it_is() -> None:
    tags = Tags("قطار الكتب يعود", "صحيفة الوادي", "https://example.com/أخبار?a=1&b=٢")
    _, mp3 = encode(noise(1000), 22050, tags=tags, cover=PNG)
    told = ID3(io.BytesIO(mp3))
    assert told.version == (2, 3, 0)
    assert str(told["TIT2"]) == "قطار الكتب يعود"
    assert str(told["TPE1"]) == "صحيفة الوادي"
    assert str(told["TLAN"]) == "ara"
    assert told["WOAS"].url == "https://example.com/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1?a=1&b=%D9%A2"
    assert told.getall("APIC")[0].mime == "image/png"
    assert told.getall("APIC")[0].data == PNG


def test_what_is_not_known_is_not_said() -> None:
    _, mp3 = encode(noise(1000), 22050)
    assert set(ID3(io.BytesIO(mp3))) == {"TLAN", "TSSE"}


@pytest.mark.parametrize(("rate", "kbps"), [(22051, 64), (22050, 65), (44100, 144), (22050, 320), (8000, 80)])
def test_rates_that_mp3_does_not_know_are_refused(rate: int, kbps: int) -> None:
    with pytest.raises(ValueError, match=str(kbps)):
        Encoder(rate, kbps, Tags())
