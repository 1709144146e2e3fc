"""Other formats than MP3, from the MP3 while it grows: ffmpeg behind pipes, nothing on disk."""

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
"""Samples a second of ``wav`` and ``pcm``."""

_CHUNK = 64 * 1024
_COMPLAINT = 2048
"""Bytes of what ffmpeg says of an error that are remembered."""
_SLOT_SECONDS = 10.0
"""How long somebody waits for a process to become free."""
_IDLE_SECONDS = 150.0
"""A process that gives nothing, or whose listener takes nothing, for so long is ended. Longer than a
listener of the MP3 waits for its next bytes."""


class Format(StrEnum):
    """What audio can be had as."""

    MP3 = "mp3"
    OPUS = "opus"
    AAC = "aac"
    FLAC = "flac"
    WAV = "wav"
    PCM = "pcm"

    @property
    def content_type(self) -> str:
        """For HTTP. Opus is in Ogg (RFC 7845), AAC in ADTS."""
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
    """Turns MP3s into other formats.

    Args:
        most: ffmpeg processes at once.
    """

    def __init__(self, most: int) -> None:
        self._slots = asyncio.Semaphore(most)

    async def transcode(
        self, mp3: AsyncGenerator[bytes], target: Format, seconds: float | None = None
    ) -> AsyncGenerator[bytes]:
        """The same sound in another format, as fast as the MP3 comes.

        Args:
            mp3: as it grows.
            target: any but MP3.
            seconds: how long it sounds, where that is known: then a WAV tells its length.

        Raises:
            MissingPart: there is no ffmpeg.
            Unavailable: all processes are busy.
            EngineError: ffmpeg ended badly, with its own reason; and whatever ``mp3`` raises.
        """
        if target is Format.WAV and seconds is not None:
            samples = self.transcode(mp3, Format.PCM)
            async with aclosing(samples):
                async for chunk in wav.whole(samples, round(seconds * PCM_RATE), PCM_RATE):
                    yield chunk
            return
        process = await self._start(target)
        ended = asyncio.create_task(process.wait())
        # When the process has ended, and not when its listener has: who takes nothing holds no place.
        ended.add_done_callback(lambda _: self._slots.release())
        feeding = asyncio.create_task(_feed(process, mp3))
        complaint = asyncio.create_task(_complaint(process))
        try:
            async for chunk in _told(process):
                yield chunk
            status = await ended
            if feeding.done():
                feeding.result()  # raises what the MP3 broke off with
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
    except OSError as error:  # the program is broken, or of another processor
        raise EngineError(
            f"ffmpeg cannot be started: {error.strerror}", f"تعذّر تشغيل ffmpeg: {error.strerror}"
        ) from error


async def _feed(process: Process, mp3: AsyncGenerator[bytes]) -> None:
    """Give the process all of the MP3; where that breaks off, nothing of it passes for the whole."""
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
    """What the process gives; it is ended when it gives nothing, or nobody takes it, for too long."""
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
    """The end of what the process writes to stderr, read all along: a full pipe would stop the process."""
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
