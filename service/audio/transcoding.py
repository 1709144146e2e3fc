"""Transcodes a growing MP3 to other formats: ffmpeg behind pipes, nothing on disk."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from enum import StrEnum

from service.audio import wav
from service.audio.ffmpeg import find_ffmpeg, last_line
from service.model.errors import EngineError, Unavailable

PCM_RATE = 24_000
"""Sample rate of ``wav`` and ``pcm``, in Hz."""

_CHUNK = 64 * 1024
_COMPLAINT = 2048
"""Bytes of ffmpeg's error output that are stored."""
_SLOT_SECONDS = 10.0
"""How long a request waits for a free process."""
_IDLE_SECONDS = 150.0
"""A process is killed after so long without output, or without its listener reading. Longer than a listener
of the MP3 waits for its next bytes."""


class Format(StrEnum):
    """Audio formats on offer."""

    MP3 = "mp3"
    OPUS = "opus"
    AAC = "aac"
    FLAC = "flac"
    WAV = "wav"
    PCM = "pcm"

    @property
    def content_type(self) -> str:
        """The HTTP media type. Opus is in Ogg (RFC 7845), AAC in ADTS."""
        return _CONTENT_TYPES[self]


_CONTENT_TYPES = {
    Format.MP3: "audio/mpeg",
    Format.OPUS: "audio/ogg; codecs=opus",
    Format.AAC: "audio/aac",
    Format.FLAC: "audio/flac",
    Format.WAV: "audio/wav",
    Format.PCM: f"audio/pcm; rate={PCM_RATE}; channels=1",
}
_OPTIONS = {
    Format.OPUS: "-c:a libopus -application voip -b:a 32k -f ogg",
    Format.AAC: "-c:a aac -b:a 64k -f adts",
    Format.FLAC: "-c:a flac -f flac",
    Format.WAV: f"-c:a pcm_s16le -ar {PCM_RATE} -f wav",
    Format.PCM: f"-c:a pcm_s16le -ar {PCM_RATE} -f s16le",
}
_INPUT = "-hide_banner -nostdin -v error -threads 1 -f mp3 -i pipe:0"
_OUTPUT = "-map 0:a:0 -map_metadata -1 -fflags +bitexact -flags:a +bitexact -ac 1 -flush_packets 1"


class Transcoder:
    """Converts MP3s to other formats.

    Args:
        most: maximum number of concurrent ffmpeg processes.
    """

    def __init__(self, most: int) -> None:
        self._slots = asyncio.Semaphore(most)

    async def transcode(
        self, mp3: AsyncGenerator[bytes], target: Format, seconds: float | None = None
    ) -> AsyncGenerator[bytes]:
        """Convert to another format, as fast as the MP3 arrives.

        Args:
            mp3: the MP3 as it grows.
            target: any format but MP3.
            seconds: its duration, if known: then a WAV header states its length.

        Raises:
            MissingPart: no ffmpeg is installed.
            Unavailable: all processes are busy.
            EngineError: ffmpeg failed; includes its own message. Also any error that ``mp3`` raises.
        """
        if target is Format.WAV and seconds is not None:
            samples = self.transcode(mp3, Format.PCM)
            async with aclosing(samples):
                async for chunk in wav.whole(samples, round(seconds * PCM_RATE), PCM_RATE):
                    yield chunk
            return
        process = await self._start(target)
        ended = asyncio.create_task(process.wait())
        # The slot is free when the process ends, not when its listener does: a stalled listener holds none.
        ended.add_done_callback(lambda _: self._slots.release())
        feeding = asyncio.create_task(_feed(process, mp3))
        complaint = asyncio.create_task(_complaint(process))
        try:
            async for chunk in _told(process):
                yield chunk
            status = await ended
            if feeding.done():
                feeding.result()  # raises the error that ended the MP3
            if status:
                why = last_line(await complaint)
                raise EngineError(
                    f"ffmpeg ended with status {status}: {why}", f"توقّف ffmpeg بالحالة {status}: {why}"
                )
        finally:
            feeding.cancel()
            complaint.cancel()
            _kill(process)

    async def _start(self, target: Format) -> Process:
        command = [find_ffmpeg(), *f"{_INPUT} {_OUTPUT} {_OPTIONS[target]} pipe:1".split()]
        try:
            async with asyncio.timeout(_SLOT_SECONDS):
                await self._slots.acquire()
        except TimeoutError as error:
            raise Unavailable(
                "Too many recordings are being converted at the moment.",
                "تُحوَّل الآن تسجيلات كثيرة إلى صيغ أخرى.",
            ) from error
        try:
            return await _begun(command)
        except BaseException:
            self._slots.release()
            raise


async def _begun(command: list[str]) -> Process:
    try:
        return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    except OSError as error:  # the program is broken, or for another processor
        raise EngineError(
            f"ffmpeg cannot be started: {error.strerror}", f"تعذّر تشغيل ffmpeg: {error.strerror}"
        ) from error


async def _feed(process: Process, mp3: AsyncGenerator[bytes]) -> None:
    """Send the whole MP3 to the process; kill it if the MP3 fails, so that no part passes for the whole."""
    entrance = process.stdin
    assert entrance is not None  # noqa: S101  # nosec B101  # opened as a pipe
    try:
        async with aclosing(mp3):
            with suppress(ConnectionError):  # the process has ended; its status says how
                async for chunk in mp3:
                    entrance.write(chunk)
                    await entrance.drain()
                entrance.close()
    except BaseException:
        _kill(process)
        raise


async def _told(process: Process) -> AsyncGenerator[bytes]:
    """The process's output; kill the process when it is idle, or its listener does not read, for too long."""
    exit_ = process.stdout
    assert exit_ is not None  # noqa: S101  # nosec B101  # likewise
    loop = asyncio.get_running_loop()
    watch = loop.call_later(_IDLE_SECONDS, _kill, process)
    try:
        while chunk := await exit_.read(_CHUNK):
            watch.cancel()
            watch = loop.call_later(_IDLE_SECONDS, _kill, process)
            yield chunk
    finally:
        watch.cancel()


async def _complaint(process: Process) -> bytes:
    """The end of the process's stderr, read continuously: a full pipe would block the process."""
    written = process.stderr
    assert written is not None  # noqa: S101  # nosec B101  # opened as a pipe
    end = b""
    while chunk := await written.read(_CHUNK):
        end = (end + chunk)[-_COMPLAINT:]
    return end


def _kill(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
