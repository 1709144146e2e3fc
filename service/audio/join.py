"""From a clip to a stretch of the track: one loudness, no click at a seam, a pause after it."""

from __future__ import annotations

import contextlib
import warnings

from service.audio.ffmpeg import find_ffmpeg
from service.audio.frames import TAIL_SECONDS, Format, encode
from service.audio.limiter import limit
from service.model.errors import MissingPart
from service.model.recording import Clip, EncodedClip

with warnings.catch_warnings():
    # pydub looks for an ffmpeg on the PATH while it is imported; it is told of ours right below.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
with contextlib.suppress(MissingPart):
    AudioSegment.converter = find_ffmpeg()

FADE_MS = 5
"""A fade this long at both ends of a piece lets no step be heard where it meets silence."""


def stretched(clip: Clip, gain_db: float, layout: Format) -> EncodedClip:
    """A piece as it stands in the track, with the least of the silence that follows it.

    All pieces share one gain, calibrated once a voice: the programme keeps one loudness from the first
    sentence on, with no second pass over what has been sent already.

    Args:
        clip: what the voice said, at the layout's sample rate.
        gain_db: brings the voice to the programme's loudness, in decibels.
        layout: of the track's frames.

    Raises:
        ValueError: the clip's sample rate is not the track's.
    """
    if clip.sample_rate != layout.sample_rate:
        raise ValueError(f"clip of {clip.sample_rate} Hz in a track of {layout.sample_rate} Hz")
    sound = limit(faded(clip), clip.sample_rate, gain_db)
    pcm = sound + silence(TAIL_SECONDS, clip.sample_rate)
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
