"""Other formats: nothing half-made passes for the whole, and no process is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import Path

import lameenc
import numpy as np
import psutil
import pytest

from service.audio import trial
from service.audio.transcoding import PCM_RATE, Format, Transcoder
from service.model.errors import EngineError, Unavailable

SECONDS = 8


def tone() -> bytes:
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(64)
    encoder.set_in_sample_rate(22_050)
    encoder.set_channels(1)
    encoder.silence()
    wave = np.sin(np.arange(22_050 * SECONDS) * 440 * 2 * np.pi / 22_050) * 9_000
    return bytes(encoder.encode(wave.astype("<i2").tobytes()) + encoder.flush())


async def growing(mp3: bytes, error: Exception | None = None) -> AsyncGenerator[bytes]:
    for start in range(0, len(mp3), 8_000):
        yield mp3[start : start + 8_000]
    if error:
        raise error


def converters() -> list[psutil.Process]:
    found = []
    for each in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if each.name().startswith("ffmpeg"):
                found.append(each)
    return found


async def ended() -> None:
    async with asyncio.timeout(60):
        while converters():  # noqa: ASYNC110  # no event tells of it
            await asyncio.sleep(0.01)


def test_all_of_it_comes_out() -> None:
    async def run() -> bytes:
        return b"".join([chunk async for chunk in Transcoder(1).transcode(growing(tone()), Format.PCM)])

    assert len(asyncio.run(run())) / 2 / PCM_RATE == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize("form", [each for each in Format if each is not Format.MP3])
@pytest.mark.parametrize("before", [0, 8_000])
def test_what_breaks_off_the_mp3_breaks_off_the_rest(form: Format, before: int) -> None:
    async def run() -> None:
        source = growing(tone()[:before], Unavailable("Gone.", "ذهب."))
        with pytest.raises(Unavailable, match="Gone"):
            async for _ in Transcoder(1).transcode(source, form):
                pass
        await ended()

    asyncio.run(run())


def test_what_is_no_mp3_is_no_silence() -> None:
    async def run() -> None:
        with pytest.raises(EngineError, match="ffmpeg ended"):
            async for _ in Transcoder(1).transcode(growing(b"no sound at all" * 5_000), Format.WAV):
                pass

    asyncio.run(run())


def test_who_leaves_makes_room_for_the_next() -> None:
    async def run() -> None:
        transcoder = Transcoder(1)
        for _ in range(3):
            async with aclosing(transcoder.transcode(growing(tone()), Format.FLAC)) as stream:
                assert (await anext(stream)).startswith(b"fLaC")
                assert len(converters()) == 1
        await ended()

    asyncio.run(run())


def test_a_program_that_cannot_be_started_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ffmpeg"
    program.write_bytes(b"\x7fELF of another processor")
    program.chmod(0o755)
    monkeypatch.setattr("service.audio.transcoding.find_ffmpeg", lambda: str(program))

    async def run() -> None:
        transcoder = Transcoder(1)
        for _ in range(2):  # the first one has given its place back
            with pytest.raises(EngineError, match="cannot be started") as told:
                await anext(transcoder.transcode(growing(tone()), Format.FLAC))
            assert str(tmp_path) not in told.value.en

    asyncio.run(run())


def test_a_trial_that_takes_too_long_names_the_format(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.audio.trial._TIMEOUT", 0.0)
    with pytest.raises(EngineError, match="opus: ffmpeg did not end"):
        trial.converts()


def test_a_process_that_gives_nothing_is_ended_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.audio.transcoding._IDLE_SECONDS", 0.5)

    async def silent() -> AsyncGenerator[bytes]:
        yield tone()[:2_000]
        await asyncio.sleep(60)

    async def run() -> None:
        async with asyncio.timeout(60):
            with pytest.raises(EngineError):
                async for _ in Transcoder(1).transcode(silent(), Format.WAV):
                    pass
        await ended()

    asyncio.run(run())


def test_a_process_whose_listener_takes_nothing_is_ended_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.audio.transcoding._IDLE_SECONDS", 3.0)

    async def run() -> None:
        stream = Transcoder(1).transcode(growing(tone() * 20), Format.WAV)
        await anext(stream)
        await ended()  # though nobody has closed the stream
        with pytest.raises(EngineError):
            async for _ in stream:
                pass

    asyncio.run(run())
