"""Prepares clips for the track: one loudness, no click at a join, a pause after each."""

from __future__ import annotations

import contextlib
import warnings

from service.audio.ffmpeg import find_ffmpeg
from service.audio.frames import LEAST_TAIL, TAIL_SECONDS, Format, encode
from service.audio.limiter import limit
from service.model.errors import MissingPart
from service.model.recording import Clip, EncodedClip

with warnings.catch_warnings():
    # pydub looks for an ffmpeg on the PATH while it is imported; ours is configured right below.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
with contextlib.suppress(MissingPart):
    AudioSegment.converter = find_ffmpeg()

FADE_MS = 5
"""Fade at both ends of a clip, in ms, so that no click is heard where it meets silence."""


def stretched(clip: Clip, gain_db: float, layout: Format, *, breath: bool = False) -> EncodedClip:
    """Encode a clip for the track, with the minimum of the silence that follows it.

    All clips share one gain, calibrated once per voice: the programme has one loudness from the first
    sentence on, without a second pass over audio that has been sent already.

    Args:
        clip: the voice's output, at the layout's sample rate.
        gain_db: brings the voice to the programme's loudness, in decibels.
        layout: format of the track's frames.
        breath: whether the silence may be as short as a breath.

    Raises:
        ValueError: the clip's sample rate is not the track's.
    """
    if clip.sample_rate != layout.sample_rate:
        raise ValueError(f"clip of {clip.sample_rate} Hz in a track of {layout.sample_rate} Hz")
    sound = limit(faded(clip), clip.sample_rate, gain_db)
    tail = LEAST_TAIL if breath else round(TAIL_SECONDS * clip.sample_rate)
    pcm = sound + bytes(2 * tail)
    samples = layout.frames_for(len(pcm) // 2) * layout.samples_a_frame
    return EncodedClip(encode(pcm, layout), samples, len(sound) // 2, clip.words)


def faded(clip: Clip) -> bytes:
    """The clip's PCM, faded in and out."""
    sound = AudioSegment(data=clip.pcm, sample_width=2, frame_rate=clip.sample_rate, channels=1)
    pcm: bytes = sound.fade_in(FADE_MS).fade_out(FADE_MS).raw_data
    return pcm


def silence(seconds: float, sample_rate: int) -> bytes:
    """PCM: so many seconds of silence, to the sample."""
    return bytes(2 * round(seconds * sample_rate))
