"""Decodes a server's answer to mono samples, and refuses whatever is not the expected audio."""

from __future__ import annotations

import struct
import subprocess

import numpy as np

from service.audio.ffmpeg import find_ffmpeg, last_line
from service.engines import pcm
from service.model.errors import EngineError

_DECODE_SECONDS = 30.0
_UNKNOWN_SIZE = 0x7FFF_0000
"""Sizes from here on (and 0) stand in WAV headers of streams whose length was not known."""
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
"""Codes in a WAV header: linear PCM, floating point, and one with a sub-format (WAVEFORMATEXTENSIBLE)."""
_READ = {(_PCM, 16), (_FLOAT, 32)}
"""Codes and bits that are read: what speech servers write."""
_MOST_CHANNELS = 2
_TEXTS = ("text/", "application/json", "application/problem", "application/xml", "application/xhtml")
_MOST_QUOTED = 120


def decode(body: bytes, content_type: str, form: str, sample_rate: int) -> pcm.Samples:
    """Decode audio to mono samples.

    Args:
        body: the audio, whole.
        content_type: as the server declares it; may be empty.
        form: one of ``names.FORMATS``.
        sample_rate: in hertz, of the voice's card.

    Raises:
        EngineError: it is a text, empty, cut off, in another format, or at another sample rate.
        MissingPart: MP3 or FLAC, and no ffmpeg is installed.
    """
    if not body:
        raise EngineError("its server sent an empty answer", "أرسل خادمه جوابًا فارغًا")
    _check_no_text(body, content_type)
    if form == "pcm":
        return _raw(body, content_type, sample_rate)
    return _wav(body if form == "wav" else _to_wav(body, form), sample_rate)


def _check_no_text(body: bytes, content_type: str) -> None:
    begin = body[:_MOST_QUOTED].decode("utf-8", "replace").strip()
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith(_TEXTS) or (begin[:1] in {"<", "{"} and begin.isprintable()):
        told = " ".join("".join(letter if letter.isprintable() else " " for letter in begin).split())
        raise EngineError(
            f"its server sent a text ({kind or 'no type'}) instead of audio: “{told}”",
            f"أرسل خادمه نصًّا بدل الصوت: «{told}»",
        )


def _raw(body: bytes, content_type: str, sample_rate: int) -> pcm.Samples:
    """Samples without a header; some servers tell the rate in the type: ``audio/pcm; rate=24000``."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "rate" and value.strip('"').isdecimal():
            _check_rate(int(value.strip('"')), sample_rate)
    if len(body) % 2:
        raise _cut_off(len(body))
    return pcm.from_int16(body)


def _wav(body: bytes, sample_rate: int) -> pcm.Samples:
    """The samples of a WAV (RIFF); the header's size may be unknown, as in a stream."""
    if body[:4] != b"RIFF" or body[8:12] != b"WAVE":
        raise _other_format("WAV")
    at, form = 12, b""
    while at + 8 <= len(body):
        name, size = body[at : at + 4], int.from_bytes(body[at + 4 : at + 8], "little")
        at += 8
        if name == b"fmt ":
            form = body[at : at + size]
        elif name == b"data":
            return _samples(body, at, size, form, sample_rate)
        at += size + size % 2
    raise _cut_off(len(body))


def _samples(body: bytes, at: int, size: int, form: bytes, sample_rate: int) -> pcm.Samples:
    """The samples from byte ``at`` on; several channels become their mean."""
    if len(form) < 16:  # noqa: PLR2004  # bytes of the shortest description
        raise _other_format("WAV")
    code, channels, rate, _, _, bits = struct.unpack("<HHIIHH", form[:16])
    if code == _EXTENSIBLE and len(form) >= 26:  # noqa: PLR2004  # up to the sub-format
        code = int.from_bytes(form[24:26], "little")
    if (code, bits) not in _READ or not 1 <= channels <= _MOST_CHANNELS:
        raise EngineError(
            f"its server sent a WAV with {channels} channels of {bits} bits (code {code}): neither 16-bit "
            "PCM nor 32-bit floating point",
            f"أرسل خادمه ملف WAV بعدد قنوات {channels} وعمق {bits} بت، والمطلوب 16 بت أو 32 بت بفاصلة عائمة",
        )
    _check_rate(rate, sample_rate)
    there = len(body) - at
    if size == 0 or size >= _UNKNOWN_SIZE:
        size = there
    if size > there:
        raise _cut_off(len(body))
    data = body[at : at + size - size % (channels * bits // 8)]
    if code == _PCM:
        samples = pcm.from_int16(data)
    else:
        samples = pcm.whole(np.frombuffer(data, dtype="<f4").astype(np.float32))
    return samples if channels == 1 else samples.reshape(-1, channels).mean(axis=1, dtype=np.float32)


def _to_wav(body: bytes, form: str) -> bytes:
    """The audio as a mono WAV at its own sample rate, by ffmpeg through pipes."""
    options = f"-hide_banner -nostdin -v error -threads 1 -f {form} -i pipe:0 -map 0:a:0 -ac 1 -c:a pcm_s16le"
    try:
        done = subprocess.run(
            [find_ffmpeg(), *options.split(), "-f", "wav", "pipe:1"],
            input=body,
            capture_output=True,
            timeout=_DECODE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"ffmpeg failed: {error}", f"أخفق ffmpeg: {error}") from error
    if done.returncode or not done.stdout:
        why = last_line(done.stderr)
        raise EngineError(
            f"its server sent no {form.upper()} that ffmpeg can read: {why}",
            f"لم يستطع ffmpeg قراءة ما أرسله خادمه بصيغة {form.upper()}: {why}",
        )
    return done.stdout


def _check_rate(rate: int, expected: int) -> None:
    if rate != expected:
        raise EngineError(
            f"its server speaks at {rate} Hz, but its card says {expected}: correct sample_rate",
            f"معدّل عيّنات خادمه {rate} هرتز، وفي بطاقته {expected}: صحّح sample_rate",
        )


def _other_format(expected: str) -> EngineError:
    return EngineError(f"its server sent something other than {expected}", f"أرسل خادمه ما ليس {expected}")


def _cut_off(length: int) -> EngineError:
    return EngineError(
        f"its server's answer was cut off after {length:,} bytes", f"انقطع جواب خادمه بعد {length:,} بايت"
    )
