"""Tests every ffmpeg function that the service needs, on one second of sound, for ``istami doctor``."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncGenerator

import numpy as np

from service.audio import frames
from service.audio.ffmpeg import find_ffmpeg, last_line
from service.audio.loudness import measure
from service.audio.transcoding import Format, Transcoder
from service.model.counting import SECOND, counted
from service.model.errors import EngineError

_RATE = 24_000
_SECONDS = 1.0
_LOUDNESS = -23.0
"""LUFS of a sine of 997 Hz, 20 dB below full scale, in one channel (ITU-R BS.1770)."""
_TOLERANCE = 0.5
_TIMEOUT = 20.0


def measures() -> str:
    """Measure a tone of known loudness.

    Returns:
        The program's path, and its version.

    Raises:
        EngineError: ffmpeg fails, or measures another loudness.
        MissingPart: no ffmpeg is installed.
    """
    heard = measure(_tone(), timeout=_TIMEOUT).integrated
    if abs(heard - _LOUDNESS) > _TOLERANCE:
        raise EngineError(
            f"ffmpeg measures {heard:.1f} LUFS instead of {_LOUDNESS:.1f}",
            f"يقيس ffmpeg {heard:.1f} LUFS والصواب {_LOUDNESS:.1f}",
        )
    return f"{find_ffmpeg()}, {_version()}"


def converts() -> str:
    """Convert a tone to every format on offer.

    Returns:
        The formats.

    Raises:
        EngineError: ffmpeg cannot write one of them; the message names it.
        MissingPart: no ffmpeg is installed.
    """
    made = [each for each in Format if each is not Format.MP3]
    for each in made:
        try:
            size = asyncio.run(_size(each))
        except EngineError as error:
            raise EngineError(f"{each}: {error.en}", f"{each}: {error.ar}") from error
        if not size:
            raise EngineError(f"{each}: ffmpeg wrote nothing", f"{each}: لم يكتب ffmpeg شيئًا")
    return ", ".join(made)


async def _size(target: Format) -> int:
    async def source() -> AsyncGenerator[bytes]:
        yield _tone()

    try:
        async with asyncio.timeout(_TIMEOUT):
            return sum([len(chunk) async for chunk in Transcoder(1).transcode(source(), target)])
    except TimeoutError as error:
        raise EngineError(
            f"ffmpeg did not end within {_TIMEOUT:g} s", f"لم ينتهِ ffmpeg خلال {counted(_TIMEOUT, SECOND)}"
        ) from error


def _tone() -> bytes:
    samples = np.sin(np.arange(int(_RATE * _SECONDS)) * 997 * 2 * np.pi / _RATE) * 3276.7
    return frames.encode(samples.astype("<i2").tobytes(), frames.Format(_RATE, 64))


def _version() -> str:
    command = [find_ffmpeg(), "-version"]
    done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=False)
    said = done.stdout.decode("utf-8", "replace").split(" Copyright")[0]
    return said.removeprefix("ffmpeg ") if not done.returncode else last_line(done.stderr)
