"""Every ffmpeg that istami may find is good enough, and one that is not says why in its own words."""

from __future__ import annotations

import asyncio
import io
import shutil
import wave
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from service.audio import trial
from service.audio.ffmpeg import find_ffmpeg
from service.audio.loudness import measure
from service.audio.transcoding import Format, Transcoder
from service.cli.findings import tried
from service.model.errors import EngineError

SPEAKS = "#!/bin/sh\ncat >/dev/null\n{}\n"


def sound(seconds: float = 12.0, rate: int = 24_000) -> bytes:
    """Noise that swells and fades, as a WAV."""
    drawn = np.random.default_rng(7).normal(size=int(seconds * rate))
    swelling = np.abs(np.sin(np.arange(drawn.size) / rate)) ** 2
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((drawn * swelling * 3000).astype("<i2").tobytes())
    return made.getvalue()


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Has one program, or none but the wheel's, be the ffmpeg that is found."""
    place = tmp_path / "bin"
    place.mkdir()

    def only(script: str | Path | None) -> None:
        (place / "ffmpeg").unlink(missing_ok=True)
        if isinstance(script, Path):
            (place / "ffmpeg").symlink_to(script)
        elif script is not None:
            (place / "ffmpeg").write_text(script, encoding="utf-8")
            (place / "ffmpeg").chmod(0o755)
        monkeypatch.setenv("PATH", f"{place}:/bin" if script and not isinstance(script, Path) else str(place))

    return only


@pytest.fixture(params=["the system's", "the wheel's"])
def each(request: pytest.FixtureRequest, program, only) -> str:
    """Each ffmpeg of this machine, found as the service finds one."""
    only(Path(program("ffmpeg")) if request.param == "the system's" else None)
    found = find_ffmpeg()
    assert (found == imageio_ffmpeg.get_ffmpeg_exe()) is (request.param == "the wheel's")
    return found


def test_each_does_all_that_is_asked_of_one(each: str) -> None:
    assert trial.measures().startswith(f"{each}, version ")
    assert trial.converts() == "opus, aac, flac, wav, pcm"


def test_each_measures_the_same_loudness(program, only) -> None:
    measured = []
    for script in (Path(program("ffmpeg")), None):
        only(script)
        measured.append(measure(sound()))
    system, wheel = measured
    assert -40 < wheel.integrated < -10
    assert system.integrated == pytest.approx(wheel.integrated, abs=0.1)
    assert system.true_peak == pytest.approx(wheel.true_peak, abs=0.1)
    assert system.short_term_range == pytest.approx(wheel.short_term_range, abs=0.2)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'Unable to parse option value \"quiet\"' >&2; exit 1", 'Unable to parse option value "quiet"'),
        ("echo first >&2; echo \"Unknown encoder 'libopus'\" >&2; exit 8", "Unknown encoder 'libopus'"),
        ("echo 'error while loading shared libraries: libavdevice.so.59' >&2; exit 127", "libavdevice.so.59"),
        ("exit 3", "no reason given"),
    ],
)
def test_one_that_fails_is_quoted_and_the_doctor_sees_it(only, script: str, reason: str) -> None:
    only(SPEAKS.format(script))
    for attempt in (trial.measures, trial.converts):
        finding = tried("ffmpeg", attempt)
        assert not finding.fine
        assert reason in finding.found
        assert reason in finding.ar


def test_one_that_measures_wrong_is_seen(only) -> None:
    summary = r"printf '  I:  -9.0 LUFS\n  LRA:  0.0 LU\n  Peak:  -1.0 dBFS\n' >&2"
    only(SPEAKS.format(summary))
    with pytest.raises(EngineError, match=r"measures -9.0 LUFS instead of -23.0"):
        trial.measures()


def test_one_that_cannot_be_run_is_seen(only) -> None:
    only("\x7fELF of another machine")
    with pytest.raises(EngineError, match="does not run"):
        trial.measures()


def test_one_that_complains_without_end_does_not_stall(only) -> None:
    wheel = imageio_ffmpeg.get_ffmpeg_exe()
    only(f"#!/bin/sh\nhead -c 3000000 /dev/zero | tr '\\0' 'x' >&2\nexec {wheel} \"$@\"\n")

    async def run() -> int:
        async def mp3():
            yield trial._tone()

        async with asyncio.timeout(60):
            return sum([len(chunk) async for chunk in Transcoder(1).transcode(mp3(), Format.PCM)])

    assert asyncio.run(run()) > 40_000


def test_the_wheels_is_found_where_the_system_has_none(only) -> None:
    only(None)
    assert shutil.which("ffmpeg") is None
    assert find_ffmpeg() == imageio_ffmpeg.get_ffmpeg_exe()
