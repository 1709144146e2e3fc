"""Clips, one after another, into one track: pauses between them, no click at a seam, one loudness."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from service.audio.ffmpeg import find_ffmpeg
from service.audio.limiter import limit
from service.errors import MissingPart
from service.types import Clip, WordTiming

with warnings.catch_warnings():
    # pydub looks for an ffmpeg on the PATH while it is imported; it is told of ours right below.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
with contextlib.suppress(MissingPart):
    AudioSegment.converter = find_ffmpeg()


@dataclass(frozen=True, slots=True)
class Said:
    """One piece of a sentence, spoken."""

    clip: Clip
    pause: float
    """Seconds of silence after it."""
    words: int
    """How many words the piece has, timed or not."""


FADE_MS = 5
"""A fade this long at both ends of a piece lets no step be heard where it meets silence."""


class Joiner:
    """Turns the clips of one recording into its PCM, piece by piece, in order.

    All clips share one gain, calibrated once a voice: the programme keeps one loudness from the first
    sentence on, with no second pass over what has been sent already.
    """

    def __init__(self, sample_rate: int, gain_db: float) -> None:
        """Begin a track.

        Args:
            sample_rate: of every clip, in samples a second.
            gain_db: brings the voice to the programme's loudness, in decibels.
        """
        self.sample_rate = sample_rate
        self._gain_db = gain_db
        self._samples = 0

    @property
    def position(self) -> float:
        """Seconds joined so far."""
        return self._samples / self.sample_rate

    def add(self, clip: Clip, pause: float) -> bytes:
        """The PCM to append to the track: the clip and ``pause`` seconds of silence after it.

        Raises:
            ValueError: the clip's sample rate is not the track's.
        """
        if clip.sample_rate != self.sample_rate:
            raise ValueError(f"clip of {clip.sample_rate} Hz in a track of {self.sample_rate} Hz")
        pcm = limit(clip.pcm, self.sample_rate, self._gain_db) + silence(pause, self.sample_rate)
        self._samples += len(pcm) // 2
        return pcm


def _faded(clip: Clip) -> bytes:
    sound = AudioSegment(data=clip.pcm, sample_width=2, frame_rate=clip.sample_rate, channels=1)
    faded: bytes = sound.fade_in(FADE_MS).fade_out(FADE_MS).raw_data
    return faded


def silence(seconds: float, sample_rate: int) -> bytes:
    """So many seconds of silence, to the sample."""
    return bytes(2 * round(seconds * sample_rate))


def concatenate(pieces: Sequence[Said]) -> Clip:
    """The pieces of one sentence as one clip, each faded in and out and, but for the last, with its pause.

    Raises:
        ValueError: no pieces, or clips of different sample rates.
    """
    rate = pieces[0].clip.sample_rate
    pcm = bytearray()
    words: list[WordTiming] = []
    counted = 0
    for at, said in enumerate(pieces):
        if said.clip.sample_rate != rate:
            raise ValueError(f"clips of {rate} and {said.clip.sample_rate} Hz in one sentence")
        start = len(pcm) / 2 / rate
        words += (
            WordTiming(word.word + counted, word.start + start, word.end + start) for word in said.clip.words
        )
        counted += said.words
        pcm += _faded(said.clip)
        if at < len(pieces) - 1:
            pcm += silence(said.pause, rate)
    return Clip(bytes(pcm), rate, tuple(words))
