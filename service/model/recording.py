"""What an article becomes: clips, plans, marks and states.

Times are in seconds. Audio is mono, 16-bit signed, little-endian PCM.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.model.document import Prosody, Role, Span
from service.model.errors import IstamiError


@dataclass(frozen=True, slots=True)
class WordTiming:
    """When a word of ``Utterance.diacritised`` sounds, counted within its clip."""

    word: int
    """Index among the words (split at white space)."""
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Clip:
    """What an engine said."""

    pcm: bytes
    sample_rate: int
    words: tuple[WordTiming, ...] = ()
    """Empty where the engine cannot tell."""

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.pcm) / 2 / self.sample_rate


@dataclass(frozen=True, slots=True)
class EncodedClip:
    """A piece as it stands in a recording: whole MP3 frames that can be put behind any others."""

    mp3: bytes
    samples: int
    """Of all its frames."""
    sound: int
    """Samples up to the silence that it ends in."""
    words: tuple[WordTiming, ...] = ()


@dataclass(frozen=True, slots=True)
class WordMark:
    """A word in the audio and in the original text."""

    start: float
    end: float
    span: Span


@dataclass(frozen=True, slots=True)
class Mark:
    """A sentence in the audio and in the original text."""

    text: str
    start: float
    end: float
    span: Span | None
    role: Role = Role.BODY
    words: tuple[WordMark, ...] = ()


@dataclass(frozen=True, slots=True)
class TimedLabel:
    """A place that the publisher has named, and when it is reached."""

    name: str
    time: float


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks of a recording."""

    sentences: tuple[Mark, ...]
    duration: float
    complete: bool
    """False while the recording grows."""
    labels: tuple[TimedLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedPiece:
    """One breath of a plan: what shapes its sound, and nothing else."""

    spoken: str
    pause: float
    """Seconds of silence after it."""
    latin: bool = False
    """Said by the plan's voice for Latin script."""
    style: Prosody = Prosody()


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A place in a sentence that the publisher has named."""

    name: str
    word: int
    """Index among the sentence's spoken words."""
    piece: int
    """Index of the piece that has the word."""
    opens: bool
    """The word is the first of its piece."""
    ended: bool
    """Meant is the end of the piece, not the beginning of the word."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A sentence as the article has it: what marks tell beside the times."""

    text: str
    span: Span | None
    role: Role
    words: tuple[Span | None, ...]
    """Where each spoken word stands in the original text."""
    labels: tuple[PlacedLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedSentence:
    """One sentence of a plan."""

    pieces: tuple[PlannedPiece, ...]
    written: SourceText


@dataclass(frozen=True, slots=True)
class Tags:
    """What the MP3 says of itself (ID3v2)."""

    title: str | None = None
    artist: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice as it sounds now."""

    voice: str
    """Its id."""
    fingerprint: str
    """SHA-256 of everything that makes it sound so."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A recording that is to be made: known whole before the first word is spoken."""

    key: str
    """SHA-256 of everything that shapes the sound."""
    voice: str
    voice_fingerprint: str
    latin: Speaker
    """Says the pieces in Latin script; the same voice where there are none."""
    speed: float
    loudness: float
    """LUFS."""
    kbps: int
    diacritiser: str
    """``versions.UTTERANCE`` as it was when this was planned."""
    sentences: tuple[PlannedSentence, ...]
    tags: Tags = Tags()
    seal: str | None = None
    """Of a private recording: what keeps its sentences apart from those of the same text elsewhere."""

    def voice_of(self, piece: PlannedPiece) -> str:
        """Who says a piece."""
        return self.latin.voice if piece.latin else self.voice


@dataclass(frozen=True, slots=True)
class PlannedChapter:
    """A part of a recording, from the title or a heading to the next."""

    title: str
    sentence: int
    """Index of its first sentence."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a recording and when it sounds."""

    title: str
    start: float
    end: float


class Status(StrEnum):
    """Where a recording stands."""

    QUEUED = "queued"
    SPEAKING = "speaking"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a recording could not be made."""

    code: str
    en: str
    ar: str

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """What an error says; of a defect, no more than that there is one."""
        if isinstance(error, IstamiError):
            return cls(type(error).__name__, error.en, error.ar)
        return cls("Internal", "Something went wrong here.", "حدث خطأ داخلي.")


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A recording that came to nothing though somebody wanted it."""

    key: str
    failure: Failure
    when: float
    """Seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class State:
    """How far a recording is."""

    status: Status
    done: int
    """Sentences that can be heard, whole."""
    total: int
    pieces: int = 0
    """Pieces of the next sentence that can be heard."""
    samples: int = 0
    """Of all that can be heard."""
    size: int = 0
    """Bytes of the MP3 so far."""
    crc: int = 0
    """CRC-32 of those of them that stand behind the file's opening."""
    duration: float | None = None
    """Seconds; known when it is ready."""
    failure: Failure | None = None
    updated: float = 0.0
    """Seconds since 1970, UTC."""
    furthest: int = 0
    """The most samples that could be heard since it was asked for: it may have been begun anew."""
    progressed: float = 0.0
    """When it last got further than ever, in seconds since 1970, UTC."""

    @property
    def ended(self) -> bool:
        """Whether it is ready or has failed."""
        return self.status in {Status.READY, Status.FAILED}


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a finished recording's bytes are."""

    size: int
    crc: int
    """CRC-32 of all of them."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a sentence, and each of its words where the voice tells, sounds in a recording."""

    start: float
    end: float
    words: tuple[tuple[float, float], ...] = ()
    """One pair a spoken word, or none at all."""
    pieces: tuple[tuple[float, float], ...] = ()
    """The same of each piece; none in what was kept before these were measured."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Everything measured at the join of one recording."""

    duration: float
    sentences: tuple[Timing, ...]
    complete: bool = True
    """False while the recording grows; there are as many sentences as are spoken."""
